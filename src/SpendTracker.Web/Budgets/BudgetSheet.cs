using SpendTracker.Contracts;
using SpendTracker.Web.Exports;

namespace SpendTracker.Web.Budgets;

/// <summary>Budgets as a sheet, each in its period of now.</summary>
internal static class BudgetSheet
{
    public static Sheet Of(Page<BudgetResponse> budgets) => Sheet.Of(
        "budgets", budgets.Items,
        new("budget", row => row.Budget),
        new("name", row => row.Terms.Name),
        new("scope", row => string.Join("; ", row.Terms.Scope.Select(part => $"{part.Key}={string.Join(", ", part.Value)}"))),
        new("standing", row => EnumName.Of(row.Standing)),
        new("period_from", row => row.Current?.PeriodStart),
        new("period_to", row => row.Current?.PeriodEnd.AddDays(-1)),
        new("currency", row => row.Terms.Currency),
        new("limit", row => row.Current?.Limit, Sheet.Amount),
        new("spent", row => row.Current?.Spent, Sheet.Amount),
        new("left", row => row.Current?.Left, Sheet.Amount),
        new("forecast", row => row.Current?.Forecast, Sheet.Amount),
        new("doubt", row => row.Current?.Doubt),
        new("set_at", row => row.SetAt),
        new("set_by", row => row.SetBy));
}
