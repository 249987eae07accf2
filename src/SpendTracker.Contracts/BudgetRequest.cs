namespace SpendTracker.Contracts;

/// <summary>What a budget is to be: the body of <c>PUT /api/v1/budgets/{id}</c>. The members are those of <see cref="BudgetSet"/>.</summary>
/// <param name="Name">What people call it; at most 200 characters.</param>
/// <param name="Scope">Dimension → values. Empty, <c>{}</c>, for the whole organisation; not left out, so that nobody means a team and gets everything.</param>
/// <param name="Period">How long it lasts, and whether it comes again.</param>
/// <param name="Currency">ISO 4217 code of its amounts.</param>
/// <param name="Amount">For each period, 0 to a trillion, at most 6 decimals. Null where every month has its own.</param>
/// <param name="Amounts">Month (<c>yyyy-MM</c>) → amount; at most 120.</param>
/// <param name="Rollover">Whether what a period leaves over is added to the next one's amount.</param>
/// <param name="Thresholds">What raises alerts. At most 20, no two alike.</param>
/// <param name="Note">Anything a reader should know; at most 1,000 characters.</param>
/// <param name="Budget">The id; where given, that of the path. So what was read can be sent back.</param>
public sealed record BudgetRequest(
    string Name, IReadOnlyDictionary<string, IReadOnlyList<string>> Scope, BudgetPeriod Period, string Currency, decimal? Amount = null,
    IReadOnlyDictionary<string, decimal>? Amounts = null, bool Rollover = false, IReadOnlyList<BudgetThreshold>? Thresholds = null, string? Note = null,
    string? Budget = null)
{
    /// <summary>As the terms of a budget.</summary>
    public BudgetSet ToTerms(string budget) => new(budget, Name, Scope, Period, Currency, Amount, Amounts, Rollover, Thresholds, Note);
}
