using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SpendTracker.LocalPostgres;

namespace SpendTracker.Tests.LocalPostgres;

public sealed class CrashTests : IAsyncLifetime
{
    private readonly ServerFolder _folder = new();

    private string PidFile => Path.Combine(_folder.Data, "postmaster.pid");

    public async ValueTask InitializeAsync() => await _folder.TakeClusterAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task After_the_postmaster_was_killed_a_start_recovers_the_data()
    {
        var first = await _folder.StartAsync();
        await ServerFolder.QueryAsync<int>(first, "create table kept as select 42 as n; select n from kept");
        _folder.ChangeRecord(record => record["owner"]!["id"] = EndedProcess()); // Else it is started again.
        using (var postmaster = Process.GetProcessById(first.ProcessId))
        {
            postmaster.Kill();
            await postmaster.WaitForExitAsync(ServerFolder.Cancel);
        }

        Assert.True(File.Exists(PidFile));
        await using var second = await _folder.StartAsync();

        Assert.True(second.StartedHere);
        Assert.NotEqual(first.ProcessId, second.ProcessId);
        Assert.Equal(42, await ServerFolder.QueryAsync<int>(second, "select n from kept"));
        await first.DisposeAsync(); // Its server is gone: nothing to stop, and the new one stays.
        Assert.True(ServerFolder.Runs(second.ProcessId));
    }

    [Fact]
    public async Task A_server_whose_owner_died_is_adopted_and_stopped_by_the_new_owner()
    {
        var first = await _folder.StartAsync();
        _folder.ChangeRecord(record => record["owner"]!["id"] = EndedProcess());

        var second = await _folder.StartAsync();
        Assert.True(second.StartedHere);
        Assert.Equal(first.ProcessId, second.ProcessId);
        Assert.Equal(Environment.ProcessId, (int)_folder.RecordJson["owner"]!["id"]!);
        Assert.Equal(1, await ServerFolder.QueryAsync<int>(second, "select 1"));
        await second.DisposeAsync();

        Assert.False(ServerFolder.Runs(first.ProcessId));
    }

    [Fact]
    public async Task An_owner_is_not_mistaken_for_a_later_process_of_the_same_id()
    {
        var first = await _folder.StartAsync();
        _folder.ChangeRecord(record => record["owner"]!["start"] = "1");

        await using var second = await _folder.StartAsync();

        Assert.True(second.StartedHere);
        Assert.Equal(first.ProcessId, second.ProcessId);
    }

    [Theory]
    [InlineData("ended")]
    [InlineData("another program")]
    [InlineData("a server of another folder")]
    [InlineData("empty")]
    public async Task A_stale_lock_file_does_not_keep_the_server_from_starting(string left)
    {
        await using var other = new ServerFolder();
        await using var otherServer = left == "a server of another folder" ? await other.StartAsync() : null;
        await (await _folder.StartAsync()).DisposeAsync();
        var id = otherServer?.ProcessId ?? (left == "ended" ? EndedProcess() : Environment.ProcessId);
        await File.WriteAllTextAsync(
            PidFile, left == "empty" ? "" : $"{id}\n{_folder.Data}\n1700000000\n5432\n\n127.0.0.1\n  1 1\nready   \n", ServerFolder.Cancel);

        await using var server = await _folder.StartAsync();

        Assert.True(server.StartedHere);
        Assert.NotEqual(id, server.ProcessId);
        Assert.Equal(1, await ServerFolder.QueryAsync<int>(server, "select 1"));
    }

    [Fact]
    public async Task A_cluster_that_was_half_created_is_not_taken_for_one()
    {
        await using var folder = new ServerFolder();
        var half = Directory.CreateDirectory(Path.Combine(folder.Server, "data.new-1")).FullName;
        await File.WriteAllTextAsync(Path.Combine(half, "PG_VERSION"), "15\n", ServerFolder.Cancel);
        await File.WriteAllTextAsync(Path.Combine(folder.Server, "password.new"), "left", ServerFolder.Cancel);

        await using var server = await folder.StartAsync();

        Assert.Equal(1, await ServerFolder.QueryAsync<int>(server, "select 1"));
        Assert.False(Directory.Exists(half));
        Assert.False(File.Exists(Path.Combine(folder.Server, "password.new")));
    }

    [Fact]
    public async Task A_remembered_port_that_is_taken_is_replaced()
    {
        var first = await _folder.StartAsync();
        await first.DisposeAsync();
        using var taker = new TcpListener(IPAddress.Loopback, first.Port);
        taker.Start();

        await using var second = await _folder.StartAsync();

        Assert.NotEqual(first.Port, second.Port);
        Assert.Equal(1, await ServerFolder.QueryAsync<int>(second, "select 1"));
    }

    [Fact]
    public async Task A_port_taken_between_the_choice_and_the_start_is_replaced()
    {
        using var taker = new TcpListener(IPAddress.Loopback, 0);
        taker.Start();
        var taken = ((IPEndPoint)taker.LocalEndpoint).Port;
        var offers = new Queue<int>([taken, taken]);

        await using var server = await _folder.StartAsync(before => offers.TryDequeue(out var port) ? port : PortChoice.Choose(before));

        Assert.Empty(offers);
        Assert.NotEqual(taken, server.Port);
        Assert.Equal(1, await ServerFolder.QueryAsync<int>(server, "select 1"));
    }

    [Fact]
    public async Task A_start_that_is_cancelled_leaves_nothing_running_and_the_next_works()
    {
        await using var folder = new ServerFolder();
        using var leaving = new CancellationTokenSource();
        var progress = new AtStep("Creating a database cluster", () => leaving.CancelAfter(20));
        var options = folder.Options with { Progress = progress };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LocalServer.StartAsync(options, leaving.Token));
        Assert.Null(Postmaster.Read(folder.Data));

        await using var server = await folder.StartAsync();

        Assert.True(server.StartedHere);
    }

    private static int EndedProcess()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.Id;
    }

    private sealed class AtStep(string step, Action act) : IProgress<string>
    {
        public void Report(string value)
        {
            if (value == step)
            {
                act();
            }
        }
    }
}
