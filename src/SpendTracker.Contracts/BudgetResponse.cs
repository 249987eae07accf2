namespace SpendTracker.Contracts;

/// <summary>A threshold in a period.</summary>
/// <param name="Threshold">The threshold.</param>
/// <param name="At">Where its line is, in the budget's currency; for <c>unpriced</c> per cent of one unit, for <c>lag</c> seconds.</param>
/// <param name="Observed">In the same unit; null where nothing can be said.</param>
/// <param name="State"><c>reached</c>, <c>below</c> or <c>unknown</c>.</param>
/// <param name="Channels">The channels that are told.</param>
public sealed record ThresholdResponse(string Threshold, decimal At, decimal? Observed, string State, IReadOnlyList<string> Channels);

/// <summary>A budget in one of its periods; amounts in its currency.</summary>
/// <param name="Version">The terms that the figures are by: a moment after a change, still those before.</param>
/// <param name="PeriodStart">The first day of the period.</param>
/// <param name="PeriodEnd">The first day after it.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="Amount">In the currency beside it, or beside the rows.</param>
/// <param name="RolledOver">What was left of the period before.</param>
/// <param name="Limit">The amount, with what rolled over.</param>
/// <param name="Spent">Null where there is no exchange rate.</param>
/// <param name="Left">How much is left; below 0 if it is overspent.</param>
/// <param name="Forecast">At the period's end; null where nothing can be said yet.</param>
/// <param name="Standing">How the budget stands.</param>
/// <param name="Unpriced">Quantities without a rate, by unit: not in what was spent.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit: in what was spent in part.</param>
/// <param name="UnpricedPercents">The share of all that is owed for in the unit that these two are together, by unit.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: not in what was spent, either.</param>
/// <param name="StaleRates">Of these the currencies whose exchange rate is stale, with its day; the others have none.</param>
/// <param name="Doubt">The same in words, or why nobody knows what was spent; null if everything has its whole price.</param>
/// <param name="LagSeconds">How far the figures are behind what is recorded.</param>
/// <param name="Position">The place in the log up to which it is counted.</param>
/// <param name="Thresholds">What is watched.</param>
public sealed record FiguresResponse(
    int Version, DateOnly PeriodStart, DateOnly PeriodEnd, string Currency, decimal Amount, decimal RolledOver, decimal Limit, decimal? Spent, decimal? Left,
    decimal? Forecast, BudgetStanding Standing, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Incomplete,
    IReadOnlyDictionary<string, decimal> UnpricedPercents, IReadOnlyDictionary<string, decimal> Unconverted,
    IReadOnlyDictionary<string, DateOnly> StaleRates, string? Doubt, decimal LagSeconds, long Position, IReadOnlyList<ThresholdResponse> Thresholds);

/// <summary>A budget, as a list shows it.</summary>
/// <param name="Budget">The budget's id.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="SetAt">When it was set, UTC.</param>
/// <param name="SetBy">Who set it.</param>
/// <param name="Standing">How the budget stands.</param>
/// <param name="Terms">The terms that it has.</param>
/// <param name="Current">The figures of the period now.</param>
public sealed record BudgetResponse(string Budget, int Version, DateTimeOffset SetAt, string SetBy, BudgetStanding Standing, BudgetSet Terms, FiguresResponse? Current);

/// <summary>What a budget is after it was set.</summary>
/// <param name="Budget">The budget's id.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="Terms">The terms that it has.</param>
public sealed record BudgetSetResponse(string Budget, int Version, BudgetSet Terms);

/// <summary>One of a budget's terms in the course of time.</summary>
/// <param name="Version">Goes up with each change.</param>
/// <param name="Terms">The terms that it has.</param>
/// <param name="SetAt">When it was set, UTC.</param>
/// <param name="SetBy">Who set it.</param>
/// <param name="Removed">Where the budget was removed when it had these terms.</param>
public sealed record BudgetVersion(int Version, BudgetSet Terms, DateTimeOffset SetAt, string SetBy, BudgetRemoval? Removed = null);

/// <summary>When, by whom and why a budget was removed.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="By">The dimensions of the rows; of an act, who did it.</param>
/// <param name="Reason">Why.</param>
public sealed record BudgetRemoval(DateTimeOffset At, string By, string Reason);
