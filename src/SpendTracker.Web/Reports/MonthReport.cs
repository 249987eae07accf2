using SpendTracker.Budgets;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;

namespace SpendTracker.Web.Reports;

/// <summary>A day of a month's curve.</summary>
/// <param name="Spent">Until the end of the day; null for days to come.</param>
/// <param name="Expected">By the forecast, from today on.</param>
public sealed record ReportDay(DateOnly Day, decimal? Spent, decimal? Expected, decimal? Low, decimal? High);

/// <summary>A month for somebody who gets one page of it.</summary>
/// <param name="DaysPassed">Null where the month is over.</param>
/// <param name="Before">The month before.</param>
/// <param name="Closed">The closing that holds; null where the month is open.</param>
/// <param name="Budget">Of the whole organisation, with its name; null where there is none for the month.</param>
/// <param name="MonthEnd">The forecast; null where the month is over.</param>
/// <param name="Lines">By workload, approach, component and team, the dearest first.</param>
/// <param name="Year">The twelve months until this one, by component.</param>
/// <param name="Days">By day of use. A correction of a closed month is of no day, so the last one may differ from the total.</param>
/// <param name="Moves">Why it cost another amount than the month before, step by step; they add up to the difference.</param>
public sealed record MonthReport(
    BillingPeriod Month, DateTimeOffset AsOf, string Currency, decimal? DaysPassed, MonthlyCost Total, MonthlyCost Before, PeriodClosing? Closed,
    (string Name, BudgetFigures Figures)? Budget, ForecastSpan? MonthEnd, IReadOnlyList<MonthlyCost> Lines, IReadOnlyList<MonthlyCost> Year,
    IReadOnlyList<ReportDay> Days, IReadOnlyList<(ChangeStep Step, decimal Amount)> Moves, MissingPrices Missing, IReadOnlyList<BookingMove> Corrections)
{
    public bool Runs => DaysPassed is not null;

    /// <summary>What the month comes to: as expected while it runs.</summary>
    public decimal Whole => MonthEnd?.Expected ?? Total.Actual;

    public bool HasGaps => Missing.Unpriced.Count + Missing.Unconverted.Count + Missing.Incomplete.Count > 0;

    /// <summary>Sums by one of the lines' dimensions, the dearest first.</summary>
    public IReadOnlyList<(string Value, MonthlyCost Cost)> By(string dimension) =>
        [.. Lines.GroupBy(line => line.Keys[dimension]).Select(part => (part.Key, MonthlyCostQuery.Total(Month.ToString(), part))).OrderByDescending(part => part.Item2.Actual).ThenBy(part => part.Key, StringComparer.Ordinal)];
}
