using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Web.Exports;

namespace SpendTracker.Web.Rates;

/// <summary>The price book as sheets, and what lacks a price. Prices have all their decimals.</summary>
internal static class RateSheets
{
    public static Sheet Of(Page<Rate> rates) => Sheet.Of(
        "rates", rates.Items,
        [
            new("sku", rate => rate.Sku), new("meter", rate => rate.Meter), new("above_tokens", rate => rate.AboveTokens), new("kind", rate => EnumName.Of(rate.Kind)),
            new("from", rate => rate.EffectiveFrom), new("to", rate => rate.EffectiveTo), new("price", rate => rate.Price), new("per", rate => rate.Per),
            new("unit_price", rate => rate.UnitPrice), new("currency", rate => rate.Currency), new("superseded", rate => rate.Superseded), new("source", rate => rate.Source),
            .. Published<Rate>(rate => rate.Publication),
        ]);

    public static Sheet Of(Page<Discount> discounts) => Sheet.Of(
        "discounts", discounts.Items,
        [
            new("sku", discount => discount.Sku), new("percent", discount => discount.Percent), new("from", discount => discount.EffectiveFrom),
            new("to", discount => discount.EffectiveTo), new("source", discount => discount.Source), .. Published<Discount>(discount => discount.Publication),
        ]);

    public static Sheet Of(Page<Alias> aliases) => Sheet.Of(
        "aliases", aliases.Items,
        [new("order", alias => alias.Order), new("model", alias => alias.Model), new("sku", alias => alias.Sku), .. Published<Alias>(alias => alias.Publication)]);

    public static Sheet Of(Page<ExchangeRate> rates) => Sheet.Of(
        "exchange-rates", rates.Items,
        [
            new("currency", rate => rate.Currency), new("from", rate => rate.EffectiveFrom), new("rate", rate => rate.Rate), new("superseded", rate => rate.Superseded),
            new("source", rate => rate.Source), .. Published<ExchangeRate>(rate => rate.Publication),
        ]);

    public static Sheet Of(ReportedCostsResponse reported) => Sheet.Of(
        $"reported-costs-{reported.From}-{reported.To}", reported.Rows,
        new("month", row => Sheet.Month(row.Month)), new("workload", row => row.Workload), new("sku", row => row.Sku), new("currency", row => row.Currency),
        new("reported", row => row.Reported, Sheet.Amount), new("converted", row => row.Converted, Sheet.Amount), new("computed", row => row.Computed, Sheet.Amount),
        new("difference", row => row.Difference, Sheet.Amount), new("share", row => row.Share));

    /// <summary>A line for each workload's month.</summary>
    public static Sheet Of(UnpricedResponse missing) => Sheet.Of<(string Lacks, string? Currency, UseRow Use)>(
        "unpriced",
        [
            .. missing.Unpriced.SelectMany(usage => usage.UsedBy).Select(use => ("price", (string?)null, use)),
            .. missing.Unconverted.SelectMany(amount => amount.UsedBy.Select(use => ("exchange-rate", (string?)amount.Currency, use))),
            .. missing.Incomplete.SelectMany(usage => usage.UsedBy).Select(use => ("part-of-a-price", (string?)null, use)),
        ],
        new("lacks", row => row.Lacks), new("month", row => Sheet.Month(row.Use.Month)), new("workload", row => row.Use.Workload), new("sku", row => row.Use.Sku),
        new("meter", row => row.Use.Meter), new("quantity", row => row.Use.Quantity), new("currency", row => row.Currency), new("events", row => row.Use.Events));

    private static IEnumerable<SheetColumn<T>> Published<T>(Func<T, Publication> of) =>
    [
        new("published_at", row => of(row).PublishedAt), new("published_by", row => of(row).PublishedBy), new("note", row => of(row).Note),
        new("withdrawn_at", row => of(row).WithdrawnAt),
    ];
}
