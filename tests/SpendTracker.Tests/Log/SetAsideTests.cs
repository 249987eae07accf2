using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Tests.Log;

/// <summary>
/// What was set aside is tried again, and then the read models are what a replay gives. A constraint that is dropped later
/// stands for an upgrade: before, an event cannot be applied, and after it can.
/// </summary>
public sealed class SetAsideTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await PoisonTests.OpenAsync(20_000);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private SetAsideEvents SetAside => _database.Spend.CreateSetAside();

    [Fact]
    public async Task Usage_that_can_be_applied_after_an_upgrade_is_counted_once_however_many_try()
    {
        await _database.ExecuteAsync("alter table spend.cost_line add constraint old check (workload <> 'new')");
        await _database.RecordAsync(Given.Tokens(), Given.Tokens(workload: "new"), Given.Tokens(workload: "new"));
        await _database.ProjectAsync();
        Assert.Equal(1m, await EventsAsync());
        Assert.NotEmpty(await _database.Spend.CreateRebuild().VerifyAsync(_database.Spend.Projections()[0], null, TestContext.Current.CancellationToken));

        await _database.ExecuteAsync("alter table spend.cost_line drop constraint old");
        var results = await Task.WhenAll(RetryAllAsync(), RetryAllAsync(), RetryAllAsync());

        Assert.Equal(3m, await EventsAsync());
        Assert.All(results, result => Assert.Equal(0, result.Left));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    [Fact]
    public async Task A_rate_that_is_applied_late_does_not_supersede_one_that_was_published_after_it()
    {
        await _database.ExecuteAsync("alter table spend.rate add constraint old check (sku <> 'openai/own' or price <> 3)");
        await _database.RecordAsync(Given.Tokens(Given.At(Given.Day), model: "own"), Given.Tokens(Given.At(Given.Day.AddDays(2)), model: "own"));
        await _database.PublishAsync("openai/own", Given.Day, new("input-tokens", 3), new("output-tokens", 3));
        await _database.PublishAsync("openai/own", Given.Day, new MeterPrice("input-tokens", 2));
        await _database.ProjectAsync();
        Assert.Equal(4_000m, await AmountAsync());

        await _database.ExecuteAsync("alter table spend.rate drop constraint old");
        Assert.Equal(new RetryResult(1, 1, 0), await RetryAllAsync());

        Assert.Equal(4_000m + (200 * 3), await AmountAsync());
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    [Fact]
    public async Task A_registration_that_is_applied_late_does_not_undo_a_later_change()
    {
        await _database.ExecuteAsync("alter table spend.workload add constraint old check (team <> 'first')");
        foreach (var (workload, team) in ((string, string)[])[("a", "first"), ("a", "second"), ("b", "first")])
        {
            await OtherProgram.WriteAsync(_database, "workload_registered", OtherProgram.Json(new WorkloadRegistered(workload, workload, team, Approach.Hybrid)), stream: $"workload/{workload}");
            await _database.ProjectAsync(); // Each by itself: folded with the second, the first would do no harm.
        }

        const string teams = "select distinct on (workload) workload || ' ' || team from spend.workload order by workload, seq_id desc";
        Assert.Equal(["a second"], await _database.TextsAsync(teams));

        Assert.Equal(new RetryResult(2, 2, 0), await RetryAllAsync()); // A rebuild makes the table anew, without the constraint.

        Assert.Equal(["a second", "b first"], await _database.TextsAsync(teams));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    [Fact]
    public async Task An_estimate_that_is_applied_late_does_not_replace_one_that_was_submitted_after_it()
    {
        await _database.ExecuteAsync("alter table spend.monthly_estimate add constraint old check (amount <> 7)");
        await PoisonTests.SubmitAsync(_database, Given.Estimate(7, months: 2));
        await _database.ProjectAsync();
        await PoisonTests.SubmitAsync(_database, Given.Estimate(5));
        await _database.ProjectAsync();
        Assert.Equal(5m, await _database.ScalarAsync<decimal>("select sum(amount) from spend.monthly_estimate where superseded_on = 'infinity'"));

        Assert.Equal(new RetryResult(1, 1, 0), await RetryAllAsync());

        Assert.Equal(12m, await _database.ScalarAsync<decimal>("select sum(amount) from spend.monthly_estimate where superseded_on = 'infinity'"));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    [Fact]
    public async Task What_still_cannot_be_applied_stays_set_aside_with_its_latest_reason_and_a_rebuild_keeps_its_history()
    {
        var seqId = await OtherProgram.WriteAsync(_database, "no_such_type", "{}");
        await _database.ProjectAsync();
        await _database.ExecuteAsync("update spend.event_set_aside set reason = 'old', set_aside_at = '2026-01-01', last_tried_at = '2026-01-01'");

        var all = _database.Spend.Projections().Count;
        Assert.Equal(new RetryResult(1, 0, all), await SetAside.RetryAsync("DailyUsage", seqId, int.MaxValue, TestContext.Current.CancellationToken));
        Assert.Equal(new RetryResult(1, 0, all), await SetAside.RetryAsync("Workloads", seqId, int.MaxValue, TestContext.Current.CancellationToken));
        await _database.Spend.CreateRebuild().RebuildAsync(_database.Spend.Projections()[0], null, TestContext.Current.CancellationToken);

        Assert.Equal(
            ["DailyUsage 3 not old, first in 2026-01, again since", "Estimates 1 old, first in 2026-01", "Workloads 2 not old, first in 2026-01, again since"],
            await _database.TextsAsync(
                """
                select projection || ' ' || attempts || case reason when 'old' then ' old' else ' not old' end || to_char(set_aside_at, ', "first in" YYYY-MM')
                    || case when last_tried_at > now() - interval '1 hour' then ', again since' else '' end
                from spend.event_set_aside where projection in ('DailyUsage', 'Estimates', 'Workloads') order by 1
                """));
    }

    [Fact]
    public async Task Two_rebuilds_at_once_take_turns()
    {
        await _database.RecordAsync(Given.Tokens());
        await _database.ProjectAsync();
        await Task.WhenAll(_database.Spend.ReadModels().Concat(_database.Spend.ReadModels()).Select(projection =>
            _database.Spend.CreateRebuild().RebuildAsync(projection, null, TestContext.Current.CancellationToken)));

        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    private Task<RetryResult> RetryAllAsync() => SetAside.RetryAsync(null, null, int.MaxValue, TestContext.Current.CancellationToken);

    private Task<decimal> EventsAsync() => _database.ScalarAsync<decimal>("select sum(events) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'");

    private Task<decimal> AmountAsync() => _database.ScalarAsync<decimal>("select sum(amount) from spend.monthly_cost where sku = 'openai/own'");
}
