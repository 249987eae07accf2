using System.Security.Claims;
using SpendTracker.Contracts;
using SpendTracker.Estimates;
using SpendTracker.Events;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Web.Estimates;

/// <summary>Estimates over HTTP.</summary>
internal static class EstimateEndpoints
{
    public static void MapEstimates(this IEndpointRouteBuilder api)
    {
        api.MapGet("/estimates", ListAsync).RequireAuthorization(Policies.Read).WithName("GetEstimates");
        api.MapPost("/estimates", SubmitAsync).RequireAuthorization(Policies.Publish).WithName("SubmitEstimate");
    }

    /// <summary>The lines that count, month by month; of the current month unless asked for others.</summary>
    private static async Task<IResult> ListAsync(
        string? from, string? to, string? workload, EstimateBook book, OrganisationSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var first = BillingPeriod.Of(clock.GetUtcNow(), settings.ReportingTimeZone);
        var last = first;
        var check = new FieldCheck();
        check.That("from", from is null || BillingPeriod.TryParse(from, out first), "Must be a month like 2026-01.");
        check.That("to", to is null || BillingPeriod.TryParse(to, out last), "Must be a month like 2026-12.");
        return check.Reasons.Count > 0
            ? Problems.Of(check.Reasons)
            : TypedResults.Ok(await book.ListAsync(first, last < first ? first : last, workload, cancellationToken));
    }

    private static async Task<IResult> SubmitAsync(
        HttpRequest request, ClaimsPrincipal caller, EstimateBook book, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var (estimate, problem) = await Problems.ReadAsync(request, ContractsJson.Default.EstimateSubmitted, cancellationToken);
        if (estimate is null)
        {
            return problem!;
        }

        if (EstimateBook.Check(estimate, settings.ReportingCurrency) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        var submitted = await book.SubmitAsync(estimate, ApiClaims.RecorderOf(caller), cancellationToken);
        return TypedResults.Json(submitted, ContractsJson.Default.EstimateSubmitted);
    }
}
