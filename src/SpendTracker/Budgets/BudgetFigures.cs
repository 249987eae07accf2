using SpendTracker.Contracts;

namespace SpendTracker.Budgets;

/// <summary>A threshold with its figures.</summary>
/// <param name="Key"><see cref="Thresholds.KeyOf"/>.</param>
/// <param name="At">Where its line is: an amount in the budget's currency; for <c>unpriced</c> a percentage, for <c>lag</c> seconds.</param>
/// <param name="Observed">In the same unit, of a forecast without what is rough; null where nothing can be said: no forecast yet, or no exchange rate.</param>
public sealed record ThresholdFigures(BudgetThreshold Threshold, string Key, decimal At, decimal? Observed)
{
    /// <summary>
    /// How far below its line a figure that moves by itself must fall before its alert is over: a forecast that trembles around
    /// the line would raise one alert after the other.
    /// </summary>
    private const decimal Hysteresis = 0.95m;

    /// <summary>Nothing reaches no line, not even one at 0.</summary>
    public bool IsReached => Observed > 0 && Observed >= At;

    /// <summary>What was spent only falls by a correction or a price, so that its line is the line.</summary>
    public bool IsBelow => Observed is not null && (Threshold.On == ThresholdOn.Actual ? !IsReached : Observed < At * Hysteresis);
}

/// <summary>
/// What lacks a price in one unit, or has only a part of it. Each unit stands by itself: tokens, hours and currencies have no
/// common measure. It is added up by size, so that nothing that is taken back hides what lacks a price.
/// </summary>
/// <param name="Unit"><c>tokens</c>, <c>hours</c>, <c>items</c> or <c>requests</c>; or the currency of an amount without an exchange rate.</param>
/// <param name="Quantity">In the unit: without a rate, or the amount. 0 where all has a rate, and some is priced incompletely.</param>
/// <param name="Percent">
/// The share of all that is owed for in this unit that has no rate or is priced incompletely, above 0 and at most 100. Of an amount
/// always 100: without an exchange rate it may be worth anything.
/// </param>
public sealed record UnpricedPart(string Unit, decimal Quantity, decimal Percent)
{
    public bool IsAmount { get; private init; }

    /// <summary>In the unit, beside the quantity: priced incompletely, and so in what was spent in part.</summary>
    public decimal Incomplete { get; init; }

    /// <summary>Whether all has a price: what is missing of it may be nothing.</summary>
    public bool IsOnlyIncomplete => Quantity == 0 && !IsAmount;

    /// <summary>The day of the newest exchange rate of an amount, where it is stale; null where there is none.</summary>
    public DateOnly? StaleSince { get; private init; }

    /// <param name="amount">0 where amounts cancel out that may be of different days, and so worth something.</param>
    public static UnpricedPart Amount(string currency, decimal amount, DateOnly? staleSince) => new(currency, amount, 100) { IsAmount = true, StaleSince = staleSince };

    /// <summary>The share of the unit that lacks most; 0 if nothing lacks a price.</summary>
    public static decimal LargestPercent(IReadOnlyList<UnpricedPart> parts) => parts.Count == 0 ? 0 : parts.Max(part => part.Percent);
}

/// <summary>A budget's figures in one period.</summary>
/// <param name="Budget">The budget's id.</param>
/// <param name="Version">Of its terms.</param>
/// <param name="Currency">Of all amounts.</param>
/// <param name="Amount">What may be spent in the period, without what rolled over.</param>
/// <param name="RolledOver">What earlier periods left.</param>
/// <param name="Spent">So far. Null where there is no exchange rate into the budget's currency.</param>
/// <param name="Forecast">At the period's end; null where nothing can be said yet. What was spent, in a period that is over.</param>
/// <param name="Unpriced">What is not in what was spent, or in part: amounts without an exchange rate, and quantities without a rate or priced incompletely.</param>
/// <param name="LagSeconds">How long the oldest event that is not counted yet has been recorded.</param>
/// <param name="Position">The place in the log up to which it is counted.</param>
public sealed record BudgetFigures(
    string Budget, int Version, BudgetSpan Span, string Currency, decimal Amount, decimal RolledOver, decimal? Spent, decimal? Forecast,
    IReadOnlyList<UnpricedPart> Unpriced, decimal LagSeconds, long Position, IReadOnlyList<ThresholdFigures> Thresholds)
{
    /// <summary>What the budget is called by its terms.</summary>
    public required string Name { get; init; }

    /// <summary>Which costs it covers, by its terms.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Scope { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The day of the newest exchange rate into the currency, where nobody knows what was spent because it is stale.</summary>
    public DateOnly? StaleSince { get; init; }

    /// <summary>
    /// What of the forecast is a guess by less than a week of use. It is shown, and raises no alert: one expensive day at the start
    /// would be forecast as a month of them.
    /// </summary>
    public decimal Rough { get; init; }

    /// <summary>What a threshold on <c>unpriced</c> looks at.</summary>
    public decimal UnpricedPercent => UnpricedPart.LargestPercent(Unpriced);

    /// <summary>Quantities without a rate, by unit: not in what was spent.</summary>
    public IReadOnlyDictionary<string, decimal> UnpricedQuantities =>
        Unpriced.Where(part => !part.IsAmount && part.Quantity > 0).ToDictionary(part => part.Unit, part => part.Quantity);

    /// <summary>Quantities that are priced incompletely, by unit: in what was spent in part.</summary>
    public IReadOnlyDictionary<string, decimal> IncompleteQuantities => Unpriced.Where(part => part.Incomplete > 0).ToDictionary(part => part.Unit, part => part.Incomplete);

    /// <summary>Amounts without an exchange rate, by currency: not in what was spent.</summary>
    public IReadOnlyDictionary<string, decimal> UnconvertedAmounts => Unpriced.Where(part => part.IsAmount).ToDictionary(part => part.Unit, part => part.Quantity);

    /// <summary>Of these the currencies whose exchange rates are stale, with the day of the newest; the others have none.</summary>
    public IReadOnlyDictionary<string, DateOnly> StaleRates => Unpriced.Where(part => part.StaleSince is not null).ToDictionary(part => part.Unit, part => part.StaleSince!.Value);

    public decimal Limit => Amount + RolledOver;

    /// <summary>What may still be spent; below 0 where it is overspent.</summary>
    public decimal? Left => Limit - Spent;
}
