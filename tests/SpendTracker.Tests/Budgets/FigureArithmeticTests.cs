using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Costs;

namespace SpendTracker.Tests.Budgets;

/// <summary>A budget's figures, from amounts by month.</summary>
public sealed class FigureArithmeticTests
{
    private static readonly BillingPeriod May = new(2026, 5);
    private static readonly SpendMoment Moment = new(new(2026, 6, 20), 1, TimeSpan.FromSeconds(90));

    [Fact]
    public void A_percentage_is_of_the_amount_and_what_rolled_over_and_an_amount_is_itself()
    {
        var terms = WatchedBudgets.Monthly("b", 100, WatchedBudgets.Actual(50), new(ThresholdOn.Forecast, 100), new(ThresholdOn.Actual, Amount: 80)) with { Rollover = true };
        var figures = FiguresOf(terms with { Period = new(BudgetPeriodKind.Month, "2026-05") }, May.Next, (May, 60));

        Assert.Equal((100m, 40m), (figures.Amount, figures.RolledOver));
        Assert.Equal([70m, 140, 80], figures.Thresholds.Select(threshold => threshold.At));
    }

    [Fact]
    public void A_lag_counts_in_the_period_of_now()
    {
        var terms = WatchedBudgets.Monthly("b", 100, new BudgetThreshold(ThresholdOn.Lag, Seconds: 60));
        Assert.Equal((90m, 90m), (FiguresOf(terms, May.Next).LagSeconds, FiguresOf(terms, May.Next).Thresholds[0].Observed));
        Assert.Equal((0m, 0m), (FiguresOf(terms, May).LagSeconds, FiguresOf(terms, May).Thresholds[0].Observed));
    }

    [Fact]
    public void What_is_left_over_rolls_on_for_60_periods()
    {
        var terms = WatchedBudgets.Monthly("b", 1) with { Rollover = true, Period = new(BudgetPeriodKind.Month, "2000-01") };
        Assert.Equal(60, FiguresOf(terms, May).RolledOver);
    }

    [Fact]
    public void What_rolls_over_is_at_the_exchange_rate_of_its_own_period_and_a_period_without_one_leaves_nothing()
    {
        var terms = WatchedBudgets.Monthly("b", 100) with { Currency = "EUR", Rollover = true, Period = new(BudgetPeriodKind.Month, "2026-03") };
        BillingPeriod march = new(2026, 3), april = new(2026, 4);

        // March leaves 80. April, without a rate, leaves nothing, and May 60; with one, April leaves 140 and May 200.
        Assert.Equal(60, FiguresOf(terms, May.Next, [(march, 40), (april, 0), (May, 60)], (march, 2), (May, 1.5m), (May.Next, 3)).RolledOver);
        Assert.Equal(200, FiguresOf(terms, May.Next, [(march, 40), (april, 60), (May, 60)], (march, 2), (april, 1.5m), (May, 1.5m), (May.Next, 3)).RolledOver);

        // March is overspent and leaves nothing; April leaves 60, and May 120.
        Assert.Equal(120, FiguresOf(terms, May.Next, [(march, 240), (april, 60), (May, 60)], (march, 2), (april, 1.5m), (May, 1.5m), (May.Next, 3)).RolledOver);
    }

    private static BudgetFigures FiguresOf(BudgetSet terms, BillingPeriod month, params (BillingPeriod Month, decimal Amount)[] spent) => FiguresOf(terms, month, spent, []);

    /// <param name="rates">Of a month's first day.</param>
    private static BudgetFigures FiguresOf(
        BudgetSet terms, BillingPeriod month, (BillingPeriod Month, decimal Amount)[] spent, params (BillingPeriod Month, decimal Rate)[] rates)
    {
        var budget = BudgetState.Of([]) with { Terms = terms, Version = 1 };
        var spend = new BudgetSpend();
        spend.Cover([budget], SpendOwners.Nobody);
        foreach (var (at, amount) in spent)
        {
            spend.SetMonth(at, [new(new("chat", "hybrid", "usage", "openai/m", CostDimension.None), "tokens", null, amount, 1, 0, 0)]);
        }

        var exchange = new BudgetRates("USD", rates.ToDictionary(rate => (terms.Currency, rate.Month.Start), rate => new BudgetRate(rate.Rate)));
        return BudgetArithmetic.Figures(budget, new(month, month), Moment, spend, exchange);
    }
}
