using System.Security.Claims;
using SpendTracker.Alerts;
using SpendTracker.Anomalies;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Anomalies;

/// <summary>Unusual days over HTTP: reading needs the scope <c>read</c>. They are acknowledged as alerts are.</summary>
internal static class AnomalyEndpoints
{
    public static void MapAnomalies(this IEndpointRouteBuilder api)
    {
        api.MapGet("/anomalies", ListAsync).RequireAuthorization(Policies.Read).WithName("GetAnomalies").Produces<Page<Anomaly>>()
            .WithMetadata(AlertEndpoints.EarlierPages("anomalies"));
        api.MapGet("/anomalies/{id:guid}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetAnomaly").Produces<AnomalyResponse>().ProducesProblem(404);
    }

    /// <summary>List unusual days, those found last first.</summary>
    internal static async Task<IResult> ListAsync(string? state, string? workload, [AsParameters] PageAsked page, AnomalyBook book, CancellationToken cancellationToken)
    {
        var (reasons, limit, before) = AlertEndpoints.Check(state, page);
        return reasons.Count > 0
            ? Problems.Of(reasons)
            : TypedResults.Ok(PageAsked.OfOneMore(
                await book.ListAsync(new AnomalyFilter(state != "all", workload, before, limit + 1), cancellationToken), limit, anomaly => anomaly.SeqId));
    }

    /// <summary>Read an unusual day, and its messages.</summary>
    internal static async Task<IResult> GetAsync(Guid id, ClaimsPrincipal caller, AnomalyBook book, AlertQuery alerts, CancellationToken cancellationToken) =>
        await book.FindAsync(id, cancellationToken) is not { } anomaly || !ApiClaims.Covers(caller, anomaly.Detected.Workload)
            ? TypedResults.Problem("There is no such anomaly.", statusCode: StatusCodes.Status404NotFound)
            : TypedResults.Ok(new AnomalyResponse(anomaly, await alerts.MessagesAsync(id, cancellationToken)));
}
