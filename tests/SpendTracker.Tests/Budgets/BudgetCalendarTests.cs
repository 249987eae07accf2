using SpendTracker.Budgets;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Budgets;

public sealed class BudgetCalendarTests
{
    [Theory]
    [InlineData(BudgetPeriodKind.Month, 1, "2026-01", null, "2026-05-31", "2026-05", "2026-05")]
    [InlineData(BudgetPeriodKind.Quarter, 1, "2020-01", null, "2026-05-31", "2026-04", "2026-06")]
    [InlineData(BudgetPeriodKind.Quarter, 2, "2020-01", null, "2026-05-31", "2026-05", "2026-07")]
    [InlineData(BudgetPeriodKind.Quarter, 12, "2020-01", null, "2026-01-15", "2025-12", "2026-02")]
    [InlineData(BudgetPeriodKind.Year, 4, "2020-01", null, "2026-03-31", "2025-04", "2026-03")]
    [InlineData(BudgetPeriodKind.Year, 4, "2020-01", null, "2026-04-01", "2026-04", "2027-03")]
    [InlineData(BudgetPeriodKind.Year, 1, "2026-11", null, "2026-12-01", "2026-11", "2026-12")]
    [InlineData(BudgetPeriodKind.Quarter, 1, "2026-01", "2026-05", "2026-05-01", "2026-04", "2026-05")]
    [InlineData(BudgetPeriodKind.Range, 1, "2026-02", "2026-08", "2026-03-01", "2026-02", "2026-08")]
    [InlineData(BudgetPeriodKind.Month, 1, "2026-06", null, "2026-05-31", null, null)]
    [InlineData(BudgetPeriodKind.Range, 1, "2026-02", "2026-08", "2026-09-01", null, null)]
    public void A_day_falls_into_the_period_of_the_fiscal_year(BudgetPeriodKind kind, int fiscalYearStart, string from, string? to, string day, string? first, string? last)
    {
        var span = BudgetCalendar.At(new BudgetPeriod(kind, from, to, fiscalYearStart), DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((first, last), (span?.First.ToString(), span?.Last.ToString()));
    }

    [Fact]
    public void Periods_follow_each_other_without_a_gap_whatever_the_fiscal_year()
    {
        foreach (var kind in (BudgetPeriodKind[])[BudgetPeriodKind.Month, BudgetPeriodKind.Quarter, BudgetPeriodKind.Year])
        {
            for (var start = 1; start <= 12; start++)
            {
                var period = new BudgetPeriod(kind, "2024-05", "2027-02", start);
                var last = BudgetCalendar.At(period, new DateOnly(2027, 2, 28))!.Value;
                Assert.Equal(new DateOnly(2027, 3, 1), last.End);
                while (BudgetCalendar.Before(period, last) is { } before)
                {
                    Assert.Equal(last.Start, before.End);
                    Assert.Equal(before, BudgetCalendar.At(period, before.Start));
                    Assert.Equal(before, BudgetCalendar.At(period, before.End.AddDays(-1)));
                    last = before;
                }

                Assert.Equal(new DateOnly(2024, 5, 1), last.Start);
            }
        }
    }

    [Fact]
    public void A_budget_that_is_over_is_watched_for_as_long_again()
    {
        var quarterly = new BudgetPeriod(BudgetPeriodKind.Quarter, "2026-01", "2026-06");
        Assert.Equal(["2026-01", "2026-04"], Watched(quarterly, new(2026, 6, 30)));
        Assert.Equal(["2026-04"], Watched(quarterly, new(2026, 7, 1)));
        Assert.Equal(["2026-04"], Watched(quarterly, new(2026, 9, 30)));
        Assert.Empty(Watched(quarterly, new(2026, 10, 1)));
        Assert.Empty(Watched(quarterly, new(2025, 12, 31)));
        Assert.Equal(["2026-01"], Watched(quarterly, new(2026, 1, 1)));
    }

    [Fact]
    public void A_months_own_amount_takes_the_place_of_the_amount_and_a_longer_period_adds_its_months_up()
    {
        var monthly = WatchedBudgets.Monthly("b", 100) with { Amounts = new Dictionary<string, decimal> { ["2026-03"] = 250 } };
        Assert.Equal(250, BudgetCalendar.AmountOf(monthly, new(new(2026, 3), new(2026, 3))));
        Assert.Equal(100, BudgetCalendar.AmountOf(monthly, new(new(2026, 4), new(2026, 4))));
        var quarterly = monthly with { Amount = null, Period = new(BudgetPeriodKind.Quarter, "2026-01"), Amounts = new Dictionary<string, decimal> { ["2026-01"] = 10, ["2026-03"] = 30 } };
        Assert.Equal(40, BudgetCalendar.AmountOf(quarterly, new(new(2026, 1), new(2026, 3))));
        Assert.Equal(0, BudgetCalendar.AmountOf(quarterly, new(new(2026, 4), new(2026, 6))));
    }

    private static IEnumerable<string> Watched(BudgetPeriod period, DateOnly today) => BudgetArithmetic.Watched(period, today).Select(span => span.First.ToString());
}
