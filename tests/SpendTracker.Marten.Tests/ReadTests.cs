using System.Text.Json;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Exceptions;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Log;
using SpendTracker.Tests;
using static SpendTracker.Marten.Tests.SharedDatabase;

namespace SpendTracker.Marten.Tests;

/// <summary>What SpendTracker appended is read, aggregated and projected by Marten.</summary>
public sealed class ReadTests : IAsyncLifetime
{
    private SharedDatabase _shared = null!;

    public async ValueTask InitializeAsync() => _shared = await CreateAsync();

    public ValueTask DisposeAsync() => _shared.DisposeAsync();

    [Fact]
    public async Task Every_event_of_the_log_is_read_and_a_stream_is_aggregated_live()
    {
        await _shared.Own.RecordAsync(("a", Given.Tokens(input: 3)), ("b", Given.Tokens(input: 40)));
        await _shared.Own.CorrectAsync("a", Given.Tokens(input: 500), "c");
        await using var session = _shared.Store.QuerySession();

        var stored = await session.Events.FetchStreamAsync(SupportChat, token: Cancel);
        var live = await session.Events.AggregateStreamAsync<StreamTokens>(SupportChat, token: Cancel);
        var all = await session.Events.QueryAllRawEvents().ToListAsync(Cancel);
        var large = await session.Events.QueryRawEventDataOnly<TokenUsageRecorded>().Where(usage => usage.InputTokens > 30).CountAsync(Cancel);

        Assert.Equal([3L, 40L, 500L], stored.Select(e => ((TokenUsageRecorded)e.Data).InputTokens));
        Assert.Equal([1L, 2L, 3L], stored.Select(e => e.Version));
        Assert.All(stored, e => Assert.Equal(("test", 1L), (e.GetHeader("recordedBy"), e.GetHeader("schemaVersion"))));
        Assert.Equal(543, live!.Input);
        Assert.Equal(2, large);
        Assert.Equal(await _shared.Own.ScalarAsync<long>("select count(*) from spend.mt_events"), all.Count);
        Assert.Contains(all, e => e.Data is SettingsChanged);
        Assert.Contains(all, e => e.Data is UsageCorrected);
    }

    [Fact]
    public async Task Martens_daemon_projects_what_SpendTracker_appends_before_and_while_it_runs()
    {
        await using var store = DocumentStore.For(options =>
        {
            options.Connection(_shared.Own.Spend.Options.ConnectionString);
            options.AddSpendTracker();
            options.Schema.For<StreamTokens>().MultiTenanted();
            options.Projections.Snapshot<StreamTokens>(SnapshotLifecycle.Async);
        });
        await _shared.Own.RecordAsync(Given.Tokens(input: 3));
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();
        await _shared.RecordAsync(Given.Tokens(input: 40));
        await _shared.Own.RecordAsync(Given.Tokens(input: 500), Given.Tokens(workload: "another", input: 1));

        await Eventually.Async(async () =>
        {
            await using var session = store.QuerySession();
            return await session.LoadAsync<StreamTokens>(SupportChat, Cancel) is { Input: 543 };
        });
        await daemon.StopAllAsync();

        // Each daemon has its own checkpoints, and neither touches the other's.
        await _shared.Own.ProjectAsync();
        Assert.Equal(
            [.. _shared.Own.Spend.Projections().Select(projection => projection.Checkpoint).Order(StringComparer.Ordinal), "StreamTokens:All"],
            await _shared.Own.TextsAsync("select name from spend.mt_event_progression where name not like 'HighWater%' order by name collate \"C\""));
        Assert.Equal(544m, await _shared.Own.ScalarAsync<decimal>("select sum(quantity) from spend.monthly_cost where meter = 'input-tokens'"));
    }

    [Fact]
    public async Task Monthly_costs_are_read_over_the_sessions_connection_and_in_its_transaction()
    {
        await _shared.PriceAsync();
        await _shared.Own.RecordAsync(Given.Tokens(input: 2_000), Given.Tokens(workload: "another", input: 5_000), Given.Tokens(model: "brand-new"));
        await _shared.Own.ProjectAsync();
        await using var session = _shared.Store.LightweightSession();
        await session.BeginTransactionAsync(Cancel);
        await session.ExecuteAsync(new Npgsql.NpgsqlCommand("update spend.monthly_cost set workload = 'renamed' where workload = 'another'"), Cancel);

        var costs = await session.MonthlyCostsAsync(new CostFilter(Month, Month), [CostDimension.Find("workload")!], Cancel);

        Assert.Equal([("renamed", 5m), ("support-chat", 2m)], costs.Select(cost => (cost.Keys["workload"], cost.Actual)));
        Assert.Equal(1_100m, costs[1].Unpriced["tokens"]);
    }

    [Theory]
    [InlineData("""{"workload": "support-chat"}""", "missing required properties")]
    [InlineData("""{"workload":"w","approach":"hybrid","provider":"p","model":"m","inputTokens":1,"outputTokens":1,"usedAt":"2026-01-01T00:00:00Z","prompt":"secret"}""", "could not be mapped")]
    public async Task An_event_that_is_not_as_its_type_says_is_an_error_to_read(string data, string reason)
    {
        await _shared.Own.ExecuteAsync(
            $"""
            insert into spend.mt_streams (tenant_id, id, version) values ('*DEFAULT*', 'wrong', 1);
            insert into spend.mt_events (seq_id, id, stream_id, version, type, tenant_id, mt_dotnet_type, data)
            select nextval('spend.mt_events_sequence'), gen_random_uuid(), 'wrong', 1, 'token_usage_recorded', '*DEFAULT*', '', '{data}'
            """);
        await using var session = _shared.Store.QuerySession();

        var fault = await Assert.ThrowsAsync<EventDeserializationFailureException>(() => session.Events.FetchStreamAsync("wrong", token: Cancel));

        Assert.Contains(reason, Assert.IsType<JsonException>(fault.InnerException).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_without_a_required_member_is_not_stored()
    {
        await using var session = _shared.Store.LightweightSession();
        session.Events.Append(SupportChat, Given.Tokens() with { Workload = null! });

        var fault = await Assert.ThrowsAsync<JsonException>(() => session.SaveChangesAsync(Cancel));

        Assert.Contains("'workload'", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, await _shared.UsageCountAsync());
    }
}
