namespace SpendTracker.Contracts;

/// <summary>How much of a budget is left, for gateways that want to block. In its currency.</summary>
/// <param name="Budget">The budget's id.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="PeriodStart">The first day of the period.</param>
/// <param name="PeriodEnd">The first day after the period.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="Limit">With what rolled over.</param>
/// <param name="Spent">What was spent so far.</param>
/// <param name="Left">Below 0 where it is overspent.</param>
/// <param name="Exceeded">Whether nothing is left.</param>
/// <param name="Forecast">What is expected at the end.</param>
/// <param name="Unpriced">Quantities without a rate, by unit: not in what was spent.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit: in what was spent in part.</param>
/// <param name="UnpricedPercents">The share of all that is owed for in the unit that these two are together, by unit.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: not in what was spent, either.</param>
/// <param name="Doubt">The same in words; null if everything has its whole price.</param>
/// <param name="AsOf">All usage that was acknowledged before is counted.</param>
/// <param name="Position">The place in the log up to which it is counted.</param>
public sealed record AllowanceResponse(
    string Budget, int Version, DateOnly PeriodStart, DateOnly PeriodEnd, string Currency, decimal Limit, decimal Spent, decimal Left, bool Exceeded,
    decimal? Forecast, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Incomplete, IReadOnlyDictionary<string, decimal> UnpricedPercents,
    IReadOnlyDictionary<string, decimal> Unconverted, string? Doubt, DateTimeOffset AsOf, long Position);
