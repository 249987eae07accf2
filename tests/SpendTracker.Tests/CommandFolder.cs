using System.CommandLine;
using System.Text.Json;
using SpendTracker.Web.Commands;

namespace SpendTracker.Tests;

/// <summary>
/// Runs commands on a database, with files in a folder of their own. They run in this process, one at a time, since a program takes a second
/// of a core to start; those that read or write bytes run as the program that a user starts.
/// </summary>
internal sealed class CommandFolder(TestDatabase database) : IDisposable
{
    private const string Setting = "ConnectionStrings__spendtracker";

    private static readonly SemaphoreSlim Alone = new(1, 1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spendtracker-commands-");

    public string Path => _folder.FullName;

    /// <returns>The file's path.</returns>
    public string Write(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it wrote, errors last, without what it says while it opens the database.</returns>
    public async Task<string[]> RunAsync(int exitCode, params string[] arguments) => LinesOf(await TextAsync(exitCode, arguments, ""));

    /// <summary>The same, with something to read.</summary>
    public async Task<string[]> RunOnAsync(string input, int exitCode, params string[] arguments) => LinesOf(await TextAsync(exitCode, arguments, input));

    /// <returns>What it answers with <c>--json</c>, and nothing else was written there.</returns>
    public async Task<JsonElement> JsonAsync(int exitCode, params string[] arguments) =>
        JsonSerializer.Deserialize<JsonElement>((await TextAsync(exitCode, [.. arguments, "--json"], "")).Output);

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<(string Output, string Errors)> TextAsync(int exitCode, string[] arguments, string input)
    {
        var (code, output, errors) = input.Length > 0 || arguments.Contains("--csv")
            ? await HostProcess.RunApartAsync(database.Spend.Options.ConnectionString, arguments, input: input)
            : await RunHereAsync(database.Spend.Options.ConnectionString, arguments);
        Assert.True(code == exitCode, $"{code}: {output}{errors}");
        return (output, errors);
    }

    /// <summary>What the settings are read from is the process's: one command has it at a time.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunHereAsync(string connectionString, string[] arguments)
    {
        await Alone.WaitAsync(TestContext.Current.CancellationToken);
        var (output, errors) = (CommandConsole.Output.Keep(), CommandConsole.Errors.Keep());
        Environment.SetEnvironmentVariable(Setting, connectionString);
        try
        {
            var code = await CommandLine.Root().Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
            return (code, output.ToString(), errors.ToString());
        }
        finally
        {
            Environment.SetEnvironmentVariable(Setting, null);
            Alone.Release();
        }
    }

    private static string[] LinesOf((string Output, string Errors) text) =>
        [.. (text.Output + text.Errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => line != "Preparing the database")];
}
