using System.Diagnostics;
using System.Net.Http.Headers;
using SpendTracker.Access;
using SpendTracker.Benchmarks;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests;

/// <summary>The program itself, as a user starts it, on a database of the test's.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;

    private HostProcess(Process process, HttpClient client, string key)
    {
        _process = process;
        Client = client;
        Key = key;
    }

    public HttpClient Client { get; }

    public string Key { get; }

    public int ProcessId => _process.Id;

    /// <param name="connectionString">Another way to the database than the test's own.</param>
    public static async Task<HostProcess> StartAsync(TestDatabase database, Dictionary<string, string> environment, string? connectionString = null)
    {
        var key = await IssueKeyAsync(database);
        var address = $"http://127.0.0.1:{Ports.Free()}";
        var process = HostProgram.Run(["serve", "--urls", address], connectionString ?? database.Spend.Options.ConnectionString, environment);
        var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var host = new HostProcess(process, client, key);
        Assert.True(await HostProgram.IsReadyAsync(process, client, TestContext.Current.CancellationToken), "The host ended, or does not become ready.");
        return host;
    }

    /// <returns>A key that may do everything.</returns>
    public static Task<string> IssueKeyAsync(TestDatabase database) => database.Get<ApiKeys>().IssueAsync(
        "test", Enum.GetValues<Scope>(), [], anySource: true, new Recorder("test"), TestContext.Current.CancellationToken);

    /// <summary>Runs a command to its end.</summary>
    /// <returns>Its exit code and what it wrote, errors last.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string connectionString, IEnumerable<string> arguments, Dictionary<string, string>? environment = null)
    {
        var (exitCode, output, errors) = await RunApartAsync(connectionString, arguments, environment);
        return (exitCode, output + errors);
    }

    /// <summary>The same, and what it wrote for people apart from what it answers.</summary>
    /// <param name="input">What it reads; nothing where nobody types.</param>
    public static async Task<(int ExitCode, string Output, string Errors)> RunApartAsync(
        string connectionString, IEnumerable<string> arguments, Dictionary<string, string>? environment = null, string input = "")
    {
        using var process = HostProgram.Run(arguments, connectionString, environment, redirect: true);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Stops all its threads at once, as if the machine hung; its connections stay open.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Ends it without a word to anybody.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAsync();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{ProcessId}"]);
        await kill.WaitForExitAsync(CancellationToken.None);
        Assert.Equal(0, kill.ExitCode);
    }
}
