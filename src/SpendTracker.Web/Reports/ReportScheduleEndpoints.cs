using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Contracts;
using SpendTracker.Reports;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Reports;

/// <summary>How a schedule becomes an answer.</summary>
internal static class ReportScheduleAnswers
{
    extension(ReportScheduleResponse)
    {
        public static ReportScheduleResponse Of(ReportScheduleState schedule, DateTimeOffset now, TimeZoneInfo zone) => new(
            schedule.Terms!.Schedule, schedule.Version, schedule.Terms.Channel, schedule.Terms.Day, schedule.Terms.Hour, zone.Id, ReportTimes.NextAfter(schedule.Terms, now, zone),
            schedule.SetAt, schedule.SetBy);
    }
}

/// <summary>Schedules of the month report over HTTP: reading needs the scope <c>read</c>, setting and removing <c>budget</c>.</summary>
internal static class ReportScheduleEndpoints
{
    public static void MapReportSchedules(this IEndpointRouteBuilder api)
    {
        api.MapGet("/report/schedules", ListAsync).RequireAuthorization(Policies.Read).WithName("GetReportSchedules").Produces<Page<ReportScheduleResponse>>();
        api.MapGet("/report/schedules/{id}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetReportSchedule").Produces<ReportScheduleResponse>().ProducesProblem(404);
        api.MapPut("/report/schedules/{id}", SetAsync).RequireAuthorization(Policies.Report).WithName("SetReportSchedule")
            .Takes<ReportScheduleRequest>().Produces<ReportScheduleResponse>().Produces<ReportScheduleResponse>(201).ProducesProblem(412);
        api.MapDelete("/report/schedules/{id}", RemoveAsync).RequireAuthorization(Policies.Report).WithName("RemoveReportSchedule").Produces(204).ProducesProblem(404)
            .AddEndpointFilter(ExpectedVersion.RefuseAsync);
    }

    /// <summary>List schedules of the month report, by id.</summary>
    internal static async Task<IResult> ListAsync(
        [AsParameters] PageAsked page, ReportSchedules schedules, OrganisationSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var now = clock.GetUtcNow();
        var listed = page.Of(
            check, [.. (await schedules.ListAsync(cancellationToken)).Select(schedule => ReportScheduleResponse.Of(schedule, now, settings.ReportingTimeZone))], schedule => schedule.Schedule);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(listed);
    }

    /// <summary>Read a schedule of the month report. Its version is the ETag.</summary>
    internal static async Task<IResult> GetAsync(
        string id, HttpResponse response, ReportSchedules schedules, OrganisationSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await schedules.FindAsync(id, cancellationToken) is not { } found)
        {
            return None();
        }

        response.GetTypedHeaders().ETag = ExpectedVersion.TagOf(found.Version);
        return TypedResults.Ok(ReportScheduleResponse.Of(found, clock.GetUtcNow(), settings.ReportingTimeZone));
    }

    /// <summary>Have the month report sent each month, at a day and hour, over a channel. It reports the month before. The same terms again change nothing.</summary>
    internal static async Task<IResult> SetAsync(
        string id, HttpRequest request, HttpResponse response, ClaimsPrincipal caller, ReportSchedules schedules, OrganisationSettings settings, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var (wanted, problem) = await Problems.ReadAsync(request, ContractsJson.Default.ReportScheduleRequest, cancellationToken);
        if (wanted is null)
        {
            return problem!;
        }

        var check = new FieldCheck();
        var expected = ExpectedVersion.Read(check, request, version: null);
        check.Add(await schedules.CheckAsync(id, wanted, cancellationToken));
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        if (await schedules.SetAsync(id, wanted, expected, ApiClaims.RecorderOf(caller), cancellationToken) is not { } before || await schedules.FindAsync(id, cancellationToken) is not { } now)
        {
            return TypedResults.Problem(
                $"The schedule has another version than was expected, or there are {ReportSchedules.Most} of them, which is the limit. Nothing was stored.", statusCode: StatusCodes.Status412PreconditionFailed);
        }

        response.GetTypedHeaders().ETag = ExpectedVersion.TagOf(now.Version);
        var answer = ReportScheduleResponse.Of(now, clock.GetUtcNow(), settings.ReportingTimeZone);
        return before == 0 ? TypedResults.Created($"/api/v1/report/schedules/{id}", answer) : TypedResults.Ok(answer);
    }

    /// <summary>Have the month report sent no longer.</summary>
    internal static async Task<IResult> RemoveAsync(string id, string? reason, ClaimsPrincipal caller, ReportSchedules schedules, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.Text("reason", reason, ReportSchedules.ReasonLength);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons)
            : await schedules.RemoveAsync(id, reason!, ApiClaims.RecorderOf(caller), cancellationToken) ? TypedResults.NoContent()
            : None();
    }

    private static ProblemHttpResult None() => TypedResults.Problem("There is no such schedule.", statusCode: StatusCodes.Status404NotFound);
}
