using System.Text.Json.Serialization;
using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Log;
using SpendTracker.Web.Access;
using SpendTracker.Web.Events;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.SetAside;

/// <summary>Which events to try again; all where neither is given.</summary>
internal sealed record RetryRequest(string? Projection = null, long? SeqId = null);

/// <param name="Total">How many are set aside; the list ends at <see cref="SetAsideEvents.MostListed"/>.</param>
internal sealed record SetAsideResponse(long Total, IReadOnlyList<SetAsideEvent> Events);

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
        api.MapGet("/set-aside", ListAsync).RequireAuthorization(Policies.Read).WithName("GetSetAside");
        api.MapPost("/set-aside/retry", RetryAsync).RequireAuthorization(Policies.Retry).WithName("RetrySetAside");
    }

    private static async Task<SetAsideResponse> ListAsync(SetAsideEvents setAside, CancellationToken cancellationToken) =>
        new((await setAside.CountAsync(cancellationToken)).Values.Sum(), await setAside.ListAsync(cancellationToken));

    private static async Task<IResult> RetryAsync(
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
