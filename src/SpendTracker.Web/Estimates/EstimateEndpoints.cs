using System.Security.Claims;
using SpendTracker.Contracts;
using SpendTracker.Estimates;
using SpendTracker.Log;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Estimates;

/// <summary>Estimates over HTTP.</summary>
internal static class EstimateEndpoints
{
    public static void MapEstimates(this IEndpointRouteBuilder api)
    {
        api.MapGet("/estimates", ListAsync).RequireAuthorization(Policies.Read).WithName("GetEstimates").AsFile<EstimatesResponse>("estimates", SheetOf)
            .WithMetadata(EarlierShape.BareList);
        api.MapGet("/estimates/{id:guid}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetEstimate").Produces<EstimateResponse>().ProducesProblem(404);
        api.MapPost("/estimates", SubmitAsync).RequireAuthorization(Policies.Estimate).WithName("SubmitEstimate")
            .Takes<EstimateSubmitted>().Produces<EstimateResponse>(201).WithMetadata(new EarlierShape((answer, _) => answer["estimate"]!.DeepClone()));
    }

    /// <summary>List estimated lines, month by month. Of this month unless others are asked for; what counts of them.</summary>
    internal static async Task<IResult> ListAsync(
        string? from, string? to, string? workload, string? knownOn, [AsParameters] PageAsked page, EstimateBook book, KnownOn days, OrganisationSettings settings,
        CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var (first, last) = MonthSpan.Read(check, from, to, BillingPeriod.Of(days.Today));
        var known = await days.ReadAsync(check, knownOn, cancellationToken);
        page.Read(check);
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var lines = Named(await book.ListAsync(first, last, workload, known, cancellationToken));
        var listed = page.Of(check, lines, line => line.Name);
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(new EstimatesResponse(
            first.ToString(), last.ToString(), known, settings.ReportingCurrency, [.. listed.Items.Select(line => line.Line)], listed.Next));
    }

    internal static Sheet SheetOf(EstimatesResponse estimates) => Sheet.Of(
        $"estimates-{estimates.From}-{estimates.To}", estimates.Items,
        new("month", line => Sheet.Month(line.Month)),
        new("workload", line => line.Workload),
        new("approach", line => EnumName.Of(line.Approach)),
        new("component", line => EnumName.Of(line.Component)),
        new("sku", line => line.Sku),
        new("meter", line => line.Meter),
        new("quantity", line => line.Quantity),
        new("amount", line => line.Amount, Sheet.Amount),
        new("currency", _ => estimates.Currency));

    /// <summary>Each line with a name that it keeps where lines of others come or go before it. Those that are alike are counted. Pure.</summary>
    internal static (MonthlyEstimate Line, string Name)[] Named(IReadOnlyList<MonthlyEstimate> lines)
    {
        Dictionary<string, int> alike = [];
        return [.. lines.Select(line =>
        {
            var name = $"{line.Month} {line.Workload} {line.Approach} {line.Component} {line.Sku} {line.Meter}";
            return (line, $"{name} {alike[name] = alike.GetValueOrDefault(name) + 1}");
        })];
    }

    /// <summary>Read an estimate as it was submitted.</summary>
    internal static async Task<IResult> GetAsync(Guid id, ClaimsPrincipal caller, EventLog log, CancellationToken cancellationToken) =>
        await log.FindAsync(id, cancellationToken) is not { Stored: { Data: EstimateSubmitted estimate } stored }
            || !ApiClaims.Covers(caller, estimate.Workload)
            ? TypedResults.Problem("There is no such estimate.", statusCode: StatusCodes.Status404NotFound)
            : TypedResults.Ok(new EstimateResponse(id, estimate, stored.RecordedAt, stored.RecordedBy));

    /// <summary>Submit an estimate. It takes the place of what was estimated for the same workload, approach and months.</summary>
    internal static async Task<IResult> SubmitAsync(
        HttpRequest request, ClaimsPrincipal caller, EstimateBook book, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var (estimate, problem) = await Problems.ReadAsync(request, ContractsJson.Default.EstimateSubmitted, cancellationToken);
        if (estimate is null)
        {
            return problem!;
        }

        estimate = EstimateBook.AsRecorded(estimate);
        if (EstimateBook.Check(estimate, settings.ReportingCurrency) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        if (!ApiClaims.Covers(caller, estimate.Workload))
        {
            return ApiClaims.NotOfThisKey;
        }

        var (id, submitted) = await book.SubmitAsync(estimate, ApiClaims.RecorderOf(caller), cancellationToken);
        return TypedResults.Created($"/api/v1/estimates/{id}", new EstimateResponse(id, submitted));
    }
}
