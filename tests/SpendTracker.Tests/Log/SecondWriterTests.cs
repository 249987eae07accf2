using System.Diagnostics;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Log;
using SpendTracker.Usage;

namespace SpendTracker.Tests.Log;

/// <summary>A service with Marten writes to the same tables at full speed, by the rules of Marten, beside our own store.</summary>
public sealed class SecondWriterTests : IAsyncLifetime
{
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(5);
    private static readonly string[] Shared = ["one", "two", "three"];

    private TestDatabase _database = null!;
    private long _ours;
    private long _theirs;
    private long _rolledBack;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(
        events: new EventStoreOptions { GapGrace = TimeSpan.FromMilliseconds(200), PageEvents = 500, PollInterval = TimeSpan.FromMilliseconds(100) });

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task All_that_both_committed_is_projected_once_and_streams_have_no_gaps()
    {
        using var stop = new CancellationTokenSource();
        var daemon = _database.Spend.CreateDaemon().RunAsync(stop.Token);
        var time = Stopwatch.StartNew();
        await Task.WhenAll([
            .. Enumerable.Range(0, 4).Select(seed => Task.Run(() => RecordAsync(new Random(seed), time))),
            .. Enumerable.Range(4, 4).Select(seed => Task.Run(() => WriteAsync(new Random(seed), time)))]);
        await Eventually.Async(async () =>
            await _database.ScalarAsync<decimal>("select coalesce(sum(events), 0) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'") == _ours + _theirs);
        await stop.CancelAsync();
        await daemon;

        TestContext.Current.SendDiagnosticMessage($"{_ours} events of ours, {_theirs} of theirs, {_rolledBack} rolled back");
        Assert.True(IsEnough, $"{_ours} events of ours, {_theirs} of theirs, {_rolledBack} rolled back: not the load that this is about.");
        Assert.Equal(_ours + _theirs, await _database.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'token_usage_recorded'"));
        Assert.Empty(await _database.BrokenStreamsAsync());
        Assert.True(await _database.ScalarAsync<long>("select count(*) from spend.high_water_skip") > 0);
        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from spend.mt_events join spend.high_water_skip as s on mt_events.seq_id between first_seq_id and s.last_seq_id"));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    private bool IsEnough => Interlocked.Read(ref _ours) > 100 && Interlocked.Read(ref _theirs) > 100 && Interlocked.Read(ref _rolledBack) > 10;

    /// <summary>A machine that is busy otherwise takes longer for the load that this is about.</summary>
    private bool IsWanted(Stopwatch time) => time.Elapsed < Load || (!IsEnough && time.Elapsed < 10 * Load);

    private async Task RecordAsync(Random random, Stopwatch time)
    {
        while (IsWanted(time))
        {
            var usage = Enumerable.Range(0, random.Next(1, 40)).Select(_ => (IUsageEvent)Given.Tokens(workload: Shared[random.Next(Shared.Length)])).ToArray();
            Assert.All(await _database.RecordAsync(usage), result => Assert.Equal(AppendStatus.Appended, result.Status));
            Interlocked.Add(ref _ours, usage.Length);
        }
    }

    private async Task WriteAsync(Random random, Stopwatch time)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await OtherProgram.ExecuteAsync(connection, "set deadlock_timeout = '20ms'"); // Of a second they would be most of the load.
        while (IsWanted(time))
        {
            await OtherProgram.ExecuteAsync(connection, "begin");
            try
            {
                var events = await WriteTransactionAsync(connection, random);
                var commits = random.Next(5) > 0;
                await OtherProgram.ExecuteAsync(connection, commits ? "commit" : "rollback");
                Interlocked.Add(ref commits ? ref _theirs : ref _rolledBack, events);
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                await OtherProgram.ExecuteAsync(connection, "rollback");
            }
        }
    }

    /// <summary>Some events in streams in any order, so that there are deadlocks; some with the number drawn long before.</summary>
    private static async Task<int> WriteTransactionAsync(NpgsqlConnection connection, Random random)
    {
        var events = random.Next(1, 4);
        for (var i = 0; i < events; i++)
        {
            long? drawn = null;
            if (i == 0 && random.Next(40) == 0)
            {
                drawn = await OtherProgram.DrawAsync(connection);
                await OtherProgram.ExecuteAsync(connection, $"select pg_sleep({random.Next(1, 500)} / 1000.0)");
            }

            var usage = Given.Tokens(workload: Shared[random.Next(Shared.Length)]);
            await OtherProgram.WriteAsync(
                connection, "token_usage_recorded", OtherProgram.Json(usage),
                headers: random.Next(2) == 0 ? null : """{"user": "somebody", "traceparent": 7, "tags": ["a"]}""",
                stream: random.Next(2) == 0 ? UsageStream.Of(usage, TimeZoneInfo.Utc) : $"orders/{random.Next(5)}",
                seqId: drawn);
        }

        return events;
    }
}
