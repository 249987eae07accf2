namespace SpendTracker.Contracts;

/// <summary>What a change of the price book would do, had it been published.</summary>
/// <param name="Currency">The reporting currency, of all amounts but the unconverted.</param>
/// <param name="Changes">By month, workload and approach; only what changes.</param>
/// <param name="Before">Before the change.</param>
/// <param name="After">After the change.</param>
/// <param name="Difference">After − before.</param>
/// <param name="Rounded">What would be rounded: the noise that a double leaves at a number's end; null for nothing.</param>
public sealed record PreviewResponse(
    string Currency, IReadOnlyList<RateChange> Changes, decimal Before, decimal After, decimal Difference, IReadOnlyList<FieldReason>? Rounded = null);

/// <summary>What a change of the price book would do to a part of a month.</summary>
/// <param name="Month">The month of use.</param>
/// <param name="BooksIn">Where the difference would be booked: another month where that one is closed.</param>
/// <param name="Approach">The approach.</param>
/// <param name="Workload">The workload's id.</param>
/// <param name="Before">In the reporting currency, as now.</param>
/// <param name="After">The same after the change.</param>
/// <param name="UnpricedBefore">The quantity without a rate, as now.</param>
/// <param name="UnpricedAfter">The same after the change.</param>
/// <param name="UnconvertedBefore">Amounts without an exchange rate, by currency, as now: in neither amount.</param>
/// <param name="UnconvertedAfter">The same after the change.</param>
/// <param name="IncompleteBefore">The quantity that is priced incompletely, as now.</param>
/// <param name="IncompleteAfter">The same after the change.</param>
public sealed record RateChange(
    string Month, string BooksIn, Approach Approach, string Workload, decimal Before, decimal After, decimal UnpricedBefore, decimal UnpricedAfter,
    IReadOnlyDictionary<string, decimal> UnconvertedBefore, IReadOnlyDictionary<string, decimal> UnconvertedAfter,
    decimal IncompleteBefore, decimal IncompleteAfter)
{
    /// <summary>After − before.</summary>
    public decimal Difference => After - Before;
}
