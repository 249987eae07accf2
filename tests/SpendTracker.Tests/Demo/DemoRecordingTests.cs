using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Budgets;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Tests.Forecasts;
using SpendTracker.Web.Demo;

namespace SpendTracker.Tests.Demo;

/// <summary>The demo year in a host of its own, recorded once for all tests of the class.</summary>
public sealed class RecordedDemo : IAsyncLifetime
{
    internal FixedClock Clock { get; } = new(new(2026, 6, 17, 15, 30, 0, TimeSpan.Zero));

    internal DemoClock Played { get; private set; } = null!;

    internal TestHost Host { get; private set; } = null!;

    internal int Appended { get; private set; }

    public async ValueTask InitializeAsync()
    {
        (Host, Played) = await StartAsync(Clock);

        // Interrupted once on the way, as by Ctrl+C: what is then there must be what an undisturbed recording gives.
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Recording().RunAsync(
            (done, of) =>
            {
                if (done > of / 3)
                {
                    stop.Cancel();
                }
            },
            stop.Token));
        Appended = (await Recording().RunAsync((_, _) => { }, TestContext.Current.CancellationToken))!.Value;
        await CaughtUpAsync();
    }

    /// <summary>A host on a new database, as the command starts it: the clock stands before the year.</summary>
    internal static async Task<(TestHost Host, DemoClock Clock)> StartAsync(FixedClock clock)
    {
        var played = new DemoClock(clock);
        played.Play(DemoYear.Until(DateOnly.FromDateTime(clock.Now.UtcDateTime)).Opening);
        var host = await TestHost.StartAsync(await TestDatabase.CreateAsync("UTC", played));
        played.GoLive();
        return (host, played);
    }

    internal DemoRecording Recording() => new(Host.Client, Host.Database.Make<DemoBooks>(), Played);

    internal Task CaughtUpAsync() => Eventually.Async(() => Host.Database.ScalarAsync<bool>(
        "select min(last_seq_id) >= (select max(seq_id) from spend.mt_events) from spend.mt_event_progression where name like 'SpendTracker.%'"));

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

public sealed class DemoRecordingTests(RecordedDemo demo, ITestOutputHelper output) : IClassFixture<RecordedDemo>
{
    private static readonly BillingPeriod First = new(2025, 7);

    /// <summary>The last month that is over.</summary>
    private static readonly BillingPeriod Last = new(2026, 5);

