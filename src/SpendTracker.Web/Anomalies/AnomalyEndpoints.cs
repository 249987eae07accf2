using System.Globalization;
using SpendTracker.Alerts;
using SpendTracker.Anomalies;
using SpendTracker.Web.Access;
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
        long place = 0;
        var check = new FieldCheck();
        check.That("state", state is null or "open" or "all", "Must be open or all.");
        check.That("before", before is null || long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out place), "Must be the next of a page before.");
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var page = await book.ListAsync(new AnomalyFilter(state != "all", workload, before is null ? null : place), cancellationToken);
        return TypedResults.Ok(new AnomaliesResponse(page, page.Count == AnomalyBook.MostListed ? page[^1].SeqId : null));
    }

    private static async Task<IResult> GetAsync(Guid id, AnomalyBook book, AlertQuery alerts, CancellationToken cancellationToken) =>
        await book.FindAsync(id, cancellationToken) is { } anomaly
            ? TypedResults.Ok(new AnomalyResponse(anomaly, await alerts.MessagesAsync(id, cancellationToken)))
            : TypedResults.Problem("There is no such anomaly.", statusCode: StatusCodes.Status404NotFound);
}
