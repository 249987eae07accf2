using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Alerts;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AcknowledgeRequest))]
internal sealed partial class AlertJson : JsonSerializerContext;

/// <summary>Alerts over HTTP: reading needs the scope <c>read</c>, acknowledging <c>budget</c>.</summary>
internal static class AlertEndpoints
{
    public static void MapAlertEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/alerts", ListAsync).RequireAuthorization(Policies.Read).WithName("GetAlerts").AsFile<Page<Alert>>("alerts", AlertSheet.Of)
            .WithMetadata(EarlierPages("alerts"));
        api.MapGet("/alerts/{id:guid}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetAlert").Produces<AlertResponse>().ProducesProblem(404);
        api.MapPost("/alerts/{id:guid}/acknowledge", AcknowledgeAsync).RequireAuthorization(Policies.Acknowledge).WithName("AcknowledgeAlert")
            .Takes<AcknowledgeRequest>().Produces<Acknowledgement>().ProducesProblem(404);
    }

    /// <summary>List alerts of budgets and plans, the latest first.</summary>
    internal static async Task<IResult> ListAsync(
        string? state, string? budget, string? plan, [AsParameters] PageAsked page, AlertQuery alerts, CancellationToken cancellationToken)
    {
        var (reasons, limit, before) = Check(state, page);
        return reasons.Count > 0
            ? Problems.Of(reasons)
            : TypedResults.Ok(PageAsked.OfOneMore(await alerts.ListAsync(new AlertFilter(state != "all", budget, before, plan, limit + 1), cancellationToken), limit, alert => alert.SeqId));
    }

    /// <summary>What a list of alerts is asked by, whatever they are of.</summary>
    /// <returns>What is wrong; how many at most; and where the page before ended, null for the first page.</returns>
    internal static (IReadOnlyList<FieldReason> Reasons, int Limit, long? Before) Check(string? state, PageAsked page)
    {
        var check = new FieldCheck();
        check.That("state", state is null or "open" or "all", "Must be open or all.");
        var (limit, after) = page.Read(check);
        var known = long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var place);
        check.That("cursor", after is null || known, PageAsked.NoCursor);
        return (check.Reasons, Math.Min(limit, PageAsked.MostLimit), known ? place : null);
    }

    /// <summary>Pages of 100 under another name, that went on <c>before</c> a place.</summary>
    internal static EarlierShape EarlierPages(string name) => new(
        (page, _) =>
        {
            EarlierShape.Rename(page.AsObject(), "items", name);
            if (page["next"] is { } next && PageAsked.TryOpen(next.GetValue<string>(), out var place))
            {
                page["next"] = long.Parse(place!, CultureInfo.InvariantCulture);
            }

            return page;
        },
        request => request.QueryString = request.QueryString.Add("limit", PageAsked.UsualLimit.ToString(CultureInfo.InvariantCulture))
            + (request.Query["before"].ToString() is { Length: > 0 } before ? QueryString.Create("cursor", PageAsked.Seal(before)) : default));

    /// <summary>Read an alert, and its messages. Also those to come.</summary>
    internal static async Task<IResult> GetAsync(Guid id, AlertQuery alerts, CancellationToken cancellationToken) => await alerts.FindAsync(id, cancellationToken) is { } alert
        ? TypedResults.Ok(new AlertResponse(alert, await alerts.MessagesAsync(id, cancellationToken)))
        : None();

    /// <summary>Acknowledge an alert, or an unusual day. Answers the acknowledgement that counts: the first one, whoever gave it.</summary>
    internal static async Task<IResult> AcknowledgeAsync(
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
