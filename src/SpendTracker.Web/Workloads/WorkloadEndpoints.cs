using System.Security.Claims;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Workloads;

/// <summary>The registry over HTTP.</summary>
internal static class WorkloadEndpoints
{
    private const string NoSuch = "There is no such workload.";

    public static void MapWorkloads(this IEndpointRouteBuilder api)
    {
        api.MapGet("/workloads", ListAsync).RequireAuthorization(Policies.Read).WithName("GetWorkloads").Produces<Page<Workload>>().WithMetadata(EarlierShape.BareList);
        api.MapGet("/workloads/{id}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetWorkload").Produces<WorkloadResponse>().ProducesProblem(404);
        api.MapPut("/workloads/{id}", SetAsync).RequireAuthorization(Policies.Workload).WithName("SetWorkload")
            .Takes<WorkloadRequest>().Produces<WorkloadResponse>().Produces<WorkloadResponse>(201).ProducesProblem(412);
        api.MapPost("/workloads", RegisterAsync).RequireAuthorization(Policies.Workload).WithName("RegisterWorkload")
            .Takes<WorkloadRegistered>().Produces<WorkloadRegistered>().IsSuperseded("/api/v1/workloads");
    }

    /// <summary>List registered workloads, by id.</summary>
    internal static async Task<IResult> ListAsync([AsParameters] PageAsked page, ClaimsPrincipal caller, WorkloadRegistry registry, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var listed = page.Of(check, [.. (await registry.ListAsync(cancellationToken)).Where(workload => ApiClaims.Covers(caller, workload.Id))], workload => workload.Id);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(listed);
    }

    /// <summary>Read what is registered of a workload. Its version is the ETag.</summary>
    internal static async Task<IResult> GetAsync(string id, ClaimsPrincipal caller, HttpResponse response, WorkloadRegistry registry, CancellationToken cancellationToken)
    {
        if (!ApiClaims.Covers(caller, id))
        {
            return ApiClaims.NotOfThisKey;
        }

        if (await registry.FindAsync(id, cancellationToken) is not { } workload)
        {
            return TypedResults.Problem(NoSuch, statusCode: StatusCodes.Status404NotFound);
        }

        response.GetTypedHeaders().ETag = ExpectedVersion.TagOf(workload.Version);
        return TypedResults.Ok(WorkloadResponse.Of(workload.Details, workload.Version));
    }

    /// <summary>Register a workload, or change its details. The same details again change nothing.</summary>
    internal static async Task<IResult> SetAsync(
        string id, HttpRequest request, HttpResponse response, ClaimsPrincipal caller, WorkloadRegistry registry, CancellationToken cancellationToken)
    {
        var (sent, problem) = await Problems.ReadAsync(request, ContractsJson.Default.WorkloadRequest, cancellationToken);
        if (sent is null)
        {
            return problem!;
        }

        id = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase); // An encoded slash comes as it was sent, all else decoded.
        var check = new FieldCheck();
        check.That("workload", sent.Workload is null || sent.Workload == id, "Must be that of the path, or left out.");
        var expected = ExpectedVersion.Read(check, request, version: null);
        var workload = new WorkloadRegistered(id, sent.Name, sent.Team, sent.Approach, sent.CostCentre, sent.Environment, sent.Tags);
        check.Add(WorkloadRegistry.Check(workload));
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        if (!ApiClaims.Covers(caller, id))
        {
            return ApiClaims.NotOfThisKey;
        }

        if (await registry.RegisterAsync(workload, expected, ApiClaims.RecorderOf(caller), cancellationToken) is not { } now)
        {
            return TypedResults.Problem("The workload has another version than was expected. Nothing was stored.", statusCode: StatusCodes.Status412PreconditionFailed);
        }

        response.GetTypedHeaders().ETag = ExpectedVersion.TagOf(now.Version);
        var answer = WorkloadResponse.Of(workload, now.Version);
        return now.IsNew ? TypedResults.Created($"/api/v1/workloads/{Uri.EscapeDataString(id)}", answer) : TypedResults.Ok(answer);
    }

    /// <summary>Register a workload, or change its details. Use PUT instead.</summary>
    internal static async Task<IResult> RegisterAsync(HttpRequest request, ClaimsPrincipal caller, WorkloadRegistry registry, CancellationToken cancellationToken)
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

        if (!ApiClaims.Covers(caller, workload.Workload))
        {
            return ApiClaims.NotOfThisKey;
        }

        await registry.RegisterAsync(workload, ApiClaims.RecorderOf(caller), cancellationToken);
        return TypedResults.Json(workload, ContractsJson.Default.WorkloadRegistered);
    }
}
