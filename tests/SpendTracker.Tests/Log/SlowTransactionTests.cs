using System.Diagnostics;
using Npgsql;
using SpendTracker.LocalPostgres;
using SpendTracker.Log;
using SpendTracker.Tests.LocalPostgres;

namespace SpendTracker.Tests.Log;

/// <summary>Transactions that have drawn numbers and take their time: open far beyond the grace time, rolled back, prepared.</summary>
public sealed class SlowTransactionTests : IAsyncLifetime
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);
    private static readonly string Usage = OtherProgram.Json(Given.Tokens());

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() =>
        _database = await TestDatabase.CreateAsync(events: new EventStoreOptions { GapGrace = Grace, PollInterval = TimeSpan.FromMilliseconds(100) });

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task One_that_stays_open_for_many_times_the_grace_holds_the_projections_up_and_loses_nothing()
    {
        await UnderTheDaemonAsync(async slow =>
        {
            await OtherProgram.DrawAsync(slow); // Never used: a gap that remains.
            await OtherProgram.WriteAsync(slow, "token_usage_recorded", Usage);
            var recorded = 0;
            for (var held = Stopwatch.StartNew(); held.Elapsed < 30 * Grace; recorded++)
            {
                await _database.RecordAsync(Given.Tokens());
                Assert.Equal(0, await ProjectedAsync());
            }

            await OtherProgram.ExecuteAsync(slow, "commit");
            return recorded + 1;
        });
        await AssertSkippedAsync(gaps: 1);
    }

    [Fact]
    public async Task One_that_is_rolled_back_after_a_while_leaves_a_gap_that_is_passed()
    {
        await UnderTheDaemonAsync(async slow =>
        {
            await OtherProgram.WriteAsync(slow, "token_usage_recorded", Usage);
            await _database.RecordAsync(Given.Tokens());
            for (var held = Stopwatch.StartNew(); held.Elapsed < 5 * Grace;)
            {
                Assert.Equal(0, await ProjectedAsync());
            }

            await OtherProgram.ExecuteAsync(slow, "rollback");
            return 1;
        });
        await AssertSkippedAsync(gaps: 1);
    }

    [Theory]
    [InlineData("commit prepared 'slow'", 2)]
    [InlineData("rollback prepared 'slow'", 1)]
    public async Task One_that_is_prepared_is_waited_for_though_no_session_has_it(string end, int expected)
    {
        await _database.ProjectAsync();
        await using (var slow = await BeginAsync())
        {
            await OtherProgram.WriteAsync(slow, "token_usage_recorded", Usage);
            await _database.RecordAsync(Given.Tokens());
            await AdvanceAsync();
            await OtherProgram.ExecuteAsync(slow, $"prepare transaction '{Name}'");
        }

        _database.DataSource.Clear();
        await AssertStuckAsync();
        await _database.ExecuteAsync(end.Replace("slow", Name, StringComparison.Ordinal));

        await _database.ProjectAsync();
        Assert.Equal(expected, await ProjectedAsync());
        await AssertSkippedAsync(gaps: 2 - expected);
    }

    [Fact]
    public async Task One_that_is_prepared_is_waited_for_over_a_restart_of_the_server_too()
    {
        await using var folder = new ServerFolder();
        var options = folder.Options with { Settings = new Dictionary<string, string>(folder.Options.Settings) { ["max_prepared_transactions"] = "10" } };
        var server = await LocalServer.StartAsync(options, TestContext.Current.CancellationToken);
        await server.CreateDatabaseIfMissingAsync("spendtracker", TestContext.Current.CancellationToken);
        await _database.DisposeAsync();
        _database = await TestDatabase.CreateAsync(Task.FromResult(server.ConnectionString("spendtracker")), events: new EventStoreOptions { GapGrace = Grace });
        await _database.ProjectAsync();
        await using (var slow = await BeginAsync())
        {
            await OtherProgram.WriteAsync(slow, "token_usage_recorded", Usage);
            await _database.RecordAsync(Given.Tokens());
            await AdvanceAsync();
            await OtherProgram.ExecuteAsync(slow, $"prepare transaction '{Name}'");
        }

        await server.StopAsync(TestContext.Current.CancellationToken);
        server = await LocalServer.StartAsync(options, TestContext.Current.CancellationToken);
        _database.DataSource.Clear();
        await AssertStuckAsync();
        await _database.ExecuteAsync($"commit prepared '{Name}'");

        await _database.ProjectAsync();
        Assert.Equal(2, await ProjectedAsync());
        await AssertSkippedAsync(gaps: 0);
        _database.DataSource.Clear();
        await server.DisposeAsync();
    }

    /// <summary>Prepared transactions are the server's, which other tests use too.</summary>
    private string Name { get; } = Guid.NewGuid().ToString();

    private async Task<NpgsqlConnection> BeginAsync()
    {
        var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await OtherProgram.ExecuteAsync(connection, "begin");
        return connection;
    }

    private Task<long> AdvanceAsync() => _database.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken);

    private async Task AssertStuckAsync()
    {
        var mark = await AdvanceAsync();
        Assert.True(mark < await _database.ScalarAsync<long>("select max(seq_id) from spend.mt_events"));
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < 5 * Grace;)
        {
            Assert.Equal(mark, await AdvanceAsync());
        }
    }

    private async Task<long> ProjectedAsync() =>
        (long)await _database.ScalarAsync<decimal>("select coalesce(sum(events), 0) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'");

    /// <summary>Runs the daemon, from when it has nothing to do until it has projected what was written.</summary>
    /// <param name="write">Gets a transaction to be slow in, and says how many events there are to project.</param>
    private async Task UnderTheDaemonAsync(Func<NpgsqlConnection, Task<int>> write)
    {
        using var stop = new CancellationTokenSource();
        var daemon = _database.Spend.CreateDaemon().RunAsync(stop.Token);
        await Eventually.Async(async () => _database.Spend.HighWaterMark.Current >= await _database.ScalarAsync<long>("select max(seq_id) from spend.mt_events"));
        Assert.Equal(0, await ProjectedAsync());
        await using (var slow = await BeginAsync())
        {
            var events = await write(slow);
            await Eventually.Async(async () => await ProjectedAsync() == events);
        }

        await stop.CancelAsync();
        await daemon;
    }

    private async Task AssertSkippedAsync(int gaps)
    {
        Assert.Equal(gaps, await _database.ScalarAsync<long>("select count(*) from spend.high_water_skip"));
        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from spend.mt_events join spend.high_water_skip as s on mt_events.seq_id between first_seq_id and s.last_seq_id"));
    }
}
