using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Comparison;

/// <summary>How comparisons become answers.</summary>
internal static class CompareAnswers
{
    private const int MostVariants = 500;

    extension(CompareResponse)
    {
        public static CompareResponse Of(ComparisonFilter filter, ComparisonFigures figures, OrganisationSettings settings)
        {
            var shown = figures.Variants.Count <= MostVariants ? figures.Variants : [.. figures.Variants.OrderByDescending(row => row.Cost).Take(MostVariants)];
            return new(
                figures.From.ToString(), figures.To.ToString(), figures.Until, filter.Costs.KnownOn, settings.ReportingCurrency, settings.ReportingTimeZone.Id,
                    figures.AmortisationMonths,
                figures.QualityMetric, figures.Approaches, shown, figures.Variants.Count - shown.Count, figures.Total, figures.Differences, figures.Frontier,
                    figures.NotKnown);
        }
    }

    extension(HostingResponse)
    {
        public static HostingResponse Of(CostFilter span, IReadOnlyList<HostedRow> rows, OrganisationSettings settings) => new(
            span.From.ToString(), span.To.ToString(), settings.ReportingCurrency, settings.ReportingTimeZone.Id, [.. rows.SkipLast(1)], rows[^1].Figures);
    }
}

/// <summary>Comparisons over HTTP. They record nothing, so whoever may read costs may ask for them.</summary>
internal static class CompareEndpoints
{
    public static void MapComparisons(this IEndpointRouteBuilder api)
    {
        api.MapGet("/compare", CompareAsync).RequireAuthorization(Policies.Read).WithName("Compare").AsFile<CompareResponse>("comparison", CompareSheet.Of);
        api.MapGet("/compare/hosting", HostingAsync).RequireAuthorization(Policies.Read).WithName("CompareHosting").WithMetadata(ExpensiveQuery.Always).Produces<HostingResponse>();
        api.MapGet("/compare/models", ModelsAsync).RequireAuthorization(Policies.Read).WithName("CompareModels").WithMetadata(ExpensiveQuery.Always).Produces<ModelsResponse>();
        api.MapPost("/compare/counterfactual", CounterfactualAsync).RequireAuthorization(Policies.Read).WithName("CompareCounterfactual").WithMetadata(ExpensiveQuery.Always)
            .Takes<CounterfactualRequest>().Produces<CounterfactualResponse>();
    }

    /// <summary>Compare approaches and variants. Cost, success and quality side by side, and whether a difference is chance.</summary>
    internal static async Task<IResult> CompareAsync(
        string? from, string? to, string[]? where, string? knownOn, string? amortisationMonths, string? quality, ComparisonQuery query, KnownOn days,
            OrganisationSettings settings,
        CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        return await CompareQuestion.ReadAsync(check, (from, to, where ?? [], knownOn, amortisationMonths, quality), days, cancellationToken) is { } filter
            ? TypedResults.Ok(CompareResponse.Of(filter, await query.OfAsync(filter, cancellationToken), settings))
            : Problems.Of(check.Reasons);
    }

    /// <summary>Compare hosted models. Allocated, busy and idle hours, and what the hours of the night cost.</summary>
    internal static async Task<IResult> HostingAsync(
        string? from, string? to, string[]? where, string? knownOn, string? night, HostingQuery query, KnownOn days, OrganisationSettings settings,
            CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var hours = CompareQuestion.Night(check, night);
        return await CompareQuestion.SpanAsync(check, (from, to, where ?? [], knownOn), days, cancellationToken) is { } span
            ? TypedResults.Ok(HostingResponse.Of(span, await query.ListAsync(span, hours.From, hours.To, cancellationToken), settings))
            : Problems.Of(check.Reasons);
    }

    /// <summary>Compare the versions of a workload's fine-tuned models. What each cost in all.</summary>
    internal static async Task<IResult> ModelsAsync(string? workload, ModelQuery query, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.Text("workload", workload, TextLength.Name);
        return check.Reasons.Count > 0
            ? Problems.Of(check.Reasons)
            : TypedResults.Ok(new ModelsResponse(workload!, settings.ReportingCurrency, await query.ListAsync(workload!, cancellationToken)));
    }

    /// <summary>Price a month's tokens as if they had been served elsewhere. At the prices of their days; nothing is recorded.</summary>
    internal static async Task<IResult> CounterfactualAsync(HttpRequest request, CounterfactualQuery query, OrganisationSettings settings,
        CancellationToken cancellationToken)
    {
        var (asked, problem) = await Problems.ReadAsync(request, ContractsJson.Default.CounterfactualRequest, cancellationToken);
        if (asked is null)
        {
            return problem!;
        }

        asked = Counterfactual.AsAsked(asked);
        if (Counterfactual.Check(asked) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        return await query.OfAsync(asked, request.HttpContext.RequestAborted) is { } figures
            ? TypedResults.Ok(new CounterfactualResponse(asked, settings.ReportingCurrency, figures))
            : Problems.Of([Counterfactual.NeverUsed]);
    }
}
