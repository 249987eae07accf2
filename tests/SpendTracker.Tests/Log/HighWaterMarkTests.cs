using Npgsql;
using SpendTracker.Log;

namespace SpendTracker.Tests.Log;

/// <summary>What a gap in the sequence may hide, and when it is passed.</summary>
public sealed class HighWaterMarkTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(
        events: new EventStoreOptions { GapGrace = TimeSpan.Zero });

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_number_drawn_by_a_transaction_that_lives_is_waited_for_and_then_found()
    {
        await using var writer = await OtherProgramAsync();
        var seqId = await OtherProgram.DrawAsync(writer);
        await _database.RecordAsync(Given.Tokens());
        for (var look = 0; look < 5; look++)
        {
            Assert.Equal(seqId - 1, await AdvanceAsync());
        }

        await InsertAsync(writer, seqId);
        await OtherProgram.ExecuteAsync(writer, "commit");

        Assert.Equal(seqId + 1, await AdvanceAsync());
        Assert.Empty(await SkipsAsync());
    }

    [Fact]
    public async Task A_transaction_that_drew_a_number_and_wrote_nothing_yet_is_waited_for()
    {
        // It has no transaction id, so no snapshot shows it; only its lock on the sequence does.
        await using var writer = await OtherProgramAsync();
        var seqId = await OtherProgram.DrawAsync(writer);
        await _database.RecordAsync(Given.Tokens());

        Assert.Equal("", await ScalarAsync(writer, "select coalesce(pg_current_xact_id_if_assigned()::text, '')"));
        await AdvanceAsync();
        Assert.Equal(seqId - 1, await AdvanceAsync());
    }

    [Fact]
    public async Task A_number_whose_transaction_was_rolled_back_is_passed_and_the_reason_kept()
    {
        await using var writer = await OtherProgramAsync();
        var seqId = await OtherProgram.DrawAsync(writer);
        await _database.RecordAsync(Given.Tokens());
        var stuck = await AdvanceAsync();
        Assert.Equal(seqId - 1, stuck);

        await OtherProgram.ExecuteAsync(writer, "rollback");

        Assert.Equal(seqId + 1, await AdvanceAsync());
        Assert.StartsWith($"{seqId}-{seqId}: Missing for", Assert.Single(await SkipsAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transactions_that_began_after_the_gap_do_not_hold_it_up()
    {
        await using var aborted = await OtherProgramAsync();
        var gap = await OtherProgram.DrawAsync(aborted);
        await _database.RecordAsync(Given.Tokens());
        await AdvanceAsync();
        await OtherProgram.ExecuteAsync(aborted, "rollback");
        await using var later = await OtherProgramAsync();
        var open = await OtherProgram.DrawAsync(later);
        await _database.RecordAsync(Given.Tokens());

        Assert.Equal(open - 1, await AdvanceAsync());
        Assert.True(open - 1 > gap);
    }

    [Fact]
    public async Task A_transaction_that_reads_the_sequence_and_draws_no_number_holds_nothing_up()
    {
        await using var reader = await OtherProgramAsync();
        await OtherProgram.ExecuteAsync(reader, "select last_value from spend.mt_events_sequence"); // As pg_dump does.
        Assert.Equal("AccessShareLock", await ScalarAsync(
            reader, "select string_agg(mode, ' ') from pg_locks where pid = pg_backend_pid() and relation = 'spend.mt_events_sequence'::regclass"));
        var gap = await _database.ScalarAsync<long>("select nextval('spend.mt_events_sequence')");
        await _database.RecordAsync(Given.Tokens());

        Assert.Equal(gap - 1, await AdvanceAsync());
        Assert.Equal(gap + 1, await AdvanceAsync());
    }

    [Fact]
    public async Task A_transaction_that_reads_the_sequence_and_then_draws_a_number_is_waited_for()
    {
        await using var writer = await OtherProgramAsync();
        await OtherProgram.ExecuteAsync(writer, "select last_value from spend.mt_events_sequence");
        var seqId = await OtherProgram.DrawAsync(writer);
        await _database.RecordAsync(Given.Tokens());

        await AdvanceAsync();
        Assert.Equal(seqId - 1, await AdvanceAsync());
    }

    [Fact]
    public async Task Gaps_age_side_by_side_and_not_one_after_the_other()
    {
        var before = await AdvanceAsync();
        for (var gap = 0; gap < 10; gap++)
        {
            await _database.ScalarAsync<long>("select nextval('spend.mt_events_sequence')");
            await _database.RecordAsync(Given.Tokens());
        }

        Assert.Equal(before, await AdvanceAsync());
        Assert.Equal(before + 20, await AdvanceAsync());
        Assert.Equal(10, (await SkipsAsync()).Count);
    }

    [Fact]
    public async Task A_gap_that_nobody_can_fill_is_left_open_for_the_grace_time()
    {
        await using var patient = await TestDatabase.CreateAsync(events: new EventStoreOptions { GapGrace = TimeSpan.FromHours(1) });
        await patient.ScalarAsync<long>("select nextval('spend.mt_events_sequence')");
        await patient.RecordAsync(Given.Tokens());
        var mark = await patient.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken);

        Assert.Equal(mark, await patient.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken));
        Assert.True(patient.Spend.HighWaterMark.Waiting);
        Assert.Equal(mark + 2, await patient.ScalarAsync<long>("select max(seq_id) from spend.mt_events"));
    }

    [Fact]
    public async Task A_projection_does_not_pass_a_number_that_a_live_transaction_may_still_fill()
    {
        await using var writer = await OtherProgramAsync();
        var seqId = await OtherProgram.DrawAsync(writer);
        await _database.RecordAsync(Given.Tokens());
        await using var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var run = new ProjectionRun(connection, _database.Spend.Projections()[0], _database.Spend.Options.Events);
        await run.CatchUpAsync(await AdvanceAsync(), null, TestContext.Current.CancellationToken);
        Assert.Equal(seqId - 1, run.Position);

        await InsertAsync(writer, seqId);
        await OtherProgram.ExecuteAsync(writer, "commit");
        await run.CatchUpAsync(await AdvanceAsync(), null, TestContext.Current.CancellationToken);

        Assert.Equal(3_000m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
    }

    private Task<long> AdvanceAsync() => _database.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken);

    private Task<IReadOnlyList<string>> SkipsAsync() =>
        _database.TextsAsync("select first_seq_id || '-' || last_seq_id || ': ' || reason from spend.high_water_skip");

    /// <summary>A program that writes by Marten's rules in plain SQL, at its own pace.</summary>
    private async Task<NpgsqlConnection> OtherProgramAsync()
    {
        // The sequence logs ahead every 32 numbers, and the one who does gets a transaction id; let that be us.
        await _database.ScalarAsync<long>("select nextval('spend.mt_events_sequence')");
        await _database.RecordAsync(Given.Tokens());
        await AdvanceAsync();
        await AdvanceAsync();
        await _database.ExecuteAsync("delete from spend.high_water_skip");
        var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await OtherProgram.ExecuteAsync(connection, "begin");
        return connection;
    }

    private static Task<long> InsertAsync(NpgsqlConnection writer, long seqId) =>
        OtherProgram.WriteAsync(writer, "token_usage_recorded", OtherProgram.Json(Given.Tokens()), seqId: seqId);

    private static async Task<string> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
