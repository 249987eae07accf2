using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Costs;

/// <summary>How costs become answers.</summary>
internal static class CostAnswers
{
    extension(CostsResponse)
    {
        public static CostsResponse Of(CostQuestion question, IReadOnlyList<MonthlyCost> costs, OrganisationSettings settings) => new(
            question.Filter.From.ToString(), question.Filter.To.ToString(), question.Names, settings.ReportingCurrency, settings.ReportingTimeZone.Id, question.Filter.KnownOn,
            [.. costs.Select(CostRow.Of)],
            [.. costs.GroupBy(cost => cost.Month).Select(month => CostRow.TotalOf(month.Key, month))],
            CostRow.TotalOf(null, costs));
    }

    extension(CostRow)
    {
        public static CostRow Of(MonthlyCost cost) => new(
            cost.Month, cost.Keys, cost.Actual, cost.Listed, cost.Corrections, cost.Estimated, Rounded(cost.EstimatedToDate), Rounded(cost.Variance), cost.Unpriced, cost.Unconverted,
            cost.Incomplete);

        /// <summary>A part of a month is a quotient, which may have endless decimals.</summary>
        public static decimal Rounded(decimal amount) => Math.Round(amount, 12);

        public static CostRow TotalOf(string? month, IEnumerable<MonthlyCost> costs) =>
            Of(MonthlyCostQuery.Total(month ?? "", costs)) with { Month = month, Keys = null };
    }
}

/// <summary>Costs over HTTP, as JSON and as files.</summary>
internal static class CostEndpoints
{
    public static void MapCosts(this IEndpointRouteBuilder api) =>
        api.MapGet("/costs", GetAsync).RequireAuthorization(Policies.Read).WithName("GetCosts").AsFile<CostsResponse>("costs", CostSheet.Of);

    /// <summary>Ask for costs by month. Actual, estimate and variance, broken down by dimensions, with what is in no amount beside them.</summary>
    internal static async Task<IResult> GetAsync(
        string? from, string? to, string? by, string[]? where, string? knownOn, MonthlyCostQuery query, KnownOn days, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        return await CostQuestion.ReadAsync(check, (from, to, by, where ?? [], knownOn), days, cancellationToken) is { } question
            ? TypedResults.Ok(CostsResponse.Of(question, await query.ByAsync(question.Filter, question.By, cancellationToken), settings))
            : Problems.Of(check.Reasons);
    }
}
