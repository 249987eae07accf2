using System.Diagnostics;
using Npgsql;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Estimates;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Log;

/// <summary>What a session appends is in its read models when the caller is answered, and is counted once, whatever comes later.</summary>
public sealed class InlineReadModelTests : IAsyncLifetime
{
    private const string Marks = "select projection || ' ' || seq_id from spend.inline_applied order by seq_id";

    private static readonly Recorder Recorder = new("test");

    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private WorkloadRegistry Registry => new(_database.DataSource, _database.Store);

    public async ValueTask InitializeAsync() => _database = await PoisonTests.OpenAsync(20_000);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_was_written_is_read_at_once_and_no_projection_has_run()
    {
        await WriteAsync();

        Assert.Equal("Chat 2", Assert.Single(await Registry.ListAsync(Cancel)).Name);
        Assert.Equal(7m, Assert.Single(await _database.Get<EstimateBook>().ListAsync(BillingPeriod.Of(Given.Day), BillingPeriod.Of(Given.Day), null, null, Cancel)).Amount);
        Assert.Equal(2, Assert.Single(await _database.Get<BudgetBook>().ListAsync(Cancel)).Version);
        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from spend.mt_event_progression where name in ('SpendTracker.Workloads:All', 'SpendTracker.Budgets:All')"));
        Assert.Equal(6, (await _database.TextsAsync(Marks)).Count);
    }

