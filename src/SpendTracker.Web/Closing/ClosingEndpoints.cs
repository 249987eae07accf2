using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Closing;

/// <summary>How billing periods become answers.</summary>
internal static class PeriodAnswers
{
    extension(PeriodRow)
    {
        public static PeriodRow Of(BillingPeriodStatus status) => new(status.Month.ToString(), status.IsClosed, status.Total, status.Corrections, status.History);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CloseRequest))]
[JsonSerializable(typeof(ReopenRequest))]
internal sealed partial class ClosingJson : JsonSerializerContext;

/// <summary>Billing periods over HTTP: reading needs the scope <c>read</c>, closing and reopening <c>close</c>.</summary>
internal static class ClosingEndpoints
{
    private const string NoMonth = "Must be a month like 2026-01.";

    public static void MapClosing(this IEndpointRouteBuilder api)
    {
        api.MapGet("/billing-periods", ListAsync).RequireAuthorization(Policies.Read).WithName("GetBillingPeriods").Produces<PeriodsResponse>()
            .WithMetadata(EarlierShape.Items("periods"));
        api.MapGet("/billing-periods/{month}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetBillingPeriod").Produces<PeriodResponse>();
        api.MapPost("/billing-periods/{month}/close", CloseAsync).RequireAuthorization(Policies.Close).WithName("CloseBillingPeriod")
            .Takes<CloseRequest>().Produces<PeriodClosing>().ProducesProblem(409);
        api.MapPost("/billing-periods/{month}/reopen", ReopenAsync).RequireAuthorization(Policies.Close).WithName("ReopenBillingPeriod")
            .Takes<ReopenRequest>().Produces<PeriodResponse>().ProducesProblem(409);
    }

    /// <summary>List billing periods that have costs, the newest first.</summary>
    internal static async Task<IResult> ListAsync(
        [AsParameters] PageAsked page, string? knownOn, BillingPeriods periods, KnownOn days, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var known = await days.ReadAsync(check, knownOn, cancellationToken);
        var listed = check.Reasons.Count > 0 ? null : page.Of(check, await periods.ListAsync(known, cancellationToken), period => period.Month.ToString());
        return check.Reasons.Count > 0
            ? Problems.Of(check.Reasons)
            : TypedResults.Ok(new PeriodsResponse(
                settings.ReportingCurrency, settings.ReportingTimeZone.Id, known, [.. listed!.Items.Select(PeriodRow.Of)], listed.Next));
    }

    /// <summary>Read a billing period. Its checklist, what was booked from earlier periods, and its closings.</summary>
    internal static async Task<IResult> GetAsync(
        string month, string? knownOn, BillingPeriods periods, KnownOn days, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.That("month", BillingPeriod.TryParse(month, out var period), NoMonth);
        var known = await days.ReadAsync(check, knownOn, cancellationToken);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(await PeriodAsync(period, known, periods, settings, cancellationToken));
    }

    private static async Task<PeriodResponse> PeriodAsync(
        BillingPeriod period, DateOnly? known, BillingPeriods periods, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var checklist = await periods.ChecklistAsync(period, known, cancellationToken);
        return new PeriodResponse(
            period.ToString(), known, checklist.HasEnded, checklist.IsClosed, known is null ? checklist.Lag : null, checklist.Unpriced, checklist.Unconverted, checklist.Incomplete,
            known is null ? checklist.SetAside : null, checklist.Total, checklist.Corrections, settings.ReportingCurrency,
            await periods.CorrectionsAsync(period, known, cancellationToken), await periods.HistoryAsync(period, known, cancellationToken));
    }

    /// <summary>Close a billing period. Its lines never change from then on; what becomes known later is booked in the first open one. 409 if it is closed, has not ended, has another total by now, or something in it was not accepted.</summary>
    internal static async Task<IResult> CloseAsync(
        string month, HttpRequest request, ClaimsPrincipal caller, BillingPeriods periods, CancellationToken cancellationToken)
    {
        var (close, problem) = await Problems.ReadAsync(request, ClosingJson.Default.CloseRequest, cancellationToken);
        if (close is null || !BillingPeriod.TryParse(month, out var period))
        {
            return problem ?? Problems.Of([new FieldReason("month", NoMonth)]);
        }

        var (closing, reasons) = await periods.CloseAsync(period, close, ApiClaims.RecorderOf(caller), cancellationToken);
        return closing is null ? Refusal(reasons) : TypedResults.Ok(closing);
    }

    /// <summary>Reopen a billing period.</summary>
    internal static async Task<IResult> ReopenAsync(
        string month, HttpRequest request, ClaimsPrincipal caller, BillingPeriods periods, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var (reopen, problem) = await Problems.ReadAsync(request, ClosingJson.Default.ReopenRequest, cancellationToken);
        if (reopen is null || !BillingPeriod.TryParse(month, out var period))
        {
            return problem ?? Problems.Of([new FieldReason("month", NoMonth)]);
        }

        return await periods.ReopenAsync(period, reopen.Reason, ApiClaims.RecorderOf(caller), cancellationToken) is { Count: > 0 } reasons
            ? Refusal(reasons)
            : TypedResults.Ok(await PeriodAsync(period, null, periods, settings, cancellationToken));
    }

    /// <summary>What is wrong with the request is 400; where the month stands in the way, the same request may do later.</summary>
    private static IResult Refusal(IReadOnlyList<FieldReason> reasons) =>
        Problems.Of(reasons, reasons.Any(reason => reason.Field is "month" or "total") ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest);
}
