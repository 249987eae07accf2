using System.Diagnostics;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Tests.Faults;

/// <summary>The network between a host and PostgreSQL goes silent or breaks.</summary>
public sealed class NetworkTests : IAsyncLifetime
{
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(5);

    /// <summary>For an answer, whatever has happened to the database: connecting, waiting for a writer, and some noise.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(25);

    private TestDatabase _database = null!;
    private TcpProxy _network = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _network = new TcpProxy(_database.Spend.Options.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        _network.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task While_a_hosts_network_is_silent_or_cut_its_callers_get_503_the_other_host_goes_on_and_afterwards_all_is_well_by_itself()
    {
        // Nobody looks by himself: after this only a notification tells of what others appended.
        Dictionary<string, string> environment = new() { ["SpendTracker__Events__PollInterval"] = "01:00:00" };
        var starting = new[] { $"{_network.ConnectionString};Application Name=far", $"{_database.Spend.Options.ConnectionString};Application Name=near" }
            .Select(way => HostProcess.StartAsync(_database, environment, way));
        var hosts = await Task.WhenAll(starting);
        await using var far = hosts[0];
        await using var near = hosts[1];
        await using var callers = new Callers(LongestAnswer * 2, far, near);
        callers.Start();

        var page = await HeldPage.HoldAsync(_database);
        while (page.Holder != "far")
        {
            await page.TakenOverAsync();
            page = await HeldPage.HoldAsync(_database);
        }

        _network.Freeze();
        Assert.InRange(await page.TakenOverAsync(), TimeSpan.Zero, Takeover);
        await Eventually.Async(() => callers.TurnedAwayBy(0) > 0);
        await HealedAsync(callers);

        _network.Cut();
        var turnedAway = callers.TurnedAwayBy(0);
        await Eventually.Async(() => callers.TurnedAwayBy(0) > turnedAway);
        await HealedAsync(callers);

        await callers.StopAsync();
        Assert.InRange(callers.Longest, TimeSpan.Zero, LongestAnswer);
        var stored = await Once.StoredAsync(_database, callers.Acknowledged.Keys);
        Assert.Equal(callers.Acknowledged.Count, stored.Count);

        await near.KillAsync();
        await _database.RecordAsync(Given.Tokens());
        await _database.ExecuteAsync("notify spend_events");
        await Once.ProjectedAsync(_database, stored.Count + 1);
    }

    [Fact]
    public async Task A_host_that_stops_reading_its_page_loses_the_projection_within_5_seconds()
    {
        await _database.RecordAsync([.. Enumerable.Range(0, 20_000).Select(_ => (IUsageEvent)Given.Tokens())]);
        var mark = await _database.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken);
        await using var far = await TestDatabase.CreateAsync(Task.FromResult(_network.ConnectionString));
        await using var connection = await far.Spend.Projecting.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var reading = new ProjectionRun(connection, far.Spend.Projections()[0], new EventStoreOptions()).CatchUpAsync(mark, null, TestContext.Current.CancellationToken);
        _network.FreezeAfter(500_000);
        await Eventually.Async(() => _network.IsFrozen);

        await using var other = await _database.Spend.Projecting.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var run = new ProjectionRun(other, _database.Spend.Projections()[0], new EventStoreOptions());
        var taken = await Eventually.Async(async () => await run.CatchUpAsync(mark, null, TestContext.Current.CancellationToken) > 0);

        _network.Heal();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => reading);
        Assert.InRange(taken, TimeSpan.Zero, Takeover);
        Assert.Equal(20_000, await _database.ScalarAsync<decimal>("select sum(events) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'requests'"));
    }

    [Fact]
    public async Task A_writer_that_falls_silent_while_it_copies_keeps_nobody_from_its_streams_for_longer_than_5_seconds_and_its_retry_settles_it()
    {
        (string, IUsageEvent)[] usage = [.. Enumerable.Range(0, 5_000).Select(n => ($"{n}", (IUsageEvent)Given.Tokens()))];
        await using var far = await TestDatabase.CreateAsync(Task.FromResult($"{_network.ConnectionString};Application Name=far"));
        _network.FreezeAfter(1_500_000);
        var silent = far.RecordAsync(usage);
        await Eventually.Async(() => _network.IsFrozen);
        Assert.True(await _database.ScalarAsync<bool>("select exists (select from pg_stat_activity where application_name like 'far%' and backend_xid is not null)"));

        using var stop = new CancellationTokenSource();
        var daemon = _database.Spend.CreateDaemon().RunAsync(stop.Token);
        var asked = Stopwatch.GetTimestamp();
        await _database.RecordAsync(("other", Given.Tokens()));
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, Takeover);

        _network.Heal();
        var settled = await Task.WhenAny(silent) is { IsFaulted: true } ? await far.RecordAsync(usage) : await silent;
        Assert.All(settled, result => Assert.True(result.Status is AppendStatus.Appended or AppendStatus.Duplicate));
        await stop.CancelAsync();
        await daemon;
        Assert.Equal(5_001, (await Once.StoredAsync(_database, ["other", .. usage.Select(u => u.Item1)])).Count);
    }

    private async Task HealedAsync(Callers callers)
    {
        _network.Heal();
        var before = callers.AcknowledgedBy(0);
        await Eventually.Async(() => callers.AcknowledgedBy(0) > before + 10);
    }
}
