using System.Security.Claims;
using SpendTracker.Contracts;
using SpendTracker.Estimates;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Estimates;

/// <summary>Estimates over HTTP.</summary>
internal static class EstimateEndpoints
{
    public static void MapEstimates(this IEndpointRouteBuilder api)
    {
        api.MapGet("/estimates", ListAsync).RequireAuthorization(Policies.Read).WithName("GetEstimates");
        api.MapPost("/estimates", SubmitAsync).RequireAuthorization(Policies.Estimate).WithName("SubmitEstimate");
    }

    /// <summary>The lines that count, month by month; of the current month unless asked for others.</summary>
    private static async Task<IResult> ListAsync(
        string? from, string? to, string? workload, string? knownOn, EstimateBook book, KnownOn days, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var (first, last) = MonthSpan.Read(check, from, to, BillingPeriod.Of(days.Today));
        var known = await days.ReadAsync(check, knownOn, cancellationToken);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(await book.ListAsync(first, last, workload, known, cancellationToken));
    }

    private static async Task<IResult> SubmitAsync(
        HttpRequest request, ClaimsPrincipal caller, EstimateBook book, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var (estimate, problem) = await Problems.ReadAsync(request, ContractsJson.Default.EstimateSubmitted, cancellationToken);
        if (estimate is null)
        {
            return problem!;
        }

        estimate = EstimateBook.AsRecorded(estimate);
        if (EstimateBook.Check(estimate, settings.ReportingCurrency) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        if (!ApiClaims.Covers(caller, estimate.Workload))
        {
            return ApiClaims.NotOfThisKey;
        }

        var submitted = await book.SubmitAsync(estimate, ApiClaims.RecorderOf(caller), cancellationToken);
        return TypedResults.Json(submitted, ContractsJson.Default.EstimateSubmitted);
    }
}
