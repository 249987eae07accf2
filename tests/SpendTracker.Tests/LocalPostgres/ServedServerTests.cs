using System.Diagnostics;
using System.Globalization;
using System.Net;
using SpendTracker.Benchmarks;
using SpendTracker.LocalPostgres;

namespace SpendTracker.Tests.LocalPostgres;

/// <summary>The program as a user starts it, on a private server that is killed.</summary>
public sealed class ServedServerTests : IAsyncDisposable
{
    private readonly ServerFolder _folder = new();
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{Ports.Free()}") };
    private Process? _host;

    private string Place => Path.Combine(_folder.Parent, "spendtracker", "serve");

    private string Data => Path.Combine(Place, "data");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_host is not null)
        {
            _host.Kill();
            await _host.WaitForExitAsync(CancellationToken.None);
            _host.Dispose();
        }

        await ServerFolder.EndAsync(Data);
        await _folder.DisposeAsync();
    }

    [Fact]
    public async Task A_host_gets_its_killed_server_back_and_says_that_it_is_alive_only_while_it_can()
    {
        Dictionary<string, string> settings = new() { ["XDG_DATA_HOME"] = _folder.Parent };
        (_host, var fault) = await HostProgram.ServeAsync(_http, "", settings, ServerFolder.Cancel);
        Assert.Null(fault);
        var first = Postmaster.Read(Data)!.ProcessId;
        await SignalAsync(first, "KILL");

        var took = await Eventually.Async(async () =>
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync("/health/live"));
            return Postmaster.Read(Data) is { } postmaster && postmaster.ProcessId != first && await StatusAsync("/health/ready") == HttpStatusCode.OK;
        });
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.0} s"));

        File.Move(Path.Combine(Data, "PG_VERSION"), Path.Combine(Data, "PG_VERSION.away"));
        await SignalAsync(Postmaster.Read(Data)!.ProcessId, "KILL");
        await Eventually.Async(async () => await StatusAsync("/health/live") == HttpStatusCode.ServiceUnavailable);
        File.Move(Path.Combine(Data, "PG_VERSION.away"), Path.Combine(Data, "PG_VERSION"));
        await Eventually.Async(async () => await StatusAsync("/health/live") == HttpStatusCode.OK && await StatusAsync("/health/ready") == HttpStatusCode.OK);
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), ServerFolder.Cancel);
        return response.StatusCode;
    }

    private static async Task SignalAsync(int processId, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }
}
