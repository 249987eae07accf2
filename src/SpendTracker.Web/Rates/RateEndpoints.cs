using System.Security.Claims;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Web.Rates;

/// <summary>The price book, and what it lacks.</summary>
internal sealed record RatesResponse(IReadOnlyList<Rate> Rates, IReadOnlyList<UnpricedUsage> Unpriced);

/// <summary>The price book over HTTP.</summary>
internal static class RateEndpoints
{
    public static void MapRates(this IEndpointRouteBuilder api)
    {
        api.MapGet("/rates", ListAsync).RequireAuthorization(Policies.Read).WithName("GetRates");
        api.MapPost("/rates", PublishAsync).RequireAuthorization(Policies.Publish).WithName("PublishRate");
    }

    private static async Task<RatesResponse> ListAsync(string? sku, PriceBook book, UnpricedQuery unpriced, CancellationToken cancellationToken) => new(
        await book.ListAsync(sku, cancellationToken),
        [.. (await unpriced.ListAsync(null, null, cancellationToken)).Where(usage => sku is null || usage.Sku == sku)]);

    private static async Task<IResult> PublishAsync(
        HttpRequest request, ClaimsPrincipal caller, PriceBook book, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var (rate, problem) = await Problems.ReadAsync(request, ContractsJson.Default.RatePublished, cancellationToken);
        if (rate is null)
        {
            return problem!;
        }

        if (PriceBookRules.Check(rate, settings.ReportingCurrency) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        await book.PublishAsync(rate, new Recorder(caller.FindFirstValue(ApiClaims.RecordedBy)!), cancellationToken);
        return TypedResults.Json(rate, ContractsJson.Default.RatePublished);
    }
}
