using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Alerts;

/// <param name="Note">Anything a reader should know; at most 1,000 characters.</param>
internal sealed record AcknowledgeRequest(string? Note = null);

/// <param name="Next">What to give as <c>before</c> for the next page; null where this is the last.</param>
internal sealed record AlertsResponse(IReadOnlyList<Alert> Alerts, long? Next);

/// <param name="Deliveries">Its messages, also those to come.</param>
internal sealed record AlertResponse(Alert Alert, IReadOnlyList<AlertMessage> Deliveries);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AcknowledgeRequest))]
internal sealed partial class AlertJson : JsonSerializerContext;

/// <summary>Alerts over HTTP: reading needs the scope <c>read</c>, acknowledging <c>budget</c>.</summary>
internal static class AlertEndpoints
{
    public static void MapAlertEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/alerts", ListAsync).RequireAuthorization(Policies.Read).WithName("GetAlerts");
        api.MapGet("/alerts/{id:guid}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetAlert");
        api.MapPost("/alerts/{id:guid}/acknowledge", AcknowledgeAsync).RequireAuthorization(Policies.Acknowledge).WithName("AcknowledgeAlert");
    }

    private static async Task<IResult> ListAsync(string? state, string? budget, string? plan, string? before, AlertQuery alerts, CancellationToken cancellationToken)
    {
        if (Check(state, before, out var place) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        var page = await alerts.ListAsync(new AlertFilter(state != "all", budget, place, plan), cancellationToken);
        return TypedResults.Ok(new AlertsResponse(page, page.Count == AlertQuery.MostListed ? page[^1].SeqId : null));
    }

    /// <summary>What a list of alerts is asked by, whatever they are of.</summary>
    /// <param name="place">Where the page before ended; null for the first page.</param>
    internal static IReadOnlyList<FieldReason> Check(string? state, string? before, out long? place)
    {
        place = long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : null;
        var check = new FieldCheck();
        check.That("state", state is null or "open" or "all", "Must be open or all.");
        check.That("before", before is null || place is not null, "Must be the next of a page before.");
        return check.Reasons;
    }

    private static async Task<IResult> GetAsync(Guid id, AlertQuery alerts, CancellationToken cancellationToken) => await alerts.FindAsync(id, cancellationToken) is { } alert
        ? TypedResults.Ok(new AlertResponse(alert, await alerts.MessagesAsync(id, cancellationToken)))
        : None();

    /// <summary>200 with the acknowledgement that counts: the first one, whoever gave it.</summary>
    private static async Task<IResult> AcknowledgeAsync(
        Guid id, HttpRequest request, ClaimsPrincipal caller, Acknowledgements acknowledgements, CancellationToken cancellationToken)
    {
        var (acknowledge, problem) = await Problems.ReadAsync(request, AlertJson.Default.AcknowledgeRequest, cancellationToken);
        if (acknowledge is null)
        {
            return problem!;
        }

        if (Acknowledgements.Check(acknowledge.Note) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        return await acknowledgements.AcknowledgeAsync(id, acknowledge.Note, ApiClaims.RecorderOf(caller), cancellationToken) is { } counts
            ? TypedResults.Ok(counts)
            : None();
    }

    private static ProblemHttpResult None() => TypedResults.Problem("There is no such alert.", statusCode: StatusCodes.Status404NotFound);
}
