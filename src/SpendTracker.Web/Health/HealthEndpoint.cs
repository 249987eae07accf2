using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Log;
using SpendTracker.Web.Access;

namespace SpendTracker.Web.Health;

/// <summary>The figures of the page Health over HTTP. For "is it alive" there are <c>/health/live</c> and <c>/health/ready</c>, which need no key.</summary>
internal static class HealthEndpoint
{
    public static void MapHealth(this IEndpointRouteBuilder api) =>
        api.MapGet("/health", GetAsync).RequireAuthorization(Policies.Read).WithName("GetHealth").Produces<HealthResponse>();

    /// <summary>Tell how the host and its database are. Rate, lag and times are of the host that answers; what the database says is up to half a minute old.</summary>
    internal static async Task<IResult> GetAsync(ClaimsPrincipal caller, HealthService health, IAuthorizationService authorization, CancellationToken cancellationToken) =>
        TypedResults.Ok(await health.ReadAsync((await authorization.AuthorizeAsync(caller, null, Policies.Channel)).Succeeded, cancellationToken));
}
