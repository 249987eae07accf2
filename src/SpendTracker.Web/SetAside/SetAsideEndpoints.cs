using System.Text.Json.Serialization;
using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Log;
using SpendTracker.Web.Access;
using SpendTracker.Web.Events;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.SetAside;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RetryRequest))]
internal sealed partial class SetAsideJson : JsonSerializerContext;

/// <summary>What was set aside, over HTTP.</summary>
internal static class SetAsideEndpoints
{
    /// <summary>A request must end; what is left is told, and can be asked for again.</summary>
    public const int MostTried = 1_000;

    public static void MapSetAside(this IEndpointRouteBuilder api)
    {
        api.MapGet("/set-aside", ListAsync).RequireAuthorization(Policies.Read).WithName("GetSetAside").Produces<SetAsideResponse>()
            .WithMetadata(EarlierShape.Items("events"));
        api.MapPost("/set-aside/retry", RetryAsync).RequireAuthorization(Policies.Retry).WithName("RetrySetAside").Takes<RetryRequest>().Produces<RetryResult>();
    }

    /// <summary>List events that a read model could not take, the latest first.</summary>
    internal static async Task<IResult> ListAsync([AsParameters] PageAsked page, SetAsideEvents setAside, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var (limit, after) = page.Read(check);
        var place = default(SetAsidePlace);
        check.That("cursor", after is null || SetAsidePlace.TryParse(after, out place), PageAsked.NoCursor);
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var listed = await setAside.ListAsync(limit, after is null ? null : place, cancellationToken);
        return TypedResults.Ok(new SetAsideResponse(listed.Total, listed.Items, listed.Next is { } next ? PageAsked.Seal($"{next}") : null));
    }

    /// <summary>Try again what was set aside. At most 1,000 events a call.</summary>
    internal static async Task<IResult> RetryAsync(
        HttpRequest request, ActivityLog log, SetAsideEvents setAside, SpendDatabase database, DaemonService daemon, CancellationToken cancellationToken)
    {
        var (retry, problem) = await Problems.ReadAsync(request, SetAsideJson.Default.RetryRequest, cancellationToken);
        if (retry is null)
        {
            return problem!;
        }

        string[] known = [.. database.Projections().Select(projection => projection.Name)];
        if (retry.Projection is { } name && !known.Contains(name))
        {
            return Problems.Of([new FieldReason("projection", $"Must be one of {string.Join(", ", known)}.")]);
        }

        var result = await setAside.RetryAsync(retry.Projection, retry.SeqId, MostTried, cancellationToken);
        await log.RetriedAsync(result, retry.Projection, retry.SeqId, ApiClaims.RecorderOf(request.HttpContext.User), cancellationToken);
        await daemon.CountSetAsideAsync(cancellationToken);
        return TypedResults.Ok(result);
    }
}
