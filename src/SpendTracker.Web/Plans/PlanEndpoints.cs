using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Estimates;
using SpendTracker.Plans;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Plans;

/// <summary>
/// Plans over HTTP. A preview records nothing, so whoever may read costs may ask for it. Submitting and retiring a plan, and taking an
/// estimate from it, needs the scope <c>publish</c>, as estimates do.
/// </summary>
internal static class PlanEndpoints
{
    private const string NoSuch = "There is no such plan.";
    private const int MonthsIfNotGiven = 3;

    public static void MapPlans(this IEndpointRouteBuilder api)
    {
        api.MapGet("/plans/presets", Presets).RequireAuthorization(Policies.Read).WithName("GetPlanPresets").Produces<Page<PlanPreset>>().WithMetadata(EarlierShape.BareList);
        api.MapPost("/plans/preview", PreviewAsync).RequireAuthorization(Policies.Read).WithName("PreviewPlan").Takes<PlanRequest>().Produces<PlanResponse>();
        api.MapGet("/plans/from-actuals", FromActualsAsync).RequireAuthorization(Policies.Read).WithName("GetPlanFromActuals").WithMetadata(ExpensiveQuery.Always)
            .Produces<ActualPlanResponse>().ProducesProblem(404);
        api.MapGet("/plans", ListAsync).RequireAuthorization(Policies.Read).WithName("GetPlans").Produces<Page<PlanListResponse>>().WithMetadata(EarlierShape.BareList);
        api.MapGet("/plans/{id}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetPlan").Produces<PlanDetailsResponse>().ProducesProblem(404);
        api.MapPut("/plans/{id}", SubmitAsync).RequireAuthorization(Policies.Plan).WithName("SubmitPlan")
            .Takes<PlanSubmission>().Produces<PlanSubmitResponse>().Produces<PlanSubmitResponse>(201).ProducesProblem(409).ProducesProblem(412);
        api.MapDelete("/plans/{id}", RetireAsync).RequireAuthorization(Policies.Plan).WithName("RetirePlan").Produces(204).ProducesProblem(404)
            .AddEndpointFilter(ExpectedVersion.RefuseAsync);
        api.MapPost("/plans/{id}/estimate", EstimateAsync).RequireAuthorization(Policies.Estimate).WithName("EstimateFromPlan")
            .Takes<PlanEstimateRequest>().Produces<PlanEstimateResponse>(201).ProducesProblem(404).WithMetadata(new EarlierShape((answer, _) => answer));
    }

    /// <summary>List plans to begin with, from this month on. Change what differs, and preview them.</summary>
    internal static IResult Presets([AsParameters] PageAsked page, KnownOn days)
    {
        var check = new FieldCheck();
        var listed = page.Of(check, PlanPresets.All(BillingPeriod.Of(days.Today)), preset => preset.Id);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(listed);
    }

    /// <summary>Work out what options would cost. By month, and when the answer turns; nothing is recorded.</summary>
    internal static async Task<IResult> PreviewAsync(HttpRequest request, PlanBook book, CancellationToken cancellationToken)
    {
        var (sent, problem) = await Problems.ReadAsync(request, ContractsJson.Default.PlanRequest, cancellationToken);
        if (sent is null)
        {
            return problem!;
        }

        var (reasons, figures, currency, day) = await book.WorkOutAsync(PlanRules.AsPlanned(sent), cancellationToken);
        return figures is null ? Problems.Of(reasons) : TypedResults.Ok(new PlanResponse(currency, day, figures));
    }

    /// <summary>Fill a plan from a workload's last full months. 404 if the workload has none.</summary>
    internal static async Task<IResult> FromActualsAsync(string? workload, string? months, ActualPlanQuery query, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.Key("workload", workload);
        var count = MonthsIfNotGiven;
        check.That("months", months is null || (int.TryParse(months, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= ActualPlanQuery.MostMonths), $"Must be 1 to {ActualPlanQuery.MostMonths}.");
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        return await query.ReadAsync(workload!, count, cancellationToken) is { } actual
            ? TypedResults.Ok(ActualPlanResponse.Of(actual))
            : TypedResults.Problem($"The workload has no full month of requests among the last {count}.", statusCode: StatusCodes.Status404NotFound);
    }

    /// <summary>List plans that are followed, by id. Without their lines and months.</summary>
    internal static async Task<IResult> ListAsync([AsParameters] PageAsked page, PlanBook book, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var listed = page.Of(check, await book.ListAsync(cancellationToken), plan => plan.Submitted.Plan);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(new Page<PlanListResponse>([.. listed.Items.Select(PlanListResponse.Of)], listed.Next));
    }

    /// <summary>Read a plan as it was frozen. Its version is the ETag; also one that was retired, and an earlier version.</summary>
    internal static async Task<IResult> GetAsync(
        string id, string? version, HttpResponse response, PlanBook book, PlanWatching watching, AlertQuery alerts, CancellationToken cancellationToken)
    {
        int? wanted = null;
        if (version is not null)
        {
            if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return Problems.Of([new FieldReason("version", "Must be a version, like 3.")]);
            }

            wanted = number;
        }

        if (await book.HistoryAsync(id, cancellationToken) is not [var newest, ..] versions)
        {
            return TypedResults.Problem(NoSuch, statusCode: StatusCodes.Status404NotFound);
        }

        if (versions.FirstOrDefault(v => wanted is null || v.Version == wanted) is not { } shown)
        {
            return TypedResults.Problem($"The plan has versions 1 to {newest.Version}.", statusCode: StatusCodes.Status404NotFound);
        }

        var readings = shown == newest && newest.Retired is null ? await watching.ReadAsync(newest.Submitted, cancellationToken) : [];
        response.GetTypedHeaders().ETag = ExpectedVersion.TagOf(shown.Version);
        return TypedResults.Ok(new PlanDetailsResponse(
            id, shown.Version, shown.SubmittedAt, shown.SubmittedBy, shown.Retired, shown.Submitted.Assumptions, shown.Submitted.Currency, shown.Submitted.PricesOn, shown.Submitted.Figures,
            shown.Submitted.Watch, shown.Submitted.Note, readings, await alerts.ListAsync(new AlertFilter(OpenOnly: false, Plan: id), cancellationToken),
            [.. versions.Select(PlanVersionResponse.Of)]));
    }