    [Fact]
    public async Task An_interrupted_recording_is_completed_and_a_second_one_appends_nothing()
    {
        var year = new DemoYear(First);
        var now = demo.Clock.Now;
        var events = year.Events(DateOnly.MinValue, now).Count();
        Assert.Equal(events, await demo.Host.Database.CountUsageAsync());
        Assert.InRange(demo.Appended, 1, events - 1);

        Assert.Null(await demo.Recording().RunAsync((_, _) => { }, TestContext.Current.CancellationToken));
        Assert.Equal(events, await demo.Host.Database.CountUsageAsync());

        // Once each, although the interrupted recording had published them too.
        Assert.Equal(year.Estimates.Count, await demo.Host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'estimate_submitted'"));
        Assert.Equal(2, await demo.Host.Database.ScalarAsync<long>($"select count(*) from spend.mt_events where stream_id = 'rate/azure/{AtlasProject.ClaimsModel}'"));
    }

    [Fact]
    public async Task Sending_a_whole_year_again_is_answered_duplicate_event_by_event()
    {
        var before = await demo.Host.Database.CountUsageAsync();
        foreach (var chunk in new DemoYear(First).Events(DateOnly.MinValue, demo.Clock.Now).Chunk(5_000))
        {
            var body = string.Concat(chunk.Select(e => System.Text.Encoding.UTF8.GetString(e.ToLine())));
            var (_, answer) = await demo.Host.RecordAsync(body, "application/x-ndjson");
            Assert.Equal((0, chunk.Length), (answer.Appended, answer.Duplicate));
        }

        Assert.Equal(before, await demo.Host.Database.CountUsageAsync());
    }

    [Fact]
    public async Task A_start_on_a_later_day_adds_the_days_between_and_nothing_else()
    {
        // A database of its own: the others count what is there. A short story will do.
        var clock = new FixedClock(new(2026, 6, 2, 10, 0, 0, TimeSpan.Zero));
        var (host, played) = await RecordedDemo.StartAsync(clock);
        await using var _ = host;
        var recording = new DemoRecording(host.Client, host.Database.Make<DemoBooks>(), played);
        var first = await recording.RunAsync((_, _) => { }, TestContext.Current.CancellationToken);

        clock.Now = clock.Now.AddDays(33); // Into a month later: the year must not begin a month later.
        var added = await recording.RunAsync((_, _) => { }, TestContext.Current.CancellationToken);

        Assert.InRange(added!.Value, 2_000, 4_500);
        Assert.Equal((long)(first!.Value + added.Value), await host.Database.CountUsageAsync());
        Assert.Equal("2025-07", await host.Database.ScalarAsync<string>("select to_char(min(month), 'YYYY-MM') from spend.monthly_estimate"));
    }

    [Fact]
    public async Task Of_the_demo_forecasts_beat_the_run_rate_last_month_and_the_forecast_before_and_intervals_hold()
    {
        var answer = await demo.Host.Database.Get<ForecastQuery>().BacktestAsync(
            [CostDimension.Find("workload")!], new Dictionary<string, IReadOnlyList<string>>(), First.Next, Last, null, TestContext.Current.CancellationToken);

        foreach (var (day, accuracy) in answer.Total.Days.Concat(answer.Pooled!.Days).Where(day => day.Key is 5 or 10 or 15 or 20))
        {
            Assert.True(accuracy.Wape < accuracy.RunRateWape && accuracy.Wape < accuracy.LastMonthWape, $"Day {day}: {accuracy}");
        }

        Assert.InRange(answer.Pooled.All.Coverage!.Value, 0.75m, 0.9m);
        Assert.All(answer.Rows, row => Assert.Null(row.WhyNoInterval));

        // In one of these months the errors of the forecast before cancel out, so a day may be worse by a tenth of a point.
        var costs = await demo.Host.Database.Get<DailyCostReading>().ReadAsync(DateOnly.FromDateTime(demo.Clock.Now.UtcDateTime), TestContext.Current.CancellationToken);
        var days = answer.Total.Days.Where(day => day.Key is 5 or 10 or 15 or 20)
            .Select(day => (Day: day.Key, Accuracy: day.Value, Earlier: EarlierForecast.Wape(costs, First.Next, Last, day.Key))).ToArray();
        foreach (var (day, accuracy, earlier) in days)
        {
            output.WriteLine($"Demo's total, day {day}: {accuracy.Wape:0.0000}, bias {accuracy.Bias:0.0000}; the forecast before: {earlier:0.0000}; held {accuracy.Coverage:0.00}");
        }

        Assert.All(days, day => Assert.True(day.Accuracy.Wape <= day.Earlier + 0.001m, $"Day {day.Day}: {day.Accuracy.Wape}, the forecast before: {day.Earlier}"));
        Assert.True(days.Sum(day => day.Accuracy.Wape) < days.Sum(day => day.Earlier));
    }

    [Fact]
    public async Task The_small_project_pays_50_to_200_dollars_a_month_for_prompts_and_over_5000_once_its_model_is_hosted()
    {
        var rows = await CostsAsync("workload", "approach", "component");
        var small = rows.Where(row => row.Keys["workload"].StartsWith("aurora-", StringComparison.Ordinal)).ToArray();

        var prompts = Monthly(small.Where(row => row.Keys["approach"] == "prompt-engineering" && row.Keys["component"] == "usage"));
        Assert.Equal(11, prompts.Length);
        Assert.All(prompts, month => Assert.InRange(month.Amount, 50, 200));

        // Set-up begins in July and takes until the end of August.
        var hosted = small.Where(row => row.Keys["workload"] == AuroraProject.Contracts && string.CompareOrdinal(row.Month, "2025-09") >= 0);
        Assert.Equal(9, Monthly(hosted).Length);
        Assert.All(Monthly(hosted), month => Assert.True(month.Amount > 5_000, month.ToString()));
        Assert.Equal(30 * 24 * 7m, Monthly(hosted.Where(row => row.Keys["component"] == "hosting"))[0].Amount);
    }

    [Fact]
    public async Task Training_runs_cost_10_to_100_dollars_and_the_first_dataset_1000_to_10000()
    {
        var rows = await CostsAsync("workload", "component", "variant");

        var runs = rows.Where(row => row.Keys["component"] == "training" && row.Keys["variant"] != CostDimension.None).ToArray();
        Assert.True(runs.Length > 10);
        Assert.All(runs, run => Assert.InRange(run.Actual, 10, 100));
        var dataset = rows.Where(row => row.Keys["component"] == "dataset-preparation" && row.Keys["workload"] == AuroraProject.Contracts && row.Month is "2025-07" or "2025-08");
        Assert.InRange(dataset.Sum(row => row.Actual), 1_000, 10_000);
    }

    [Fact]
    public async Task The_enterprise_pays_500_to_2000_dollars_a_month_for_prompts_and_over_10000_for_fine_tuning()
    {
        var rows = await CostsAsync("workload", "approach", "component");
        var enterprise = rows.Where(row => row.Keys["workload"].StartsWith("atlas-", StringComparison.Ordinal)).ToArray();

        var prompts = Monthly(enterprise.Where(row => row.Keys["approach"] == "prompt-engineering" && row.Keys["component"] == "usage"));
        Assert.Equal(11, prompts.Length);
        Assert.All(prompts, month => Assert.InRange(month.Amount, 500, 2_000));
        var tuned = Monthly(enterprise.Where(row => row.Keys["approach"] == "fine-tuning"));
        Assert.Equal(11, tuned.Length);
        Assert.All(tuned, month => Assert.True(month.Amount > 10_000, month.ToString()));

        // The hybrid workload's events say which approach they served; what decides between the two is the hybrid's own.
        var hybrid = enterprise.Where(row => row.Keys["workload"] == AtlasProject.Triage && row.Keys["component"] == "usage").Select(row => row.Keys["approach"]);
        Assert.Equal(["fine-tuning", "hybrid", "prompt-engineering"], hybrid.Distinct().Order());
    }

    [Fact]
    public async Task Some_workloads_cost_more_than_estimated_and_some_less_and_only_the_search_has_no_estimate()
    {
        var totals = (await CostsAsync("workload")).GroupBy(row => row.Keys["workload"])
            .ToDictionary(workload => workload.Key, workload => MonthlyCostQuery.Total("", workload));

        Assert.Contains(totals.Values, total => total.Estimated > 0 && total.Variance > 0);
        Assert.Contains(totals.Values, total => total.Estimated > 0 && total.Variance < 0);
        Assert.Equal([AtlasProject.Search, AtlasProject.Unregistered], totals.Where(total => total.Value.Estimated == 0).Select(total => total.Key).Order());
    }

    [Fact]
    public async Task Only_the_pilots_model_is_unpriced()
    {
        var unpriced = await demo.Host.Database.Get<UnpricedQuery>().ListAsync(null, null, null, TestContext.Current.CancellationToken);

        Assert.Equal(["openai/o5-preview"], unpriced.Select(usage => usage.Sku).Distinct());
        Assert.All(unpriced, usage => Assert.Equal(("2026-06", AtlasProject.Analysis), (usage.FirstMonth, Assert.Single(usage.Workloads))));
    }

    [Fact]
    public async Task The_older_months_are_closed_one_was_reopened_and_late_usage_is_a_correction_in_a_closed_and_in_an_open_month()
    {
        var periods = demo.Host.Services.GetRequiredService<BillingPeriods>();
        var list = (await periods.ListAsync(null, TestContext.Current.CancellationToken)).OrderBy(period => period.Month).ToArray();

        Assert.Equal([1, 2, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0], list.Select(period => period.History.Count));
        Assert.All(list[..9], period => Assert.True(period.IsClosed && period.Total == period.History[0].Total));
        Assert.Equal([5, 9], Enumerable.Range(0, 12).Where(i => list[i].Corrections > 0));
        Assert.Equal([new BillingPeriod(2026, 5)], list.Where((period, i) => i >= 9 && period.Month <= Last).Where(period => period.Corrections == 0).Select(period => period.Month));
        var pound = await periods.ChecklistAsync(Last, null, TestContext.Current.CancellationToken);
        Assert.Equal([("GBP", 650m)], pound.Unconverted.Select(amount => (amount.Key, amount.Value)));
    }

    [Fact]
    public async Task Why_a_month_cost_another_amount_adds_up_for_each_month_of_the_year()
    {
        var query = demo.Host.Services.GetRequiredService<MonthChangeQuery>();
        List<MonthChange> changes = [];
        for (var month = BillingPeriod.Of(First.Start); month.Start < Last.Start; month = month.Next)
        {
            changes.Add(await query.OfAsync(new(month, month.Next), TestContext.Current.CancellationToken));
        }

        Assert.All(changes, change => Assert.Equal(change.After.Actual - change.Before.Actual, change.Explained, 9));
        Assert.All(changes, change => Assert.Contains(change.Steps, step => step.Step == ChangeStep.Volume));
        Assert.Contains(changes, change => change.Steps.Any(step => step is { Step: ChangeStep.NewWorkloads, Amount: > 0 }));
        Assert.Contains(changes, change => change.Steps.Any(step => step.Step == ChangeStep.Corrections));
        var cut = changes[DemoRates.MonthsToPriceChange - 1].Steps.Single(step => step.Step == ChangeStep.Price);
        Assert.Contains(cut.Lines, line => line.Amount < 0 && line.Line.Sku == $"azure/{AtlasProject.ClaimsModel}");
    }

    [Fact]
    public async Task What_was_known_in_the_course_of_the_year_can_be_asked_and_what_moved_it_has_a_reason()
    {
        var explain = demo.Host.Services.GetRequiredService<ExplainQuery>();
        var month = BillingPeriod.Of(First.Start.AddMonths(DemoRates.MonthsToPriceChange));

        var explanation = await explain.OfAsync(month, month.Start.AddDays(7), month.End.AddDays(-1), null, TestContext.Current.CancellationToken);

        Assert.InRange(explanation.Before, 1, explanation.After / 2);
        Assert.Equal(explanation.After - explanation.Before, explanation.Explained);
        Assert.Contains(explanation.Prices, move => move.Amount < 0 && move.Sku == $"azure/{AtlasProject.ClaimsModel}" && move.Causes is [{ Kind: "rate", By: "person:Procurement" }]);

        explanation = await explain.OfAsync(month, First.Start.AddDays(AtlasProject.GatewayRouterFrom + 1), month.End.AddDays(-1), AtlasProject.Triage, TestContext.Current.CancellationToken);
        Assert.Contains(explanation.Prices, move => move is { UnitPriceBefore: null, Sku: $"openai/{AtlasProject.RouterModel}", Causes: [{ Kind: "alias" }] });
    }

    [Fact]
    public async Task There_is_a_budget_in_every_state_that_a_budget_can_be_in()
    {
        var book = demo.Host.Services.GetRequiredService<BudgetBook>();
        var watch = demo.Host.Services.GetRequiredService<BudgetWatch>();
        var budgets = await book.ListAsync(TestContext.Current.CancellationToken);
        string Standing(string budget) => EnumName.Of(watch.StandingOf(budget, watch.Current(budget)));

        // The watch is a moment behind the projections, and reads what days are expected to cost beside the rest.
        await Eventually.Async(() => Standing("claims-hosting") == "forecast-over" && budgets.Count(budget => Standing(budget.Terms.Budget) == "not-now") == 1);
        Assert.Equal(
            ["exceeded", "within", "forecast-over", "not-now", "untrusted", "untrusted"],
            ((string[])["aurora-helpdesk", "aurora-team", "claims-hosting", "fine-tuning-next", "london", "risk-analysis"]).Select(Standing));
        Assert.Equal(budgets.Count + 1, await demo.Host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'budget_set'")); // One was changed; none was set twice.
        Assert.DoesNotContain(budgets, budget => budget.Terms.Thresholds!.Any(threshold => threshold.Channels is not null));
    }

    private async Task<IReadOnlyList<MonthlyCost>> CostsAsync(params string[] by) => await demo.Host.Database.Get<MonthlyCostQuery>().ByAsync(
        new CostFilter(First, Last), [.. by.Select(name => CostDimension.Find(name)!)], TestContext.Current.CancellationToken);

    private static (string Month, decimal Amount)[] Monthly(IEnumerable<MonthlyCost> rows) =>
        [.. rows.GroupBy(row => row.Month).Select(month => (month.Key, month.Sum(row => row.Actual))).OrderBy(month => month.Key, StringComparer.Ordinal)];
}
