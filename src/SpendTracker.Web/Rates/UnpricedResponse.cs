using SpendTracker.Costs;
using SpendTracker.Explorer;
using SpendTracker.Web.Explorer;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Rates;

/// <summary>What is in no amount, or in part: quantities without a rate or with an incomplete price, and amounts without an exchange rate.</summary>
internal sealed record UnpricedResponse(IReadOnlyList<UnpricedRow> Unpriced, IReadOnlyList<UnconvertedRow> Unconverted, IReadOnlyList<UnpricedRow> Incomplete)
{
    /// <summary>Of some months, or of all time.</summary>
    public static async Task<UnpricedResponse> ReadAsync(
        UnpricedQuery query, BillingPeriod? from, BillingPeriod? to, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        var missing = await query.ReadAsync(from, to, knownOn, cancellationToken);
        var uses = missing.Uses.ToLookup(use => use.Currency.Length == 0 ? (use.Sku, use.Meter, use.IsIncomplete) : (use.Currency, "", false), use => UseRow.Of(use, knownOn));
        return new UnpricedResponse(
            [.. missing.Unpriced.Select(usage => UnpricedRow.Of(usage, uses[(usage.Sku, usage.Meter, false)]))],
            [.. missing.Unconverted.Select(amount => UnconvertedRow.Of(amount, uses[(amount.Currency, "", false)]))],
            [.. missing.Incomplete.Select(usage => UnpricedRow.Of(usage, uses[(usage.Sku, usage.Meter, true)]))]);
    }
}

/// <summary>A quantity that no rate covers, or that is priced incompletely; see <see cref="UnpricedUsage"/>.</summary>
/// <param name="UsedBy">Each workload in each month, the latest first.</param>
internal sealed record UnpricedRow(
    string Sku, string Meter, int AboveTokens, decimal Quantity, long Events, string FirstMonth, string LastMonth, DateOnly FirstDay,
    IReadOnlyList<string> ReportedSkus, IReadOnlyList<UseRow> UsedBy)
{
    public static UnpricedRow Of(UnpricedUsage usage, IEnumerable<UseRow> uses) => new(
        usage.Sku, usage.Meter, usage.AboveTokens, usage.Quantity, usage.Events, usage.FirstMonth, usage.LastMonth, usage.FirstDay, usage.ReportedSkus,
        [.. uses]);
}

/// <summary>An amount that no exchange rate covers; see <see cref="UnconvertedAmount"/>.</summary>
/// <param name="UsedBy">Each workload in each month, SKU by SKU, the latest first.</param>
/// <param name="LastRate">The day of the newest rate until then, which is stale; none where there was no rate.</param>
internal sealed record UnconvertedRow(
    string Currency, decimal Amount, string FirstMonth, string LastMonth, IReadOnlyList<string> Skus, IReadOnlyList<UseRow> UsedBy, DateOnly? LastRate)
{
    public static UnconvertedRow Of(UnconvertedAmount amount, IEnumerable<UseRow> uses) => new(
        amount.Currency, amount.Amount, amount.FirstMonth, amount.LastMonth, amount.Skus, [.. uses], amount.LastRate);
}

/// <param name="Quantity">Of an unconverted amount, in its currency.</param>
/// <param name="EventsPage">Where the events behind it are shown.</param>
/// <param name="EventsList">The same events over the API.</param>
internal sealed record UseRow(string Workload, string Month, string Sku, string Meter, decimal Quantity, long Events, string EventsPage, string EventsList)
{
    public static UseRow Of(MissingPrice use, DateOnly? knownOn)
    {
        _ = BillingPeriod.TryParse(use.Month, out var month);
        var events = new UsageFilter(use.Workload, month) { Sku = use.Sku, Meter = use.Meter, KnownOn = knownOn };
        return new UseRow(use.Workload, use.Month, use.Sku, use.Meter, use.Quantity, use.Events, EventLink.To(events), EventLink.ToList(events));
    }
}