    /// <summary>Record a plan. The same again changes nothing; other assumptions, or other prices of the book, make a new version.</summary>
    internal static async Task<IResult> SubmitAsync(
        string id, string? version, HttpRequest request, HttpResponse response, ClaimsPrincipal caller, PlanBook book, CancellationToken cancellationToken)
    {
        var (submission, problem) = await Problems.ReadAsync(request, ContractsJson.Default.PlanSubmission, cancellationToken);
        if (submission is null)
        {
            return problem!;
        }

        var check = new FieldCheck();
        var expected = ExpectedVersion.Read(check, request, version);
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var done = await book.SubmitAsync(id, submission, expected, ApiClaims.RecorderOf(caller), cancellationToken);
        if (done.IsOvertaken)
        {
            return TypedResults.Problem("The plan has another version than was expected. Nothing was stored.", statusCode: ExpectedVersion.StatusOf(version));
        }

        if (done.Submitted is not { } submitted)
        {
            return Problems.Of(done.Reasons);
        }

        response.GetTypedHeaders().ETag = ExpectedVersion.TagOf(done.Version);
        var answer = new PlanSubmitResponse(id, done.Version, new PlanResponse(submitted.Currency, submitted.PricesOn, submitted.Figures));
        return done.IsNew ? TypedResults.Created($"/api/v1/plans/{id}", answer) : TypedResults.Ok(answer);
    }

    /// <summary>Retire a plan. It is not followed any more, and its alerts are resolved; its versions stay.</summary>
    internal static async Task<IResult> RetireAsync(string id, string? reason, ClaimsPrincipal caller, PlanBook book, CancellationToken cancellationToken) =>
        await book.RetireAsync(id, reason ?? "", ApiClaims.RecorderOf(caller), cancellationToken) is not { Count: > 0 } reasons ? TypedResults.NoContent()
            : reasons.Any(why => why.Field == "plan") ? TypedResults.Problem(NoSuch, statusCode: StatusCodes.Status404NotFound)
            : Problems.Of(reasons);

    /// <summary>Take an estimate from a plan. What an option pays in each month; months that are alike are one estimate.</summary>
    internal static async Task<IResult> EstimateAsync(
        string id, HttpRequest request, ClaimsPrincipal caller, PlanBook book, EstimateBook estimates, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var (wanted, problem) = await Problems.ReadAsync(request, ContractsJson.Default.PlanEstimateRequest, cancellationToken);
        if (wanted is null)
        {
            return problem!;
        }

        if (await book.HistoryAsync(id, cancellationToken) is not [var newest, ..] versions)
        {
            return TypedResults.Problem(NoSuch, statusCode: StatusCodes.Status404NotFound);
        }

        var plan = versions.FirstOrDefault(v => v.Version == (wanted.Version ?? newest.Version));
        var workload = wanted.Workload ?? plan?.Submitted.Watch?.Workload;
        var check = new FieldCheck();
        check.That("version", plan is not null, $"The plan has versions 1 to {newest.Version}.");
        check.That("version", wanted.Version is not null || newest.Retired is null, "The plan is retired. Name a version to take an estimate from it nevertheless.");
        check.Key("workload", workload);
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var (reasons, taken) = PlanEstimates.Of(plan!, wanted.Option, workload!, settings.ReportingCurrency);
        if (reasons.Count > 0)
        {
            return Problems.Of(reasons);
        }

        var ids = await estimates.SubmitAllAsync(taken, ApiClaims.RecorderOf(caller), cancellationToken);
        return TypedResults.Created($"/api/v1/estimates/{ids[0]}", new PlanEstimateResponse(id, plan!.Version, wanted.Option, taken, ids));
    }
}
