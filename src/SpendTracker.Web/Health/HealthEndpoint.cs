using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using SpendTracker.Alerts;
using SpendTracker.Log;
using SpendTracker.Web.Access;

namespace SpendTracker.Web.Health;

/// <summary>How the host and its database are.</summary>
/// <param name="EventsPerSecond">That this host appended, over the last five minutes; null in its first half minute.</param>
/// <param name="LagSeconds">How long the projections have not all been caught up; 0 if they are.</param>
/// <param name="AppendP99Seconds">Of this host's append transactions of the last five minutes, in the half minute in which it was worst; null if there were none.</param>
/// <param name="Position">The place in the log up to which it is whole.</param>
/// <param name="Projections">How far each is, by name.</param>
/// <param name="Replays">Rebuilds and verifications that go on.</param>
/// <param name="Programs">Hosts and commands that are connected to the database, the oldest first, each with the locks that it had at that moment.</param>
/// <param name="DatabaseBytes">Of the whole database.</param>
/// <param name="GrownBytes">Since <paramref name="GrownSince"/>; null while there is nothing to compare with.</param>
/// <param name="GrownSince">When the size was first seen: within the last day, and since this host started.</param>
/// <param name="Tables">The largest first.</param>
/// <param name="Channels">How channels failed last; null for a caller who may not see channels.</param>
/// <param name="LastHour">What this host measured, in steps of half a minute, the oldest first.</param>
internal sealed record HealthResponse(
    DateTimeOffset At, double? EventsPerSecond, double LagSeconds, double? AppendP99Seconds, long Position, IReadOnlyList<ProjectionHealth> Projections,
    IReadOnlyList<RunningReplay> Replays, IReadOnlyList<ConnectedProgram> Programs, long DatabaseBytes, long? GrownBytes, DateTimeOffset GrownSince,
    IReadOnlyList<TableHealth> Tables, IReadOnlyList<ChannelFailure>? Channels, IReadOnlyList<HostMeasure> LastHour);

/// <param name="Projection">Its name.</param>
/// <param name="Position">How far it is.</param>
/// <param name="Behind">Places of the log that it has not come to yet.</param>
/// <param name="SetAside">Events that it could not apply.</param>
internal sealed record ProjectionHealth(string Projection, long Position, long Behind, long SetAside);

/// <param name="Table">Its name.</param>
/// <param name="Bytes">On disk, its indexes included.</param>
/// <param name="Rows">As PostgreSQL estimates them; null if it never has.</param>
/// <param name="GrownBytes">As of the database.</param>
internal sealed record TableHealth(string Table, long Bytes, long? Rows, long? GrownBytes);

/// <summary>The figures of the page Health over HTTP. For "is it alive" there are <c>/health/live</c> and <c>/health/ready</c>, which need no key.</summary>
internal static class HealthEndpoint
{
    public static void MapHealth(this IEndpointRouteBuilder api) =>
        api.MapGet("/health", GetAsync).RequireAuthorization(Policies.Read).WithName("GetHealth").Produces<HealthResponse>();

    /// <summary>Tell how the host and its database are. Rate, lag and times are of the host that answers; what the database says is up to half a minute old.</summary>
    internal static async Task<IResult> GetAsync(ClaimsPrincipal caller, HealthService health, IAuthorizationService authorization, CancellationToken cancellationToken) =>
        TypedResults.Ok(await health.ReadAsync((await authorization.AuthorizeAsync(caller, null, Policies.Channel)).Succeeded, cancellationToken));
}
