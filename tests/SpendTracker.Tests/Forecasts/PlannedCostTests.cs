using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;

namespace SpendTracker.Tests.Forecasts;

/// <summary>What of a plan's lines is still to come.</summary>
public sealed class PlannedCostTests
{
    private static readonly DateOnly First = new(2026, 4, 1);
    private static readonly DateOnly Today = new(2026, 6, 20);

    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(10, 1_000 - (20 * 10) - (10 * 10))] // 10 a day until today, and so on for ten days.
    [InlineData(50, 0)]
    public void Work_that_is_recorded_or_expected_anyhow_does_not_count_twice(int aDay, int toCome)
    {
        var line = Line(Today, "labour", 1_000);
        Assert.Equal(toCome, Assert.Single(ToCome([line], "labour", aDay)).ToCome);
        Assert.Equal(1_000, Assert.Single(ToCome([line], "training", aDay)).ToCome); // Of another component.
    }

    [Fact]
    public void What_is_left_of_a_month_is_shared_by_its_lines_and_what_has_no_price_is_nothing() => Assert.Equal(
        [(700m, 490m), (300m, 210m), (null, 0m), (100m, 100m)],
        ToCome([Line(Today, "labour", 700), Line(Today, "labour", 300), Line(Today, "labour", null), Line(new(2026, 7, 1), "training", 100)], "labour", 10).Select(line => (line.Amount, line.ToCome)));

    [Fact]
    public void Hosting_counts_for_the_days_left_until_the_workload_has_any()
    {
        var (now, then) = (Line(Today, "hosting", 300, isOnce: false), Line(new(2026, 8, 1), "hosting", 300, isOnce: false));
        Assert.Equal([110, 300], ToCome([now, then], "usage", 5).Select(line => line.ToCome)); // 11 of 30 days.
        Assert.Empty(ToCome([now, then], "hosting", 5));
    }

    [Fact]
    public void An_estimate_counts_for_the_days_left_less_what_is_recorded_and_only_where_history_expects_nothing()
    {
        PlannedLine[] labour = [Estimate(Today, "labour", 300), Estimate(new(2026, 8, 1), "labour", 300)];
        Assert.Equal([110, 300], ToCome(labour, "usage", 5).Select(line => line.ToCome)); // 11 of 30 days.
        Assert.Empty(ToCome(labour, "labour", 5));

        PlannedLine[] training = [Estimate(Today, "training", 300), Estimate(new(2026, 8, 1), "training", 300)];
        Assert.Equal([110, 300], ToCome(training, "training", 5, isOnce: true).Select(line => line.ToCome)); // 100 of it is recorded: 200 are left of the month.
        Assert.Equal([60, 300], ToCome(training, "training", 12, isOnce: true).Select(line => line.ToCome)); // 240 are.
        Assert.Equal([0, 300], ToCome(training, "training", 50, isOnce: true).Select(line => line.ToCome));
    }

    [Fact]
    public void Of_an_estimate_the_charges_that_are_scheduled_are_none()
    {
        var series = Recorded("other", 0, isOnce: true);
        foreach (var month in new[] { 4, 5 })
        {
            var day = new DateOnly(2026, month, 25).DayNumber - First.DayNumber;
            series.Parts[0].Add(day, day, 90);
        }

        var outlooks = Outlook.Of(series, Array.Empty<Restated>().ToLookup(restated => restated.Part)).ToLookup(outlook => (outlook.Part.Workload, outlook.Part.Component));
        var lines = PlannedCost.ToCome([Estimate(Today, "other", 100), Estimate(new(2026, 8, 1), "other", 100)], [series], outlooks, Today);
        Assert.Equal([10, 10], lines.Select(line => line.ToCome)); // Of June at most 11 of 30 days' share, and what is not scheduled.
    }

    [Fact]
    public void An_estimate_of_a_workload_that_has_stopped_counts_no_more()
    {
        PlannedLine[] lines = [Estimate(Today, "training", 300), Estimate(Today, "training", 300) with { Workload = "new" }, Line(Today, "training", 100)];
        ComponentSeries Series(int lastUsed)
        {
            var series = Recorded("usage", 0, isOnce: false);
            series.Parts[0].Add(series.Parts[0].Costs.Length - 1 - lastUsed, 0, 5);
            return series;
        }

        Assert.Equal(3, PlannedCost.OfLiving(lines, [Series(30)], Today).Count());
        Assert.Equal(["new", "search"], PlannedCost.OfLiving(lines, [Series(62)], Today).Select(line => line.Workload).Order()); // A plan is followed until it is retired.
    }

    private static PlannedLine Estimate(DateOnly month, string component, decimal amount) => Line(month, component, amount, isOnce: false) with { Plan = null, Version = null, Option = null };

    private static PlannedLine Line(DateOnly month, string component, decimal? amount, bool isOnce = true) => new("plan", 1, "tuned", BillingPeriod.Of(month), "search", component, amount)
    {
        Part = new("search", "fine-tuning", component, CostDimension.None, CostDimension.None, true),
        IsOnce = isOnce,
    };

    private static IReadOnlyList<PlannedLine> ToCome(IReadOnlyList<PlannedLine> lines, string component, decimal aDay, bool isOnce = false)
    {
        var series = Recorded(component, aDay, isOnce);
        var outlooks = Outlook.Of(series, Array.Empty<Restated>().ToLookup(restated => restated.Part)).ToLookup(outlook => (outlook.Part.Workload, outlook.Part.Component));
        return PlannedCost.ToCome(lines, [series], outlooks, Today);
    }

    private static ComponentSeries Recorded(string component, decimal aDay, bool isOnce)
    {
        var series = new ComponentSeries(First, Today);
        series.Parts.Add(new(new("search", "fine-tuning", component, CostDimension.None, CostDimension.None, isOnce), Today.DayNumber - First.DayNumber + 1));
        for (var day = 0; day <= Today.DayNumber - First.DayNumber; day++)
        {
            series.Parts[0].Add(day, day, aDay);
        }

        return series;
    }
}
