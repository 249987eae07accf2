using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Anomalies;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Anomalies;

/// <param name="Note">Anything a reader should know; at most 1,000 characters.</param>
internal sealed record AcknowledgeAnomalyRequest(string? Note = null);

/// <param name="Next">What to give as <c>before</c> for the next page; null where this is the last.</param>
internal sealed record AnomaliesResponse(IReadOnlyList<Anomaly> Anomalies, long? Next);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AcknowledgeAnomalyRequest))]
internal sealed partial class AnomalyJson : JsonSerializerContext;

/// <summary>Unusual days over HTTP: reading needs the scope <c>read</c>, acknowledging <c>budget</c>, as for alerts.</summary>
internal static class AnomalyEndpoints
{
    public static void MapAnomalies(this IEndpointRouteBuilder api)
    {
        api.MapGet("/anomalies", ListAsync).RequireAuthorization(Policies.Read).WithName("GetAnomalies");
        api.MapGet("/anomalies/{id:guid}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetAnomaly");
        api.MapPost("/anomalies/{id:guid}/acknowledge", AcknowledgeAsync).RequireAuthorization(Policies.Budget).WithName("AcknowledgeAnomaly");
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

    private static async Task<IResult> GetAsync(Guid id, AnomalyBook book, CancellationToken cancellationToken) =>
        await book.FindAsync(id, cancellationToken) is { } anomaly ? TypedResults.Ok(anomaly) : None();

    /// <summary>200 with the anomaly as it is then: the first acknowledgement counts, whoever gave it.</summary>
    private static async Task<IResult> AcknowledgeAsync(
        Guid id, HttpRequest request, ClaimsPrincipal caller, AnomalyBook book, CancellationToken cancellationToken)
    {
        var (acknowledge, problem) = await Problems.ReadAsync(request, AnomalyJson.Default.AcknowledgeAnomalyRequest, cancellationToken);
        if (acknowledge is null)
        {
            return problem!;
        }

        if (AnomalyBook.Check(acknowledge.Note) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        return await book.AcknowledgeAsync(id, acknowledge.Note, ApiClaims.RecorderOf(caller), cancellationToken) is { } anomaly ? TypedResults.Ok(anomaly) : None();
    }

    private static ProblemHttpResult None() => TypedResults.Problem("There is no such anomaly.", statusCode: StatusCodes.Status404NotFound);
}
