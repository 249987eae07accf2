using SpendTracker.Alerts;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Budgets;

/// <summary>How budgets become answers.</summary>
internal static class BudgetAnswers
{
    /// <summary>A quotient of an exchange rate has endless ones.</summary>
    private const int Decimals = 6;

    private static decimal? Round(decimal? amount) => amount is { } given ? Math.Round(given, Decimals) : null;

    extension(ThresholdResponse)
    {
        public static ThresholdResponse Of(ThresholdFigures figures) => new(
            figures.Key, figures.At, figures.Observed is { } observed ? Math.Round(observed, Decimals) : null,
            figures.IsReached ? "reached" : figures.Observed is null ? "unknown" : "below", figures.Threshold.Channels ?? []);
    }

    extension(FiguresResponse)
    {
        public static FiguresResponse? Of(BudgetFigures? figures) => figures is null ? null : new(
            figures.Version, figures.Span.Start, figures.Span.End, figures.Currency, figures.Amount, Round(figures.RolledOver) ?? 0, Round(figures.Limit) ?? 0, Round(figures.Spent),
            Round(figures.Left), Round(figures.Forecast), BudgetJudgement.Of(figures), figures.UnpricedQuantities, figures.IncompleteQuantities,
            UnpricedResponse.Percents(figures), figures.UnconvertedAmounts, figures.StaleRates, UnpricedResponse.Doubt(figures), Math.Round(figures.LagSeconds, 3), figures.Position,
            [.. figures.Thresholds.Select(ThresholdResponse.Of)]);
    }

    extension(BudgetResponse)
    {
        public static BudgetResponse Of(Budget budget, BudgetWatch watch)
        {
            var id = budget.Terms.Budget;
            var current = watch.Current(id);
            return new(id, budget.Version, budget.SetAt, budget.SetBy, watch.StandingOf(id, current), budget.Terms, FiguresResponse.Of(current));
        }
    }
}

/// <summary>What of a budget lacks a price, as answers tell it.</summary>
internal static class UnpricedResponse
{
    public static Dictionary<string, decimal> Percents(BudgetFigures figures) =>
        figures.Unpriced.Where(part => !part.IsAmount).ToDictionary(part => part.Unit, part => Math.Round(part.Percent, 2));

    public static string? Doubt(BudgetFigures figures) => figures.Spent is null ? BudgetWords.Doubt(figures) : figures.Unpriced.Count == 0 ? null : BudgetWords.Unpriced(figures.Unpriced);
}