    [Fact]
    public async Task A_projection_passes_by_what_was_applied_and_forgets_the_marks()
    {
        await WriteAsync();
        var before = await RowsAsync();

        await _database.ProjectAsync();

        Assert.Equal(before, await RowsAsync());
        Assert.Empty(await _database.TextsAsync(Marks));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    [Fact]
    public async Task A_rebuild_and_a_comparison_know_what_is_ahead_of_the_checkpoint()
    {
        await WriteAsync();
        await _database.ProjectAsync();
        await Registry.RegisterAsync(Workload("Chat 3"), Recorder, Cancel);
        await Registry.RegisterAsync(Workload("Chat 4"), Recorder, Cancel);

        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
        foreach (var projection in _database.Spend.ReadModels())
        {
            await _database.Spend.CreateRebuild().RebuildAsync(projection, null, Cancel);
        }

        Assert.Equal("Chat 4", Assert.Single(await Registry.ListAsync(Cancel)).Name);
        await _database.ProjectAsync();
        Assert.Equal("Chat 4", Assert.Single(await Registry.ListAsync(Cancel)).Name);
        Assert.Equal(4, await _database.ScalarAsync<long>("select count(*) from spend.workload"));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    [Fact]
    public async Task What_another_program_appended_to_the_stream_before_is_applied_before()
    {
        await Registry.RegisterAsync(Workload("Chat 1"), Recorder, Cancel);
        var theirs = Workload("Theirs");
        await OtherProgram.WriteAsync(_database, "workload_registered", OtherProgram.Json(theirs), stream: StreamNames.Workload(theirs.Workload));
        await Registry.RegisterAsync(Workload("Chat 2"), Recorder, Cancel);

        Assert.Equal(["Chat 1", "Theirs", "Chat 2"], await _database.TextsAsync("select name from spend.workload order by seq_id"));
        await _database.ProjectAsync();
        Assert.Equal(["Chat 1", "Theirs", "Chat 2"], await _database.TextsAsync("select name from spend.workload order by seq_id"));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    [Fact]
    public async Task What_a_read_model_will_not_take_is_stored_all_the_same_and_set_aside_by_the_projection()
    {
        await _database.ExecuteAsync("alter table spend.workload add constraint short check (length(name) < 10)");

        await Registry.RegisterAsync(Workload("A name that is too long"), Recorder, Cancel);
        Assert.Single(await _database.Store.ReadStreamAsync(StreamNames.Workload("chat"), Cancel));
        Assert.Empty(await _database.TextsAsync(Marks));

        await _database.ProjectAsync();
        Assert.Contains("short", Assert.Single(await _database.TextsAsync("select reason from spend.event_set_aside")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_host_of_another_version_has_changed_a_table_events_are_stored_and_left_to_the_projection()
    {
        await _database.ExecuteAsync("alter table spend.workload rename column environment to stage");

        await Registry.RegisterAsync(Workload("Chat 1"), Recorder, Cancel);
        Assert.Empty(await _database.TextsAsync(Marks));

        await _database.ExecuteAsync("alter table spend.workload rename column stage to environment");
        await _database.ProjectAsync();
        Assert.Equal("Chat 1", Assert.Single(await Registry.ListAsync(Cancel)).Name);
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    [Fact]
    public async Task Where_a_rebuild_has_the_lock_for_long_the_event_is_stored_and_comes_with_a_page()
    {
        await using (var connection = await _database.DataSource.OpenConnectionAsync(Cancel))
        await using (var rebuild = await connection.BeginTransactionAsync(Cancel))
        {
            await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('spend.SpendTracker.Workloads:All', 0))", connection, rebuild);
            await command.ExecuteNonQueryAsync(Cancel);
            await Registry.RegisterAsync(Workload("Chat 1"), Recorder, Cancel);
            Assert.Empty(await Registry.ListAsync(Cancel));
        }

        Assert.Empty(await _database.TextsAsync(Marks));
        await _database.ProjectAsync();
        Assert.Equal("Chat 1", Assert.Single(await Registry.ListAsync(Cancel)).Name);
    }

    [Fact]
    public async Task A_page_gets_its_turn_although_sessions_share_the_lock_without_a_pause()
    {
        await Registry.RegisterAsync(Workload("Chat 1"), Recorder, Cancel);
        await using var first = await _database.DataSource.OpenConnectionAsync(Cancel);
        await using var second = await _database.DataSource.OpenConnectionAsync(Cancel);
        await RunAsync(first, Share);
        var (holding, next) = (first, second);
        var projecting = _database.ProjectAsync();

        // One lets go only when the next has the lock, unless that one has to queue behind the page. So it is never free by itself.
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(20) && !projecting.IsCompleted;)
        {
            var sharing = RunAsync(next, Share);
            await Task.WhenAny(sharing, Task.Delay(100, Cancel));
            await RunAsync(holding, "commit");
            await sharing;
            (holding, next) = (next, holding);
        }

        Assert.True(projecting.IsCompleted);
        await RunAsync(holding, "commit");
        await projecting;
        Assert.Empty(await _database.TextsAsync(Marks));
    }

    private const string Share = "begin; select pg_advisory_xact_lock_shared(hashtextextended('spend.SpendTracker.Workloads:All', 0)), pg_sleep(0.05)";

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    [Fact]
    public async Task Sessions_and_projections_beside_each_other_count_everything_once()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var daemon = _database.Spend.CreateDaemon().RunAsync(stop.Token);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            for (var round = 0; round < 10; round++)
            {
                await Registry.RegisterAsync(new WorkloadRegistered($"w{i % 4}", $"{i} {round}", "team", Approach.Hybrid), Recorder, Cancel);
                await _database.RecordAsync(Given.Tokens());
            }
        }));
        await stop.CancelAsync();
        await daemon;

        await _database.ProjectAsync();
        Assert.Equal(
            await _database.ScalarAsync<long>("select count(*) from spend.mt_events where type in ('workload_registered', 'workload_changed')"),
            await _database.ScalarAsync<long>("select count(*) from spend.workload"));
        Assert.Empty(await _database.TextsAsync(Marks));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    private static WorkloadRegistered Workload(string name) => new("chat", name, "team", Approach.Hybrid);

    private static BudgetSet Budget(decimal amount) => new(
        "all", "All", new Dictionary<string, IReadOnlyList<string>>(), new BudgetPeriod(BudgetPeriodKind.Month, "2026-01"), "USD", amount);

    private async Task WriteAsync()
    {
        var budgets = _database.Get<BudgetBook>();
        await Registry.RegisterAsync(Workload("Chat 1"), Recorder, Cancel);
        await Registry.RegisterAsync(Workload("Chat 2"), Recorder, Cancel);
        await _database.Get<EstimateBook>().SubmitAsync(Given.Estimate(5), Recorder, Cancel);
        await _database.Get<EstimateBook>().SubmitAsync(Given.Estimate(7), Recorder, Cancel);
        await budgets.SetAsync(Budget(100), null, Recorder, Cancel);
        await budgets.SetAsync(Budget(200), null, Recorder, Cancel);
    }

    private Task<IReadOnlyList<string>> RowsAsync() => _database.TextsAsync(
        "select to_jsonb(r)::text from spend.workload as r union all select to_jsonb(r)::text from spend.monthly_estimate as r union all select to_jsonb(r)::text from spend.budget as r order by 1");
}
