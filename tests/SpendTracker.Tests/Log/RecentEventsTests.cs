using System.Diagnostics;
using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Usage;
using SpendTracker.Web.Ingest;

namespace SpendTracker.Tests.Log;

/// <summary>Events that are projected without being read back: only where the log would have given the same.</summary>
public sealed class RecentEventsTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ProjectAsync(); // What comes with a new database: a page with that in it would have to be read.
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_is_remembered_is_what_the_log_has()
    {
        using var trace = new Activity("caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.SetIdFormat(ActivityIdFormat.W3C).Start();
        var after = await _database.ScalarAsync<long>("select max(seq_id) from spend.mt_events");
        var usage = UsageRequest.Read(Encoding.UTF8.GetBytes(Given.OfEachKindJson), lines: true, DateTimeOffset.UtcNow);
        await _database.RecordAsync([.. usage.Select(item => item.Usage!)]);
        await _database.RecordAsync(Given.Tokens(Given.At(Given.Day).ToOffset(TimeSpan.FromHours(5))));

        var remembered = new StoredEvent[8];
        Assert.True(_database.Store.Recent.TryCopy(after, remembered));

        var streams = await _database.Store.ReadStreamsAsync([.. remembered.Select(e => e.Stream).Distinct()], TestContext.Current.CancellationToken);
        StoredEvent[] stored = [.. streams.Values.SelectMany(stream => stream).OrderBy(e => e.SeqId)];
        Assert.Equal(stored.Select(Parts), remembered.Select(Parts));
        Assert.Equal(7, stored.Select(e => e.Type).Distinct().Count());
        Assert.All(stored, e => Assert.Equal(trace.Id, e.TraceParent));
    }

    [Fact]
    public async Task What_was_committed_here_is_not_read_back_before_it_is_projected()
    {
        await _database.RecordAsync(Given.Tokens(input: 7));
        await TamperAsync(input: 1_000_000);

        await ProjectAsync();

        Assert.Equal(7, await InputTokensAsync());
    }

    [Fact]
    public async Task A_page_with_somebody_elses_event_is_read_from_the_log()
    {
        await _database.RecordAsync(Given.Tokens(input: 1));
        var foreign = Given.Tokens(input: 20);
        await OtherProgram.WriteAsync(_database, "token_usage_recorded", OtherProgram.Json(foreign), stream: UsageStream.Of(foreign, _database.Settings.ReportingTimeZone));
        await _database.RecordAsync(Given.Tokens(input: 300));

        await ProjectAsync();

        Assert.Equal(321, await InputTokensAsync());
        Assert.Empty(await _database.Spend.CreateRebuild().VerifyAsync(_database.Spend.Projections()[0], null, TestContext.Current.CancellationToken));
    }

    /// <summary>The server may be another one, with other events under the same numbers.</summary>
    [Fact]
    public async Task A_daemon_that_connects_forgets_what_was_committed_before()
    {
        await _database.RecordAsync(Given.Tokens(input: 7));
        await TamperAsync(input: 5);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var daemon = _database.Spend.CreateDaemon().RunAsync(stop.Token);
        await Eventually.Async(async () => await InputTokensAsync() > 0);
        await stop.CancelAsync();
        await daemon;

        Assert.Equal(5, await InputTokensAsync());
    }

    [Fact]
    public void Memory_has_a_limit()
    {
        RecentEvents recent = new();
        var one = _database.ToAppend("1", Given.Tokens());
        var large = _database.ToAppend("2", Given.Tokens() with { Variant = new string('v', 1_100) });
        var other = new EventToAppend("settings", Guid.NewGuid(), new WorkloadRegistered("w", "W", "team", Approach.Hybrid), new Recorder("test"));
        recent.Add(one, 1, 1, DateTimeOffset.UtcNow);
        recent.Add(large, 2, 2, DateTimeOffset.UtcNow);
        recent.Add(other, 3, 3, DateTimeOffset.UtcNow);
        recent.Add(one, 4, 4, DateTimeOffset.UtcNow);

        Assert.Equal([true, false, false, true], Enumerable.Range(0, 4).Select(after => recent.TryCopy(after, new StoredEvent[1])));
        Assert.Equal((1, 1, 2, 4), (recent.EndOfRun(0), recent.EndOfRun(1), recent.EndOfRun(2), recent.EndOfRun(3)));

        for (var seqId = 5; seqId <= 100_000; seqId++)
        {
            recent.Add(one, seqId, seqId, DateTimeOffset.UtcNow);
        }

        Assert.False(recent.TryCopy(0, new StoredEvent[1]));
        Assert.True(recent.TryCopy(70_000, new StoredEvent[30_000]));
        Assert.False(recent.TryCopy(70_000, new StoredEvent[30_001]));
        Assert.False(recent.TryCopy(60_000, new StoredEvent[40_000]));
    }

    /// <summary>All that a projection could see; lists in an event are compared by what they hold.</summary>
    private static (long, Guid, string, string, long, string, DateTimeOffset, string, string?, string) Parts(StoredEvent e) => (
        e.SeqId, e.Id, e.TenantId, e.Stream, e.Version, e.Type, e.RecordedAt, OtherProgram.Json(e.Data), e.TraceParent, e.RecordedBy);

    /// <summary>Changes the log behind the store's back, which shows where an event was read.</summary>
    private Task TamperAsync(long input) =>
        _database.ExecuteAsync($"update spend.mt_events set data = data || '{{\"inputTokens\": {input}}}' where type = 'token_usage_recorded'");

    /// <summary>As a daemon does that has been connected since before the events.</summary>
    private async Task ProjectAsync()
    {
        await using var connection = await _database.Spend.Projecting.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var mark = await _database.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken);
        var run = new ProjectionRun(connection, new CostProjection(_database.Settings.ReportingTimeZone), new(), _database.Store.Recent);
        await run.CatchUpAsync(mark, null, TestContext.Current.CancellationToken);
    }

    private Task<decimal> InputTokensAsync() =>
        _database.ScalarAsync<decimal>("select coalesce(sum(quantity), 0) from spend.monthly_cost where meter = 'input-tokens'");
}
