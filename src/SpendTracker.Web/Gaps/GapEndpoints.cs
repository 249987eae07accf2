using SpendTracker.Contracts;
using SpendTracker.Gaps;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Gaps;

/// <summary>What is not in the totals, over HTTP.</summary>
internal static class GapEndpoints
{
    public static void MapGaps(this IEndpointRouteBuilder api) => api.MapGet("/not-in-totals", GetAsync).RequireAuthorization(Policies.Read).WithName("GetNotInTotals")
        .AsFile<NotInTotalsResponse>("not-in-totals", SheetOf);

    /// <summary>List what is not in the totals. Quantities without a price, with a part of it, or amounts without an exchange rate, each with what it might be worth; workloads that stopped reporting, that have no estimate or are not registered; and events that were set aside.</summary>
    internal static async Task<IResult> GetAsync(LinkCounts counts, OrganisationSettings settings, KnownOn days, CancellationToken cancellationToken) =>
        TypedResults.Ok(ResponseOf(await counts.ReadGapsAsync().WaitAsync(cancellationToken), settings.ReportingCurrency, days.Today));

    public static NotInTotalsResponse ResponseOf(TotalGaps gaps, string currency, DateOnly today) => new(
        currency, today, gaps.Count,
        [
            .. gaps.Unpriced.Select(usage => Row("no-price", GapsPage.Path, sku: usage.Sku, meter: usage.Meter, quantity: usage.Quantity, since: usage.FirstDay, worth: gaps.Worths.GetValueOrDefault((usage.Sku, usage.Meter)))),
            .. gaps.Unconverted.Select(amount => Row("no-exchange-rate", GapsPage.Path, quantity: amount.Amount, quantityCurrency: amount.Currency, since: FirstDay(amount.FirstMonth), worth: gaps.StaleWorths.GetValueOrDefault(amount.Currency))),
            .. gaps.Incomplete.Select(usage => Row("incomplete", GapsPage.Path, sku: usage.Sku, meter: usage.Meter, quantity: usage.Quantity, since: usage.FirstDay)),
            .. gaps.Silent.Select(silent => Row("silent", $"/anomalies/{silent.Anomaly}", silent.Workload, since: silent.Since, worth: silent.Worth)),
            .. gaps.WithoutEstimate.Select(gap => Row("no-estimate", $"/estimates?from={gap.Month}", gap.Workload, since: gap.Month.Start, amount: gap.Cost.Actual)),
            .. gaps.Unregistered.Select(gap => Row("unregistered", $"/workloads?register={Uri.EscapeDataString(gap.Workload)}", gap.Workload, since: gap.Month.Start, amount: gap.Cost.Actual)),
            .. gaps.SetAside > 0 ? [Row("set-aside", "/set-aside", quantity: gaps.SetAside)] : Array.Empty<GapRow>(),
        ]);

    private static GapRow Row(
        string kind, string page, string? workload = null, string? sku = null, string? meter = null, decimal? quantity = null, string? quantityCurrency = null, DateOnly? since = null,
        decimal? amount = null, Worth? worth = null) =>
        new(kind, workload, sku, meter, quantity, quantityCurrency, since, amount, worth is null ? null : new(worth.AtLeast, worth.AtMost, worth.Basis), page);

    private static DateOnly? FirstDay(string month) => BillingPeriod.TryParse(month, out var period) ? period.Start : null;

    private static Sheet SheetOf(NotInTotalsResponse answer) => Sheet.Of(
        "not-in-totals", answer.Rows,
        new("kind", row => row.Kind), new("workload", row => row.Workload), new("sku", row => row.Sku), new("meter", row => row.Meter), new("quantity", row => row.Quantity),
        new("quantity_currency", row => row.QuantityCurrency), new("since", row => row.Since), new("amount", row => row.Amount, Sheet.Amount),
        new("worth_at_least", row => row.Worth?.AtLeast, Sheet.Amount), new("worth_at_most", row => row.Worth?.AtMost, Sheet.Amount), new("worth_by", row => row.Worth?.Basis),
        new("currency", _ => answer.Currency));
}
