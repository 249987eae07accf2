using System.Text.Json.Serialization;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>What of a quantity is in no amount, or not all: as <see cref="MonthlyCost"/> has it.</summary>
/// <param name="Unpriced">Without a rate.</param>
/// <param name="Incomplete">In the amount, at prices that are not all that is asked for it.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency; none that is 0.</param>
public sealed record Lacking(decimal Unpriced, decimal Incomplete, IReadOnlyDictionary<string, decimal> Unconverted)
{
    public bool IsNothing => Unpriced == 0 && Incomplete == 0 && Unconverted.Count == 0;
}

/// <summary>The same of a month's total: quantities by unit.</summary>
public sealed record LackingTotal(IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Incomplete, IReadOnlyDictionary<string, decimal> Unconverted)
{
    public bool IsNothing => Unpriced.Count + Incomplete.Count + Unconverted.Count == 0;

    /// <summary>Unit by unit, and currency by currency; without those of which as much is lacking.</summary>
    public LackingTotal Less(LackingTotal other) => new(Less(Unpriced, other.Unpriced), Less(Incomplete, other.Incomplete), Less(Unconverted, other.Unconverted));

    public static LackingTotal Of(IEnumerable<MonthlyCost> costs)
    {
        var total = MonthlyCostQuery.Total("", costs);
        return new(NotZero(total.Unpriced), NotZero(total.Incomplete), NotZero(total.Unconverted));
    }

    private static Dictionary<string, decimal> Less(IReadOnlyDictionary<string, decimal> all, IReadOnlyDictionary<string, decimal> part) => NotZero(
        all.Keys.Union(part.Keys).Select(name => KeyValuePair.Create(name, all.GetValueOrDefault(name) - part.GetValueOrDefault(name))));

    private static Dictionary<string, decimal> NotZero(IEnumerable<KeyValuePair<string, decimal>> parts) => new(parts.Where(part => part.Value != 0));
}

/// <summary>Usage that became known between two days, at the prices known at the second.</summary>
/// <param name="Lacking">What the amount lacks of it at the second day.</param>
/// <param name="Free">Whose word it is, where every price of it is 0 at the second day: <see cref="FreePrice.Of"/>.</param>
public sealed record UsageMove(
    string Workload, Approach Approach, string Sku, string Meter, decimal Quantity, long Events, decimal Amount, Lacking Lacking, string? Free)
{
    /// <summary>Not for what only tells something: nothing is owed for it.</summary>
    public bool IsCharged => Amount != 0 || Free is not null || !Lacking.IsNothing || !Meters.Informational.Contains(Meter);
}

/// <summary>Usage that was known already, and whose price changed between two days.</summary>
/// <param name="SkuBefore">What it was priced as; another than <paramref name="Sku"/> where an alias came or went.</param>
/// <param name="UnitPriceBefore">In the reporting currency; null where there was none.</param>
/// <param name="Before">The publication that priced it; null where there was none, or it was as charged.</param>
/// <param name="Quantity">That was known at the first day.</param>
/// <param name="Currency">Of the price at the second day; of that at the first where there is none.</param>
/// <param name="Lacking">How much more of the quantity lacks a price at the second day than at the first; below 0 where it got one.</param>
/// <param name="Free">Whose word it is, where the price at the second day is 0: <see cref="FreePrice.Of"/>.</param>
public sealed record PriceMove(
    string Workload, Approach Approach, string SkuBefore, string Sku, string Meter, decimal Quantity, decimal? UnitPriceBefore, decimal? UnitPriceAfter, Guid? Before, Guid? After,
    DateOnly FirstDay, DateOnly LastDay, string Currency, decimal Amount, Lacking Lacking, string? Free)
{
    /// <summary>What was published or withdrawn between the days, and why the price is another; the earliest first.</summary>
    public IReadOnlyList<PublicationChange> Causes { get; init; } = [];

    /// <summary>Whether a change of the price book is behind it.</summary>
    public bool IsCausedBy(PublicationChange change) => change.Kind switch
    {
        "rate" => change.Publication == Before || change.Publication == After,
        "discount" => change.Subject == Sku || (change.Subject.EndsWith('*') && Sku.StartsWith(change.Subject[..^1], StringComparison.Ordinal)),
        "alias" => SkuBefore != Sku && (change.Subject == Sku || change.Subject == SkuBefore),
        "exchange-rate-age" => UnitPriceBefore is null != UnitPriceAfter is null,
        _ => change.Subject == Currency,
    };
}

/// <summary>How costs become moves between months.</summary>
public static class BookingMoves
{
    extension(BookingMove)
    {
        /// <param name="cost">By its origin.</param>
        public static BookingMove Of(MonthlyCost cost)
        {
            var lacking = LackingTotal.Of([cost]);
            return new(cost.Keys["origin"], cost.Month, cost.Actual, lacking.Unpriced, lacking.Incomplete, lacking.Unconverted);
        }
    }
}

/// <summary>What a move between months lacks.</summary>
public static class BookingGaps
{
    extension(BookingMove move)
    {
        /// <summary>What of it lacks a price.</summary>
        public LackingTotal Lacking => new(move.Unpriced, move.Incomplete, move.Unconverted);

        public bool IsNothing() => move.Amount == 0 && move.Lacking.IsNothing;
    }
}

/// <summary>An event of the month that was corrected: what it counted is taken back, among the usage that became known.</summary>
/// <param name="Event">Its id in the log; its page shows the whole chain.</param>
/// <param name="RecordedOn">The day since which it counts for nothing.</param>
public sealed record CorrectionMove(Guid Event, string Workload, DateOnly RecordedOn);

/// <summary>
/// Why a month's total at the end of one day is another at the end of a later day. The moves add up to the difference: their
/// amounts always, what they lack of open months, since what was accepted at a closing is lacking no longer.
/// </summary>
public sealed record Explanation(
    BillingPeriod Month, DateOnly From, DateOnly To, decimal Before, decimal After, IReadOnlyList<UsageMove> Usage, IReadOnlyList<PriceMove> Prices,
    IReadOnlyList<BookingMove> Bookings, IReadOnlyList<CorrectionMove> Corrections)
{
    /// <summary>What the total lacks at the end of either day.</summary>
    public required LackingTotal LackingBefore { get; init; }

    public required LackingTotal LackingAfter { get; init; }

    /// <summary>Each amount is rounded by itself, so that many together may miss the difference by a little in the last decimals.</summary>
    public bool AddsUp => Math.Abs(Before + Explained - After) <= Moves.Append(Before).Append(After).Sum(MostRoundedOff);

    public decimal Explained => Moves.Sum();

    private IEnumerable<decimal> Moves => [.. Usage.Select(move => move.Amount), .. Prices.Select(move => move.Amount), .. Bookings.Select(move => move.Amount)];

    /// <summary>Of a sum to 18 decimals, with room; of one that is too large for as many, to millionths (<see cref="PriceSql.Sum"/>).</summary>
    private static decimal MostRoundedOff(decimal amount) => Math.Abs(amount) >= PriceSql.MostWithAllDecimals ? 0.0000005m : 0.0000000000001m;
}
