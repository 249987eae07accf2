using SpendTracker.Budgets;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Budgets;

/// <summary>A budget in the table of budgets.</summary>
/// <param name="Figures">Of the current period; null where there is none.</param>
/// <param name="Doubt">Why it cannot be trusted; null where it can.</param>
public sealed record BudgetRow(BudgetSet Terms, BudgetFigures? Figures, BudgetStanding Standing, string? Doubt);
