using System.Text.Json;

namespace SpendTracker.Tests;

/// <summary>Runs commands as a user starts them, on a database without a host, with files in a folder of their own.</summary>
internal sealed class CommandFolder(TestDatabase database) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spendtracker-commands-");

    public string Path => _folder.FullName;

    /// <returns>The file's path.</returns>
    public string Write(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Runs the program to its end.</summary>
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
        var (code, output, errors) = await HostProcess.RunApartAsync(database.Spend.Options.ConnectionString, arguments, input: input);
        Assert.True(code == exitCode, $"{code}: {output}{errors}");
        return (output, errors);
    }

    private static string[] LinesOf((string Output, string Errors) text) =>
        [.. (text.Output + text.Errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => line != "Preparing the database")];
}
