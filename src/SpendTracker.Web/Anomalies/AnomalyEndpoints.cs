using System.Security.Claims;
using SpendTracker.Alerts;
using SpendTracker.Anomalies;
using SpendTracker.Web.Access;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Anomalies;

/// <param name="Next">What to give as <c>before</c> for the next page; null where this is the last.</param>
internal sealed record AnomaliesResponse(IReadOnlyList<Anomaly> Anomalies, long? Next);

/// <param name="Deliveries">What was sent of it, also what is to come.</param>
internal sealed record AnomalyResponse(Anomaly Anomaly, IReadOnlyList<AlertMessage> Deliveries);

/// <summary>Unusual days over HTTP: reading needs the scope <c>read</c>. They are acknowledged as alerts are.</summary>
internal static class AnomalyEndpoints
{
    public static void MapAnomalies(this IEndpointRouteBuilder api)
    {
        api.MapGet("/anomalies", ListAsync).RequireAuthorization(Policies.Read).WithName("GetAnomalies");
        api.MapGet("/anomalies/{id:guid}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetAnomaly");
    }

    private static async Task<IResult> ListAsync(string? state, string? workload, string? before, AnomalyBook book, CancellationToken cancellationToken)
    {
        if (AlertEndpoints.Check(state, before, out var place) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        var page = await book.ListAsync(new AnomalyFilter(state != "all", workload, place), cancellationToken);
        return TypedResults.Ok(new AnomaliesResponse(page, page.Count == AnomalyBook.MostListed ? page[^1].SeqId : null));
    }

    private static async Task<IResult> GetAsync(Guid id, ClaimsPrincipal caller, AnomalyBook book, AlertQuery alerts, CancellationToken cancellationToken) =>
        await book.FindAsync(id, cancellationToken) is not { } anomaly ? TypedResults.Problem("There is no such anomaly.", statusCode: StatusCodes.Status404NotFound)
            : ApiClaims.Covers(caller, anomaly.Detected.Workload) ? TypedResults.Ok(new AnomalyResponse(anomaly, await alerts.MessagesAsync(id, cancellationToken)))
            : ApiClaims.NotOfThisKey;
}
