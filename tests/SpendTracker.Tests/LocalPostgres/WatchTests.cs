using System.Collections.Concurrent;
using System.Diagnostics;
using SpendTracker.LocalPostgres;

namespace SpendTracker.Tests.LocalPostgres;

/// <summary>A server that ends without being told to is started again by the process that had started it.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private readonly ServerFolder _folder = new();
    private readonly ConcurrentQueue<string> _noticed = [];

    public async ValueTask InitializeAsync() => await _folder.TakeClusterAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Theory]
    [InlineData("KILL")]
    [InlineData("INT")]
    public async Task A_server_that_is_killed_runs_again_on_its_port_with_its_data(string signal)
    {
        await using var server = await StartAsync();
        var (first, port) = (server.ProcessId, server.Port);
        await ServerFolder.QueryAsync<int>(server, "create table kept as select 42 as n; select n from kept");
        await SignalAsync(first, signal);

        var took = await Eventually.Async(() => server.ProcessId != first && server.Fault is null);
        TestContext.Current.TestOutputHelper?.WriteLine($"{took.TotalSeconds:0.0} s");
        Assert.Equal(42, await ServerFolder.QueryAsync<int>(server, "select n from kept"));
        Assert.Equal(port, server.Port);
        Assert.Equal(["The PostgreSQL server is gone. It is started again.", "The PostgreSQL server runs again."], _noticed);
        await server.DisposeAsync();
        Assert.False(ServerFolder.Runs(server.ProcessId));
    }

    [Fact]
    public async Task A_server_that_cannot_start_again_says_why_and_does_when_it_can()
    {
        await using var server = await StartAsync();
        var first = server.ProcessId;
        Assert.Null(server.Fault);
        var version = Path.Combine(_folder.Data, "PG_VERSION");
        File.Move(version, version + ".away");
        await SignalAsync(first, "KILL");

        await Eventually.Async(() => server.Fault is not null);
        Assert.Contains("PG_VERSION", server.Fault, StringComparison.Ordinal);
        File.Move(version + ".away", version);
        await Eventually.Async(() => server.Fault is null);
        Assert.Equal(1, await ServerFolder.QueryAsync<int>(server, "select 1"));
    }

    [Fact]
    public async Task A_server_that_was_stopped_on_purpose_stays_stopped()
    {
        await using var server = await StartAsync();
        await (await _folder.StartAsync()).StopAsync(ServerFolder.Cancel);

        await Eventually.Async(() => server.Fault is not null);
        Assert.Contains("stopped by another program", server.Fault, StringComparison.Ordinal);
        Assert.False(ServerFolder.Runs(server.ProcessId));
    }

    [Fact]
    public async Task A_server_of_another_process_is_its_owners_to_start()
    {
        await using var owner = await StartAsync();
        await using var guest = await _folder.StartAsync();
        Assert.False(guest.StartedHere);
        var first = owner.ProcessId;
        await SignalAsync(first, "KILL");

        await Eventually.Async(() => owner.ProcessId != first && owner.Fault is null);
        Assert.Null(guest.Fault);
        _folder.ChangeRecord(record => record["owner"]!["start"] = "1"); // As if it had ended.
        await SignalAsync(owner.ProcessId, "KILL");
        await Eventually.Async(() => guest.Fault is not null);
        Assert.Contains("ended with the program", guest.Fault, StringComparison.Ordinal);
    }

    private Task<LocalServer> StartAsync() => LocalServer.StartAsync(_folder.Options with { Noticed = _noticed.Enqueue }, ServerFolder.Cancel);

    private static async Task SignalAsync(int processId, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{processId}"]);
        await kill.WaitForExitAsync(ServerFolder.Cancel);
        Assert.Equal(0, kill.ExitCode);
    }
}
