using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Explorer;
using SpendTracker.Web.Explorer;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Rates;

/// <summary>How what lacks a price becomes an answer.</summary>
internal static class UnpricedAnswers
{
    extension(UnpricedResponse)
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

    extension(UnpricedRow)
    {
        public static UnpricedRow Of(UnpricedUsage usage, IEnumerable<UseRow> uses) => new(
            usage.Sku, usage.Meter, usage.AboveTokens, usage.Quantity, usage.Events, usage.FirstMonth, usage.LastMonth, usage.FirstDay, usage.ReportedSkus,
            [.. uses]);
    }

    extension(UnconvertedRow)
    {
        public static UnconvertedRow Of(UnconvertedAmount amount, IEnumerable<UseRow> uses) => new(
            amount.Currency, amount.Amount, amount.FirstMonth, amount.LastMonth, amount.Skus, [.. uses], amount.LastRate);
    }

    extension(UseRow)
    {
        public static UseRow Of(MissingPrice use, DateOnly? knownOn)
        {
            _ = BillingPeriod.TryParse(use.Month, out var month);
            var events = new UsageFilter(use.Workload, month) { Sku = use.Sku, Meter = use.Meter, KnownOn = knownOn };
            return new UseRow(use.Workload, use.Month, use.Sku, use.Meter, use.Quantity, use.Events, EventLink.To(events), EventLink.ToList(events));
        }
    }
}

