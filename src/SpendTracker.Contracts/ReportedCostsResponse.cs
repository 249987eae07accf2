namespace SpendTracker.Contracts;

/// <summary>What providers say that usage cost, beside what it costs by the price book.</summary>
/// <param name="From">The first of the span.</param>
/// <param name="To">The last of the span.</param>
/// <param name="KnownOn">The answer is as it was at the end of this day, in the reporting time zone; null for now.</param>
/// <param name="Currency">The reporting currency, of what is converted and computed.</param>
/// <param name="Rows">By month, workload and SKU; the largest difference of a month first.</param>
public sealed record ReportedCostsResponse(string From, string To, DateOnly? KnownOn, string Currency, IReadOnlyList<ReportedCost> Rows);

/// <summary>What providers said that usage cost, beside what the rates give for the same events' SKU.</summary>
/// <param name="Month">The month.</param>
/// <param name="Workload">The workload's id.</param>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Currency">Of the reported cost.</param>
/// <param name="Reported">In that currency.</param>
/// <param name="Converted">In the reporting currency, day by day at the day's exchange rate; null where a day has none.</param>
/// <param name="Computed">All usage of the SKU in the month, in the reporting currency; also where not every event carried a cost.</param>
/// <param name="Share">The part of the events whose provider reported a cost, 0 to 1: below 1 the difference says little.</param>
public sealed record ReportedCost(
    string Month, string Workload, string Sku, string Currency, decimal Reported, decimal? Converted, decimal Computed, decimal Share)
{
    /// <summary>Computed less reported; null where it cannot be converted.</summary>
    public decimal? Difference => Computed - Converted;
}
