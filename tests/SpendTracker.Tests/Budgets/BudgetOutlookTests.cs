using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Web.Budgets;

namespace SpendTracker.Tests.Budgets;

/// <summary>What is read when somebody asks: the meaning of terms before they are set, periods that are over, and days.</summary>
public sealed class BudgetOutlookTests
{
    private static readonly BudgetSpan June = new(new(2026, 6), new(2026, 6));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Terms_that_nobody_set_yet_give_the_figures_that_they_give_once_they_are_set()
    {
        await using var watched = await WatchedBudgets.StartAsync();
        await watched.SpendAsync([.. Enumerable.Range(1, 28).Select(back => WatchedBudgets.Costing(10, WatchedBudgets.Today.AddDays(-back)))]);
        await watched.SpendAsync(WatchedBudgets.Costing(7), WatchedBudgets.Costing(500, workload: "other"));
        var terms = WatchedBudgets.Monthly("b", 300, WatchedBudgets.Actual(65), WatchedBudgets.Actual(66)) with { Scope = WatchedBudgets.Scope(("workload", "chat")) };
        var watch = watched.NewWatch();
        await watched.LookAsync(watch);

        var before = await watched.Database.Get<BudgetOutlook>().NowAsync(terms, Cancel);
        await watched.SetAsync(terms);
        await Eventually.Async(async () =>
        {
            await watched.LookAsync(watch);
            return watch.Current("b")?.Forecast is not null; // What days are expected to cost is read beside the rest.
        });

        var after = watch.Current("b")!;
        Assert.Equal((197m, 300m), (before!.Spent, before.Limit)); // 19 full days of June at 10, and today's 7.
        Assert.Equal((after.Spent, after.Limit, after.UnpricedPercent), (before.Spent, before.Limit, before.UnpricedPercent));
        Assert.Equal(after.Forecast, before.Forecast);
        Assert.Equal([true, false], before.Thresholds.Select(threshold => threshold.IsReached));
        Assert.Null(await watched.Database.Get<BudgetOutlook>().NowAsync(terms with { Period = new(BudgetPeriodKind.Month, "2026-07") }, Cancel));
    }

    [Fact]
    public async Task A_forecast_follows_usage_of_past_days_that_comes_later()
    {
        await using var watched = await WatchedBudgets.StartAsync();
        await watched.SetAsync(WatchedBudgets.Monthly("b", 300));
        await watched.SpendAsync([.. Enumerable.Range(1, 28).Select(back => WatchedBudgets.Costing(10, WatchedBudgets.Today.AddDays(-back)))]);
        var watch = watched.NewWatch();
        await UntilForecastAsync(300); // 19 full days of June at 10, today, and 10 days to come.

        await watched.SpendAsync([.. Enumerable.Range(1, 28).Select(back => WatchedBudgets.Costing(20, WatchedBudgets.Today.AddDays(-back)))]);
        await UntilForecastAsync(900);

        Task UntilForecastAsync(decimal amount) => Eventually.Async(async () =>
        {
            await watched.LookAsync(watch);
            return watch.Current("b")?.Forecast is { } forecast && Math.Round(forecast) == amount;
        });
    }

    [Fact]
    public async Task A_period_that_is_over_is_measured_by_the_terms_that_held_when_it_ended()
    {
        await using var watched = await WatchedBudgets.StartAsync();
        await watched.SpendAsync(WatchedBudgets.Costing(80, new(2026, 3, 5)), WatchedBudgets.Costing(90, new(2026, 4, 30)), WatchedBudgets.Costing(30, new(2026, 5, 1)));
        await watched.Database.ProjectAsync();
        BudgetVersion Version(int number, decimal amount, DateOnly day) => new(number, WatchedBudgets.Monthly("b", amount) with { Period = new(BudgetPeriodKind.Month, "2026-03"), Rollover = true }, Given.At(day), "test");

        var past = await watched.Database.Get<BudgetOutlook>().PastAsync(
            [Version(3, 1_000, new(2026, 6, 1)), Version(2, 70, new(2026, 4, 30)), Version(1, 100, new(2026, 4, 1))], 12, Cancel);

        // May by version 2, with nothing left of April; April by version 2, with nothing left of March by that version; March by version 1.
        Assert.Equal(["2026-05", "2026-04", "2026-03"], past.Select(figures => figures.Span.First.ToString()));
        Assert.Equal([(2, 70m, 30m), (2, 70m, 90m), (1, 100m, 80m)], past.Select(figures => (figures.Version, figures.Limit, figures.Spent!.Value)));
        Assert.All(past, figures => Assert.Equal("b", figures.Budget));

        // Terms that had other periods say nothing of these.
        var quarterly = Version(1, 300, new(2026, 4, 1)) with { Terms = WatchedBudgets.Monthly("b", 300) with { Period = new(BudgetPeriodKind.Quarter, "2026-01") } };
        Assert.Equal((2, 70m), (await watched.Database.Get<BudgetOutlook>().PastAsync([Version(2, 70, WatchedBudgets.Today) with { Terms = WatchedBudgets.Monthly("b", 70) }, quarterly], 1, Cancel)) is [var may] ? (may.Version, may.Limit) : default);
        Assert.Equal(2, (await watched.Database.Get<BudgetOutlook>().PastAsync([Version(1, 1, new(2026, 1, 1))], 2, Cancel)).Count);
    }

