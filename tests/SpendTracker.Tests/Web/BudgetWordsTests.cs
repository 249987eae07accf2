using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Tests.Web;

public sealed class BudgetWordsTests
{
    [Theory]
    [InlineData(BudgetPeriodKind.Month, 12, "Each month, from December 2025")]
    [InlineData(BudgetPeriodKind.Quarter, 12, "Each quarter of a year that begins in December, from December 2025")]
    [InlineData(BudgetPeriodKind.Year, 12, "Each year that begins in December, from December 2025")]
    [InlineData(BudgetPeriodKind.Year, 1, "Each year, from December 2025")]
    public void A_period_says_when_its_year_begins(BudgetPeriodKind kind, int start, string text) =>
        Assert.Equal(text, BudgetWords.Period(new BudgetPeriod(kind, "2025-12", FiscalYearStart: start)));
}
