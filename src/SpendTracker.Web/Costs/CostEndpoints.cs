using SpendTracker.Costs;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Costs;

/// <summary>Costs by month, as asked for.</summary>
/// <param name="KnownOn">The answer is as it was at the end of this day, in the reporting time zone; null for now.</param>
/// <param name="Months">The sum of each month's rows.</param>
/// <param name="Total">The sum of all rows.</param>
internal sealed record CostsResponse(
    string From, string To, IReadOnlyList<string> By, string Currency, string ReportingTimeZone, DateOnly? KnownOn, IReadOnlyList<CostRow> Rows,
    IReadOnlyList<CostRow> Months, CostRow Total)
{
    public static CostsResponse Of(CostQuestion question, IReadOnlyList<MonthlyCost> costs, OrganisationSettings settings) => new(
        question.Filter.From.ToString(), question.Filter.To.ToString(), question.Names, settings.ReportingCurrency, settings.ReportingTimeZone.Id, question.Filter.KnownOn,
        [.. costs.Select(CostRow.Of)],
        [.. costs.GroupBy(cost => cost.Month).Select(month => CostRow.TotalOf(month.Key, month))],
        CostRow.TotalOf(null, costs));
}

/// <param name="Listed">The actual at list prices: what discounts and negotiated rates saved is the difference.</param>
/// <param name="Corrections">The part of the actual that corrects closed months.</param>
/// <param name="EstimatedToDate">The part of the estimate that belongs to the days that have passed: all of it if the month is over. To 12 decimals.</param>
/// <param name="Variance">Actual less the estimate to date. To 12 decimals.</param>
/// <param name="Unpriced">Quantities that no rate covers, by unit; they are in no amount.</param>
/// <param name="Unconverted">Amounts that no exchange rate covers, by currency; they are in no amount, either.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit; they are in the amounts in part.</param>
internal sealed record CostRow(
    string? Month, IReadOnlyDictionary<string, string>? Keys, decimal Actual, decimal Listed, decimal Corrections, decimal Estimated, decimal EstimatedToDate, decimal Variance,
    IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Unconverted, IReadOnlyDictionary<string, decimal> Incomplete)
{
    public static CostRow Of(MonthlyCost cost) => new(
        cost.Month, cost.Keys, cost.Actual, cost.Listed, cost.Corrections, cost.Estimated, Rounded(cost.EstimatedToDate), Rounded(cost.Variance), cost.Unpriced, cost.Unconverted,
        cost.Incomplete);

    /// <summary>A part of a month is a quotient, which may have endless decimals.</summary>
    public static decimal Rounded(decimal amount) => Math.Round(amount, 12);

    public static CostRow TotalOf(string? month, IEnumerable<MonthlyCost> costs) =>
        Of(MonthlyCostQuery.Total(month ?? "", costs)) with { Month = month, Keys = null };
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