    [Fact]
    public async Task Days_are_those_of_the_scope_and_in_the_currency_of_the_budget()
    {
        await using var watched = await WatchedBudgets.StartAsync();
        await watched.SpendAsync(
            WatchedBudgets.Costing(10, new(2026, 6, 1)), WatchedBudgets.Costing(20, new(2026, 6, 3)), WatchedBudgets.Costing(30, new(2026, 6, 3), approach: Approach.Hybrid),
            WatchedBudgets.Costing(40, new(2026, 6, 3), "other"), WatchedBudgets.Costing(50, new(2026, 5, 31)), WatchedBudgets.Costing(60, new(2026, 7, 1)));
        await watched.Database.ProjectAsync();
        var query = watched.Database.Get<DailySpendQuery>();
        var terms = WatchedBudgets.Monthly("b", 100) with { Scope = WatchedBudgets.Scope(("team", "(unregistered)"), ("workload", "chat"), ("approach", "prompt-engineering")) };

        Assert.Equal([new(new(2026, 6, 1), 10), new DailySpend(new(2026, 6, 3), 20)], await query.ListAsync(terms, June, Cancel));
        Assert.Equal([10m, 90m], (await query.ListAsync(WatchedBudgets.Monthly("b", 100), June, Cancel))!.Select(day => day.Amount));
        Assert.Empty((await query.ListAsync(terms with { Scope = WatchedBudgets.Scope(("team", "Nobody")) }, June, Cancel))!);
        Assert.Null(await query.ListAsync(terms with { Currency = "EUR" }, June, Cancel));
        await watched.Database.Get<PriceBook>().PublishAsync(new ExchangeRatePublished("EUR", new(2026, 5, 1), 2, "test"), new Recorder("test"), Cancel);
        await watched.Database.ProjectAsync();
        Assert.Equal([5m, 10m], (await query.ListAsync(terms with { Currency = "EUR" }, June, Cancel))!.Select(day => day.Amount));
    }

    [Fact]
    public void The_line_of_what_was_spent_ends_today_at_what_was_spent_and_the_forecast_at_the_periods_end()
    {
        var figures = Figures(spent: 100, forecast: 200, limit: 300);

        // 65 on days, of which 15 of a day to come; 35 are booked here for closed months.
        var points = BurnDown.Of(figures, [new(new(2026, 6, 1), 20), new(new(2026, 6, 20), 30), new(new(2026, 6, 25), 15)], new(2026, 6, 20));

        Assert.Equal(35, BurnDown.Booked(figures, [new(new(2026, 6, 1), 20), new(new(2026, 6, 20), 30), new(new(2026, 6, 25), 15)]));
        Assert.Equal(30, points.Count);
        Assert.Equal((55m, 55m, 100m, null), (points[0].Spent, points[18].Spent, points[19].Spent, points[20].Spent));
        Assert.Equal((null, 100m, 150m, 200m), (points[18].Forecast, points[19].Forecast, points[24].Forecast, points[29].Forecast));
        Assert.Equal((10m, 300m), (points[0].Even, points[29].Even));
        Assert.All(BurnDown.Of(figures with { Spent = null, Forecast = null }, [], new(2026, 6, 20)), point => Assert.Null(point.Spent)); // Not 0.
        var over = BurnDown.Of(figures, [], new(2026, 7, 2));
        Assert.Equal((100m, null), (over[^1].Spent, over[^1].Forecast));
        Assert.InRange(BurnDown.Of(figures with { Span = new(new(2020, 1), new(2029, 12)) }, [], new(2026, 6, 20)).Count, 90, 105);
    }

    [Theory]
    [InlineData(100, 100, 90, 0, 0, BudgetStanding.Exceeded)]
    [InlineData(100, 101, 300, 50, 300, BudgetStanding.Exceeded)]
    [InlineData(100, 50, 101, 0, 0, BudgetStanding.ForecastOver)]
    [InlineData(100, 50, 100, 0.9, 59, BudgetStanding.Within)]
    [InlineData(100, 50, 200, 1, 0, BudgetStanding.Untrusted)]
    [InlineData(100, 50, 60, 0, 60, BudgetStanding.Untrusted)]
    [InlineData(0, 0, 0, 0, 0, BudgetStanding.Within)]
    [InlineData(0, 0.01, 0, 0, 0, BudgetStanding.Exceeded)]
    public void A_budget_stands_by_what_was_spent_then_by_what_is_known_then_by_the_forecast(
        double limit, double spent, double forecast, double unpriced, double lag, BudgetStanding expected) =>
        Assert.Equal(expected, BudgetJudgement.Of(Figures((decimal)spent, (decimal)forecast, (decimal)limit) with { Unpriced = unpriced == 0 ? [] : [new("tokens", 1, (decimal)unpriced)], LagSeconds = (decimal)lag }));

    [Fact]
    public void Without_an_exchange_rate_nothing_is_trusted_and_outside_its_time_a_budget_does_not_stand_at_all() => Assert.Equal(
        (BudgetStanding.Untrusted, BudgetStanding.NotNow), (BudgetJudgement.Of(Figures(0, 0, 1) with { Spent = null }), BudgetJudgement.Of(null)));

    private static BudgetFigures Figures(decimal spent, decimal? forecast, decimal limit) => new("b", 1, June, "USD", limit, 0, spent, forecast, [], 0, 0, []) { Name = "Budget" };
}
