using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Rates;

/// <summary>Prices, and what lacks one: the earlier shape.</summary>
internal sealed record RatesResponse(IReadOnlyList<Rate> Rates, IReadOnlyList<UnpricedUsage> Unpriced, IReadOnlyList<UnpricedUsage> Incomplete);

/// <summary>The price book over HTTP, for reading. <see cref="PublishEndpoints"/> changes it.</summary>
internal static class RateEndpoints
{
    public static void MapRates(this IEndpointRouteBuilder api)
    {
        api.MapGet("/rates", ListAsync).RequireAuthorization(Policies.Read).WithName("GetRates").AsFile<Page<Rate>>("rates", RateSheets.Of);
        api.MapGet("/discounts", ListDiscountsAsync).RequireAuthorization(Policies.Read).WithName("GetDiscounts").AsFile<Page<Discount>>("discounts", RateSheets.Of).WithMetadata(EarlierShape.BareList);
        api.MapGet("/aliases", ListAliasesAsync).RequireAuthorization(Policies.Read).WithName("GetAliases").AsFile<Page<Alias>>("aliases", RateSheets.Of).WithMetadata(EarlierShape.BareList);
        api.MapGet("/exchange-rates", ListExchangeRatesAsync).RequireAuthorization(Policies.Read).WithName("GetExchangeRates").AsFile<Page<ExchangeRate>>("exchange-rates", RateSheets.Of)
            .WithMetadata(EarlierShape.BareList);
        api.MapGet("/unpriced", ListUnpricedAsync).RequireAuthorization(Policies.Read).WithName("GetUnpriced").AsFile<UnpricedResponse>("unpriced", RateSheets.Of);
        api.MapGet("/reported-costs", ListReportedAsync).RequireAuthorization(Policies.Read).WithName("GetReportedCosts").AsFile<ReportedCostsResponse>("reported-costs", RateSheets.Of)
            .WithMetadata(new EarlierShape((answer, _) => answer["rows"]!.DeepClone()));
    }

    /// <summary>List prices, by SKU, meter and day, the newest day first. Those that were superseded or withdrawn, too.</summary>
    internal static async Task<IResult> ListAsync(
        string? sku, [AsParameters] PageAsked page, PriceBook book, UnpricedQuery unpriced, CancellationToken cancellationToken)
    {
        var rates = await book.ListAsync(sku, cancellationToken);
        return EarlierShapes.AreAskedFor(page.Context)
            ? TypedResults.Ok(await EarlierAsync(rates, sku, unpriced, cancellationToken))
            : Listed(page, rates, rate => string.Create(CultureInfo.InvariantCulture, $"{rate.Publication.Id} {rate.Meter} {rate.AboveTokens}"));
    }

    private static IResult Listed<T>(PageAsked page, IReadOnlyList<T> items, Func<T, string> key)
    {
        var check = new FieldCheck();
        var listed = page.Of(check, items, key);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(listed);
    }

    /// <summary>List discounts, by SKU, the latest first.</summary>
    internal static async Task<IResult> ListDiscountsAsync([AsParameters] PageAsked page, PriceBook book, CancellationToken cancellationToken) =>
        Listed(page, await book.ListDiscountsAsync(cancellationToken), discount => discount.Publication.Id.ToString());

    /// <summary>List aliases in the order in which they are tried. Those withdrawn come last.</summary>
    internal static async Task<IResult> ListAliasesAsync([AsParameters] PageAsked page, PriceBook book, CancellationToken cancellationToken) =>
        Listed(page, await book.ListAliasesAsync(cancellationToken), alias => alias.Publication.Id.ToString());

    /// <summary>List exchange rates, by currency, the newest day first.</summary>
    internal static async Task<IResult> ListExchangeRatesAsync([AsParameters] PageAsked page, PriceBook book, CancellationToken cancellationToken) =>
        Listed(page, await book.ListExchangeRatesAsync(cancellationToken), rate => string.Create(CultureInfo.InvariantCulture, $"{rate.Publication.Id} {rate.EffectiveFrom:yyyy-MM-dd}"));

    private static async Task<RatesResponse> EarlierAsync(IReadOnlyList<Rate> rates, string? sku, UnpricedQuery unpriced, CancellationToken cancellationToken) => new(
        rates,
        [.. (await unpriced.ListAsync(null, null, null, cancellationToken)).Where(usage => sku is null || usage.Sku == sku)],
        [.. (await unpriced.ListIncompleteAsync(null, null, null, cancellationToken)).Where(usage => sku is null || usage.Sku == sku)]);

    /// <summary>List what is in no amount. Quantities without a rate or with an incomplete price, and amounts without an exchange rate, with the events behind.</summary>
    internal static async Task<IResult> ListUnpricedAsync(
        string? from, string? to, string? knownOn, UnpricedQuery query, KnownOn days, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var (first, last) = MonthSpan.ReadOptional(check, from, to, BillingPeriod.Of(days.Today));
        var known = await days.ReadAsync(check, knownOn, cancellationToken);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(await UnpricedResponse.ReadAsync(query, first, last, known, cancellationToken));
    }

    /// <summary>Compare what providers report with what the price book says.</summary>
    internal static async Task<IResult> ListReportedAsync(
        string? from, string? to, string? knownOn, ReportedCostQuery query, KnownOn days, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var (first, last) = MonthSpan.Read(check, from, to, BillingPeriod.Of(days.Today));
        var known = await days.ReadAsync(check, knownOn, cancellationToken);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(new ReportedCostsResponse(
            first.ToString(), last.ToString(), known, settings.ReportingCurrency, await query.ListAsync(first, last, known, cancellationToken)));
    }
}
