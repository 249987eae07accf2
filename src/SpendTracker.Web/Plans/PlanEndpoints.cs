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
        api.MapGet("/plans/presets", Presets).RequireAuthorization(Policies.Read).WithName("GetPlanPresets");
        api.MapPost("/plans/preview", PreviewAsync).RequireAuthorization(Policies.Read).WithName("PreviewPlan");
        api.MapGet("/plans/from-actuals", FromActualsAsync).RequireAuthorization(Policies.Read).WithName("GetPlanFromActuals").WithMetadata(ExpensiveQuery.Always);
        api.MapGet("/plans", ListAsync).RequireAuthorization(Policies.Read).WithName("GetPlans");
        api.MapGet("/plans/{id}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetPlan");
        api.MapPut("/plans/{id}", SubmitAsync).RequireAuthorization(Policies.Plan).WithName("SubmitPlan");
        api.MapDelete("/plans/{id}", RetireAsync).RequireAuthorization(Policies.Plan).WithName("RetirePlan");
        api.MapPost("/plans/{id}/estimate", EstimateAsync).RequireAuthorization(Policies.Estimate).WithName("EstimateFromPlan");
    }

    /// <summary>Plans to begin with, from this month on: change what differs, and ask for a preview.</summary>
    private static Ok<IReadOnlyList<PlanPreset>> Presets(KnownOn days) => TypedResults.Ok(PlanPresets.All(BillingPeriod.Of(days.Today)));

    private static async Task<IResult> PreviewAsync(HttpRequest request, PlanBook book, CancellationToken cancellationToken)
    {
        var (sent, problem) = await Problems.ReadAsync(request, ContractsJson.Default.PlanRequest, cancellationToken);
        if (sent is null)
        {
            return problem!;
        }

        var (reasons, figures, currency, day) = await book.WorkOutAsync(PlanRules.AsPlanned(sent), cancellationToken);
        return figures is null ? Problems.Of(reasons) : TypedResults.Ok(new PlanResponse(currency, day, figures));
    }

    /// <summary>404 where the workload has no full month of usage among the last ones.</summary>
    private static async Task<IResult> FromActualsAsync(string? workload, string? months, ActualPlanQuery query, CancellationToken cancellationToken)
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

    /// <summary>Those that are followed, by id.</summary>
    private static async Task<IReadOnlyList<PlanListResponse>> ListAsync(PlanBook book, CancellationToken cancellationToken) =>
        [.. (await book.ListAsync(cancellationToken)).Select(PlanListResponse.Of)];

    /// <summary>200 with the version as ETag, also for a plan that was retired, and for an earlier version; 404 for one that never was.</summary>
    private static async Task<IResult> GetAsync(
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

    /// <summary>
    /// 201: there is a plan now; 200: it has this version now, or had it. 412 for If-Match (or If-None-Match: *) and 409 for ?version=, where it
    /// has another version than the caller looked at; then nothing was stored.
    /// </summary>
    private static async Task<IResult> SubmitAsync(
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

    /// <summary>204: it is not followed any more, and its alerts are resolved. 404: there is none.</summary>
    private static async Task<IResult> RetireAsync(string id, string? reason, ClaimsPrincipal caller, PlanBook book, CancellationToken cancellationToken) =>
        await book.RetireAsync(id, reason ?? "", ApiClaims.RecorderOf(caller), cancellationToken) is not { Count: > 0 } reasons ? TypedResults.NoContent()
            : reasons.Any(why => why.Field == "plan") ? TypedResults.Problem(NoSuch, statusCode: StatusCodes.Status404NotFound)
            : Problems.Of(reasons);

    /// <summary>Records what an option pays in each month as the workload's estimate; months that are alike are one event.</summary>
    private static async Task<IResult> EstimateAsync(
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

        await estimates.SubmitAllAsync(taken, ApiClaims.RecorderOf(caller), cancellationToken);
        return TypedResults.Ok(new PlanEstimateResponse(id, plan!.Version, wanted.Option, taken));
    }
}
