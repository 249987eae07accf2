using SpendTracker.Alerts;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Budgets;

/// <summary>A threshold in a period.</summary>
/// <param name="At">Where its line is, in the budget's currency; for <c>unpriced</c> per cent of one unit, for <c>lag</c> seconds.</param>
/// <param name="Observed">In the same unit; null where nothing can be said.</param>
/// <param name="State"><c>reached</c>, <c>below</c> or <c>unknown</c>.</param>
internal sealed record ThresholdResponse(string Threshold, decimal At, decimal? Observed, string State, IReadOnlyList<string> Channels)
{
    public static ThresholdResponse Of(ThresholdFigures figures) => new(
        figures.Key, figures.At, figures.Observed is { } observed ? Math.Round(observed, BudgetResponse.Decimals) : null,
        figures.IsReached ? "reached" : figures.Observed is null ? "unknown" : "below", figures.Threshold.Channels ?? []);
}

/// <summary>What of a budget lacks a price, as answers tell it.</summary>
internal static class UnpricedResponse
{
    public static Dictionary<string, decimal> Percents(BudgetFigures figures) =>
        figures.Unpriced.Where(part => !part.IsAmount).ToDictionary(part => part.Unit, part => Math.Round(part.Percent, 2));

    public static string? Doubt(BudgetFigures figures) => figures.Spent is null ? BudgetWords.Doubt(figures) : figures.Unpriced.Count == 0 ? null : BudgetWords.Unpriced(figures.Unpriced);
}

/// <summary>A budget in one of its periods; amounts in its currency.</summary>
/// <param name="Version">The terms that the figures are by: a moment after a change, still those before.</param>
/// <param name="PeriodEnd">The first day after it.</param>
/// <param name="Limit">The amount, with what rolled over.</param>
/// <param name="Spent">Null where there is no exchange rate.</param>
/// <param name="Forecast">At the period's end; null where nothing can be said yet.</param>
/// <param name="Unpriced">Quantities without a rate, by unit: not in what was spent.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit: in what was spent in part.</param>
/// <param name="UnpricedPercents">The share of all that is owed for in the unit that these two are together, by unit.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: not in what was spent, either.</param>
/// <param name="StaleRates">Of these the currencies whose exchange rate is stale, with its day; the others have none.</param>
/// <param name="Doubt">The same in words, or why nobody knows what was spent; null if everything has its whole price.</param>
/// <param name="LagSeconds">How far the figures are behind what is recorded.</param>
/// <param name="Position">The place in the log up to which it is counted.</param>
internal sealed record FiguresResponse(
    int Version, DateOnly PeriodStart, DateOnly PeriodEnd, string Currency, decimal Amount, decimal RolledOver, decimal Limit, decimal? Spent, decimal? Left,
    decimal? Forecast, BudgetStanding Standing, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Incomplete,
    IReadOnlyDictionary<string, decimal> UnpricedPercents, IReadOnlyDictionary<string, decimal> Unconverted,
    IReadOnlyDictionary<string, DateOnly> StaleRates, string? Doubt, decimal LagSeconds, long Position, IReadOnlyList<ThresholdResponse> Thresholds)
{
    public static FiguresResponse? Of(BudgetFigures? figures) => figures is null ? null : new(
        figures.Version, figures.Span.Start, figures.Span.End, figures.Currency, figures.Amount, Round(figures.RolledOver) ?? 0, Round(figures.Limit) ?? 0, Round(figures.Spent),
        Round(figures.Left), Round(figures.Forecast), BudgetJudgement.Of(figures), figures.UnpricedQuantities, figures.IncompleteQuantities,
        UnpricedResponse.Percents(figures), figures.UnconvertedAmounts, figures.StaleRates, UnpricedResponse.Doubt(figures), Math.Round(figures.LagSeconds, 3), figures.Position,
        [.. figures.Thresholds.Select(ThresholdResponse.Of)]);

    private static decimal? Round(decimal? amount) => amount is { } given ? Math.Round(given, BudgetResponse.Decimals) : null;
}

/// <summary>A budget, as a list shows it.</summary>
internal sealed record BudgetResponse(string Budget, int Version, DateTimeOffset SetAt, string SetBy, BudgetStanding Standing, BudgetSet Terms, FiguresResponse? Current)
{
    /// <summary>A quotient of an exchange rate has endless ones.</summary>
    public const int Decimals = 6;

    public static BudgetResponse Of(Budget budget, BudgetWatch watch)
    {
        var id = budget.Terms.Budget;
        var current = watch.Current(id);
        return new(id, budget.Version, budget.SetAt, budget.SetBy, watch.StandingOf(id, current), budget.Terms, FiguresResponse.Of(current));
    }
}

/// <summary>A budget with all that is known of it.</summary>
/// <param name="Removed">Since when it holds no longer; null while it does.</param>
/// <param name="Previous">The period before.</param>
/// <param name="OpenAlerts">Those that hold, acknowledged or not; a moment behind the log.</param>
/// <param name="Versions">The newest first.</param>
internal sealed record BudgetDetailsResponse(
    string Budget, int Version, BudgetStanding Standing, BudgetSet Terms, BudgetRemoval? Removed, FiguresResponse? Current, FiguresResponse? Previous,
    IReadOnlyList<Alert> OpenAlerts, IReadOnlyList<BudgetVersion> Versions);

/// <summary>What a budget is after it was set.</summary>
internal sealed record BudgetSetResponse(string Budget, int Version, BudgetSet Terms);
