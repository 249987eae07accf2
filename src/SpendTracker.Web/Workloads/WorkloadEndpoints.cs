using System.Security.Claims;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Workloads;

/// <summary>The registry over HTTP.</summary>
internal static class WorkloadEndpoints
{
    public static void MapWorkloads(this IEndpointRouteBuilder api)
    {
        api.MapGet("/workloads", ListAsync).RequireAuthorization(Policies.Read).WithName("GetWorkloads");
        api.MapPost("/workloads", RegisterAsync).RequireAuthorization(Policies.Workload).WithName("RegisterWorkload");
    }

    private static Task<IReadOnlyList<Workload>> ListAsync(WorkloadRegistry registry, CancellationToken cancellationToken) =>
        registry.ListAsync(cancellationToken);

    /// <summary>Registers a workload, or changes its details. The same details again change nothing.</summary>
    private static async Task<IResult> RegisterAsync(HttpRequest request, ClaimsPrincipal caller, WorkloadRegistry registry, CancellationToken cancellationToken)
    {
        var (workload, problem) = await Problems.ReadAsync(request, ContractsJson.Default.WorkloadRegistered, cancellationToken);
        if (workload is null)
        {
            return problem!;
        }

        if (WorkloadRegistry.Check(workload) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        await registry.RegisterAsync(workload, ApiClaims.RecorderOf(caller), cancellationToken);
        return TypedResults.Json(workload, ContractsJson.Default.WorkloadRegistered);
    }
}
