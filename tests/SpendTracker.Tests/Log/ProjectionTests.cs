using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Tests.Log;

public sealed class ProjectionTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(
        events: new EventStoreOptions { PageEvents = 7, GapGrace = TimeSpan.Zero, PollInterval = TimeSpan.FromMilliseconds(20) });

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_replay_gives_the_rows_that_the_live_projections_have()
    {
        await GivenAllKindsAsync();
        await _database.ProjectAsync();

        foreach (var projection in _database.Spend.ReadModels())
        {
            Assert.Empty(await _database.Spend.CreateRebuild().VerifyAsync(projection, null, TestContext.Current.CancellationToken));
        }

        Assert.True(await _database.ScalarAsync<long>("select count(*) from spend.monthly_cost") > 5);
    }

    [Fact]
    public async Task Verify_finds_a_row_that_the_events_do_not_give()
    {
        await GivenAllKindsAsync();
        await _database.ProjectAsync();
        await _database.ExecuteAsync("update spend.monthly_cost set amount = amount + 0.000001 where meter = 'input-tokens'");

        var differences = await _database.Spend.CreateRebuild().VerifyAsync(_database.Spend.Projections()[0], null, TestContext.Current.CancellationToken);

        Assert.Contains(differences, difference => difference is { Table: "monthly_cost", Side: "live" });
        Assert.Contains(differences, difference => difference is { Table: "monthly_cost", Side: "replayed" });
    }

    [Fact]
    public async Task A_rebuild_repairs_and_goes_on_from_where_it_is()
    {
        await GivenAllKindsAsync();
        await _database.ProjectAsync();
        var right = await _database.TextsAsync("select to_jsonb(m)::text from spend.monthly_cost as m order by 1");
        await _database.ExecuteAsync("delete from spend.daily_usage; update spend.monthly_cost set amount = 7");

        await _database.Spend.CreateRebuild().RebuildAsync(_database.Spend.Projections()[0], null, TestContext.Current.CancellationToken);

        Assert.Equal(right, await _database.TextsAsync("select to_jsonb(m)::text from spend.monthly_cost as m order by 1"));
        await _database.RecordAsync(Given.Tokens(input: 1));
        await _database.ProjectAsync();
        Assert.Empty(await _database.Spend.CreateRebuild().VerifyAsync(_database.Spend.Projections()[0], null, TestContext.Current.CancellationToken));
    }

    /// <summary>Only what a layout is known by is taken away: what is there then is dropped whole, whatever else it has.</summary>
    [Fact]
    public async Task Read_models_of_an_earlier_layout_are_dropped_and_read_again()
    {
        await GivenAllKindsAsync();
        await _database.ProjectAsync();
        var right = await _database.TextsAsync("select to_jsonb(m)::text from spend.monthly_cost as m order by 1");
        await _database.ExecuteAsync(
            """
            drop table spend.cost_line, spend.exchange_rate, spend.exchange_rate_age, spend.discount, spend.alias, spend.withdrawal;
            drop table spend.daily_outcome;
            alter table spend.workload drop column seq_id;
            alter table spend.monthly_estimate drop column superseded_on
            """);

        await EventSchema.CreateTablesAsync(_database.DataSource, _database.Spend.Projections(), TestContext.Current.CancellationToken);
        await _database.ProjectAsync();

        Assert.Equal(right, await _database.TextsAsync("select to_jsonb(m)::text from spend.monthly_cost as m order by 1"));
        foreach (var projection in _database.Spend.ReadModels())
        {
            Assert.Empty(await _database.Spend.CreateRebuild().VerifyAsync(projection, null, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_gap_of_any_length_is_passed_in_a_page()
    {
        await _database.RecordAsync(Given.Tokens(input: 1));
        await _database.ExecuteAsync("select setval('spend.mt_events_sequence', 1000000000)");
        await _database.RecordAsync(Given.Tokens(input: 2));
        await _database.ProjectAsync();

        var pages = 0;
        await _database.Spend.CreateRebuild().VerifyAsync(_database.Spend.Projections()[0], (_, _) => pages++, TestContext.Current.CancellationToken);

        Assert.InRange(pages, 1, 100);
        Assert.Equal(3m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
    }

    [Fact]
    public async Task Two_daemons_on_one_database_count_every_event_once_also_while_a_rebuild_swaps_the_tables()
    {
        await using var other = await TestDatabase.CreateAsync(
            Task.FromResult(_database.Spend.Options.ConnectionString), events: _database.Spend.Options.Events);
        using var stop = new CancellationTokenSource();
        var daemons = Task.WhenAll(_database.Spend.CreateDaemon().RunAsync(stop.Token), other.Spend.CreateDaemon().RunAsync(stop.Token));
        for (var i = 0; i < 40; i++)
        {
            await _database.RecordAsync([.. Enumerable.Range(0, 10).Select(_ => (IUsageEvent)Given.Tokens(input: 1))]);
            if (i % 15 == 7)
            {
                await other.Spend.CreateRebuild().RebuildAsync(other.Spend.Projections()[0], null, TestContext.Current.CancellationToken);
            }
        }

        await WaitForAsync("select coalesce(sum(quantity), 0) = 400 from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'");
        await stop.CancelAsync();
        await daemons;
        Assert.Equal(400, await _database.ScalarAsync<decimal>("select sum(events) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
        Assert.Empty(await _database.Spend.CreateRebuild().VerifyAsync(_database.Spend.Projections()[0], null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_reader_that_has_one_table_and_comes_to_another_goes_before_a_rebuild()
    {
        await _database.RecordAsync(Given.Tokens());
        await _database.ProjectAsync();
        var tables = _database.Spend.Projections()[0].Tables;
        await using var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await ReadAsync(tables[^1]);

        var rebuild = _database.Spend.CreateRebuild().RebuildAsync(_database.Spend.Projections()[0], null, TestContext.Current.CancellationToken);
        await WaitForAsync($"select exists (select from pg_locks where relation = 'spend.{tables[^1]}'::regclass and not granted)");
        await ReadAsync(tables[0]);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await rebuild;

        Assert.Empty(await _database.Spend.CreateRebuild().VerifyAsync(_database.Spend.Projections()[0], null, TestContext.Current.CancellationToken));

        async Task ReadAsync(string table)
        {
            await using var command = new Npgsql.NpgsqlCommand($"select count(*) from spend.{table}", connection);
            await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Usage is passed unread by who needs none; what lies among it is not.</summary>
    [Fact]
    public async Task A_projection_that_needs_no_usage_reads_what_lies_before_its_host_began_and_what_comes_among_usage()
    {
        await SubmitAsync("a", 100);
        await _database.RecordAsync(Given.Tokens());
        var mark = await _database.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken);
        await using (var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await new ProjectionRun(connection, _database.Spend.Projections()[0], new EventStoreOptions()).CatchUpAsync(mark, null, TestContext.Current.CancellationToken);
        }

        await using var other = await TestDatabase.CreateAsync(Task.FromResult(_database.Spend.Options.ConnectionString));
        using var stop = new CancellationTokenSource();
        var daemon = other.Spend.CreateDaemon().RunAsync(stop.Token);
        await WaitForAsync("select exists (select from spend.monthly_estimate where amount = 100)");
        for (var amount = 200; amount < 210; amount++)
        {
            await _database.RecordAsync(Given.Tokens());
            await SubmitAsync($"b{amount}", amount);
            await _database.RecordAsync(Given.Tokens());
            await WaitForAsync($"select exists (select from spend.monthly_estimate where amount = {amount})");
        }

        await stop.CancelAsync();
        await daemon;

        Task SubmitAsync(string stream, decimal amount) =>
            _database.Store.Streams.AppendAsync($"estimate/{stream}", 0, [Given.Estimate(amount)], new Recorder("test"), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_page_that_fails_is_not_counted_twice_when_it_is_tried_again()
    {
        await _database.RecordAsync(Given.Tokens(), Given.Tokens());
        await _database.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken);
        await _database.ExecuteAsync("alter table spend.monthly_cost rename to hidden");
        await using var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var run = new ProjectionRun(connection, _database.Spend.Projections()[0], new EventStoreOptions());
        var mark = _database.Spend.HighWaterMark.Current;
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => run.CatchUpAsync(mark, null, TestContext.Current.CancellationToken));

        await _database.ExecuteAsync("alter table spend.hidden rename to monthly_cost");
        await run.CatchUpAsync(mark, null, TestContext.Current.CancellationToken);

        Assert.Equal(2_000m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
    }

    [Fact]
    public async Task A_page_whose_reading_breaks_off_is_not_counted_twice_when_it_is_tried_again()
    {
        await _database.RecordAsync(Given.Tokens(), Given.Tokens(), Given.Tokens());
        var mark = await _database.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken);
        await using var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var run = new ProjectionRun(connection, new Breaking(_database.Settings.ReportingTimeZone), new EventStoreOptions());
        await Assert.ThrowsAsync<IOException>(() => run.CatchUpAsync(mark, null, TestContext.Current.CancellationToken));

        await run.CatchUpAsync(mark, null, TestContext.Current.CancellationToken);

        Assert.Equal(3_000m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
    }

    /// <summary>A session that is idle in a transaction is ended, since its host may hang.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_that_is_slow_to_fold_keeps_no_transaction_open(bool fromMemory)
    {
        await _database.RecordAsync([.. Enumerable.Range(0, 30).Select(_ => Given.Tokens())]);
        var mark = await _database.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken);
        await using var connection = await _database.Spend.Projecting.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var limit = new Npgsql.NpgsqlCommand("set idle_in_transaction_session_timeout = '1s'", connection);
        await limit.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var run = new ProjectionRun(
            connection, new Slow(_database.Settings.ReportingTimeZone), new EventStoreOptions { PageEvents = 7 }, fromMemory ? _database.Store.Recent : null);

        await run.CatchUpAsync(mark, null, TestContext.Current.CancellationToken);

        Assert.Equal(30_000m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
    }

    [Fact]
    public async Task A_checkpoint_that_somebody_else_moved_stops_the_page()
    {
        await _database.RecordAsync(Given.Tokens());
        await _database.ProjectAsync();
        await _database.RecordAsync(Given.Tokens());
        var mark = await _database.Spend.HighWaterMark.AdvanceAsync(TestContext.Current.CancellationToken);
        await using var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var run = new ProjectionRun(connection, new Meddling(_database.Settings.ReportingTimeZone), new EventStoreOptions());

        await Assert.ThrowsAsync<InvalidOperationException>(() => run.CatchUpAsync(mark, null, TestContext.Current.CancellationToken));
        Assert.Equal(1_000m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
    }

    private async Task GivenAllKindsAsync()
    {
        var at = Given.At(Given.Day);
        await _database.RecordAsync(
            Given.Tokens(), Given.Tokens(model: "no-rate"),
            new HostingHoursRecorded("w", Approach.FineTuning, "azure/gpt-35-turbo-fine-tuned", 40.123456m, at, at.AddHours(50), 2, 0.3m),
            new DatasetPrepRecorded("w", "tickets", DatasetActivity.Label, at, LabourHours: 3, Role: "annotator"),
            new DatasetPrepRecorded("w", "tickets", DatasetActivity.Collect, at, Amount: 1_000, Currency: "USD"),
            new TrainingRunRecorded("w", "openai", "gpt-4o-mini-2024-07-18", "run", at, TrainedTokens: 1_000_000, Epochs: 3),
            new LabourRecorded("w", Approach.Hybrid, "engineer", 1.5m, LabourActivity.PromptCrafting, at),
            new ChargeRecorded("w", Approach.Hybrid, Component.Other, -5, "EUR", at, ChargeCategory.Credit),
            new EvaluationRecorded("w", Approach.Hybrid, "v1", "accuracy", 0.9m, 100, at));
        await _database.PublishAsync("labour/engineer", Given.Day.AddDays(-1), new MeterPrice("labour-hours", 90));
        await _database.RecordAsync([.. Enumerable.Range(0, 20).Select(i => (IUsageEvent)Given.Tokens(at.AddDays(-i), input: i))]);
        await _database.PublishAsync("openai/gpt-4o", Given.Day, new MeterPrice("input-tokens", 3, 1_000_000));
    }

    private Task<TimeSpan> WaitForAsync(string condition) => Eventually.Async(() => _database.ScalarAsync<bool>(condition));

    /// <summary>The real projection, with something happening to it.</summary>
    private abstract class Disturbed(TimeZoneInfo zone) : Projection
    {
        private readonly CostProjection _inner = new(zone);

        public override string Name => _inner.Name;
        public override string CreateTables => _inner.CreateTables;
        public override IReadOnlyList<string> Tables => _inner.Tables;
        public override IReadOnlyList<string> EventTypes => _inner.EventTypes;

        public override void Apply(StoredEvent stored) => _inner.Apply(stored);

        public override IReadOnlyList<Npgsql.NpgsqlBatchCommand> Flush() => _inner.Flush();

        public override void Discard() => _inner.Discard();
    }

    /// <summary>During its page another session moves the checkpoint, as if no lock were held.</summary>
    private sealed class Meddling(TimeZoneInfo zone) : Disturbed(zone)
    {
        public override IReadOnlyList<Npgsql.NpgsqlBatchCommand> Flush() =>
            [.. base.Flush(), new($"update mt_event_progression set last_seq_id = last_seq_id - 1 where name = '{Checkpoint}'")];
    }

    /// <summary>The connection breaks, once, when some of the page is read.</summary>
    private sealed class Breaking(TimeZoneInfo zone) : Disturbed(zone)
    {
        private int _usage;

        public override void Apply(StoredEvent stored)
        {
            if (stored.Data is IUsageEvent && ++_usage == 3)
            {
                throw new IOException("The connection broke.");
            }

            base.Apply(stored);
        }
    }

    /// <summary>An event behind the first page takes its time.</summary>
    private sealed class Slow(TimeZoneInfo zone) : Disturbed(zone)
    {
        private int _usage;

        public override void Apply(StoredEvent stored)
        {
            if (stored.Data is IUsageEvent && ++_usage == 20)
            {
                Thread.Sleep(TimeSpan.FromSeconds(2));
            }

            base.Apply(stored);
        }
    }
}
