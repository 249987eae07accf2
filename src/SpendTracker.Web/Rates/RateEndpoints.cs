using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Rates;

/// <summary>Prices, and what lacks one.</summary>
internal sealed record RatesResponse(IReadOnlyList<Rate> Rates, IReadOnlyList<UnpricedUsage> Unpriced, IReadOnlyList<UnpricedUsage> Incomplete);

/// <summary>The price book over HTTP, for reading. <see cref="PublishEndpoints"/> changes it.</summary>
internal static class RateEndpoints
{
    public static void MapRates(this IEndpointRouteBuilder api)
    {
        api.MapGet("/rates", ListAsync).RequireAuthorization(Policies.Read).WithName("GetRates");
        api.MapGet("/discounts", (PriceBook book, CancellationToken cancellationToken) => book.ListDiscountsAsync(cancellationToken))
            .RequireAuthorization(Policies.Read).WithName("GetDiscounts");
        api.MapGet("/aliases", (PriceBook book, CancellationToken cancellationToken) => book.ListAliasesAsync(cancellationToken))
            .RequireAuthorization(Policies.Read).WithName("GetAliases");
        api.MapGet("/exchange-rates", (PriceBook book, CancellationToken cancellationToken) => book.ListExchangeRatesAsync(cancellationToken))
            .RequireAuthorization(Policies.Read).WithName("GetExchangeRates");
        api.MapGet("/unpriced", ListUnpricedAsync).RequireAuthorization(Policies.Read).WithName("GetUnpriced");
        api.MapGet("/reported-costs", ListReportedAsync).RequireAuthorization(Policies.Read).WithName("GetReportedCosts");
    }

    private static async Task<RatesResponse> ListAsync(string? sku, PriceBook book, UnpricedQuery unpriced, CancellationToken cancellationToken) => new(
        await book.ListAsync(sku, cancellationToken),
        [.. (await unpriced.ListAsync(null, null, null, cancellationToken)).Where(usage => sku is null || usage.Sku == sku)],
        [.. (await unpriced.ListIncompleteAsync(null, null, null, cancellationToken)).Where(usage => sku is null || usage.Sku == sku)]);

    private static async Task<IResult> ListUnpricedAsync(
        string? from, string? to, string? knownOn, UnpricedQuery query, KnownOn days, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var (first, last) = MonthSpan.ReadOptional(check, from, to, BillingPeriod.Of(days.Today));
        var known = await days.ReadAsync(check, knownOn, cancellationToken);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(await UnpricedResponse.ReadAsync(query, first, last, known, cancellationToken));
    }

    private static async Task<IResult> ListReportedAsync(
        string? from, string? to, string? knownOn, ReportedCostQuery query, KnownOn days, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var (first, last) = MonthSpan.Read(check, from, to, BillingPeriod.Of(days.Today));
        var known = await days.ReadAsync(check, knownOn, cancellationToken);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(await query.ListAsync(first, last, known, cancellationToken));
    }
}
