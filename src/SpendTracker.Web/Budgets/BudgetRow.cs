using SpendTracker.Budgets;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Budgets;

/// <summary>A budget in the table of budgets.</summary>
/// <param name="Figures">Of the current period; null where there is none.</param>
public sealed record BudgetRow(BudgetSet Terms, BudgetFigures? Figures)
{
    public BudgetStanding Standing => BudgetJudgement.Of(Figures);
}
