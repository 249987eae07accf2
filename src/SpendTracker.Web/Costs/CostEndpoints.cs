using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
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

    extension(CostDayRow)
    {
        public static IReadOnlyList<CostDayRow> Of(DailySeriesAnswer daily) =>
            [.. daily.Days.SelectMany((day, at) => daily.Series.Where(series => series.Days[at] != 0).Select(series => new CostDayRow(day, series.Keys, series.Days[at])))];
    }
}

/// <summary>What each day cost, as the API and the command line are asked for it.</summary>
internal static class CostDays
{
    /// <summary>More days than an answer holds well.</summary>
    private const int MostDailyMonths = 3, MostDailyRows = 100_000;

    /// <summary>Whether days are asked for.</summary>
    public static bool Read(FieldCheck check, string? granularity)
    {
        check.That("granularity", granularity is null or "month" or "day", "Must be month or day.");
        return granularity == "day";
    }

    /// <returns>Null if they cannot be read; the check has why.</returns>
    public static async Task<DailySeriesAnswer?> ReadAsync(FieldCheck check, CostQuestion question, DailyCostQuery daily, CancellationToken cancellationToken)
    {
        var filter = question.Filter;
        Check(check, question, daily);
        if (check.Reasons.Count > 0)
        {
            return null;
        }

        var days = await daily.ByAsync(filter.From.Start, filter.To.End.AddDays(-1), question.By, filter.Where, cancellationToken);
        check.That("by", (long)days.Series.Count * days.Days.Count() <= MostDailyRows, $"These are more than {MostDailyRows:#,0} days of values. Ask for fewer dimensions, or narrow them by where.");
        return check.Reasons.Count > 0 ? null : days;
    }

    private static void Check(FieldCheck check, CostQuestion question, DailyCostQuery daily)
    {
        var filter = question.Filter;
        check.That("knownOn", filter.KnownOn is null, "Days can be asked for as known now only. Leave out knownOn, or granularity.");
        check.That("to", filter.To.Start < filter.From.Start.AddMonths(MostDailyMonths), $"By day, at most {MostDailyMonths} months.");
        check.That("from", filter.From.Start >= daily.Earliest, $"Days are kept from {KnownOn.Text(daily.Earliest)} on.");
        string[] dimensions = [.. DailyCostQuery.Dimensions.Select(dimension => dimension.Name)];
        check.That("by", question.Names.All(name => CostDimension.IsOneOf(dimensions, name)), $"By day, must be one or several of {CostQuestion.Words(DailyCostQuery.Dimensions)}.");
        check.That("where", filter.Where.Keys.All(name => CostDimension.IsOneOf(dimensions, name)), $"By day, must be like team=Support, with one of {CostQuestion.Words(DailyCostQuery.Dimensions)}.");
    }
}

/// <summary>Costs over HTTP, as JSON and as files.</summary>
internal static class CostEndpoints
{
    public static void MapCosts(this IEndpointRouteBuilder api) =>
        api.MapGet("/costs", GetAsync).RequireAuthorization(Policies.Read).WithName("GetCosts").WithMetadata(new ExpensiveQuery(query => query["granularity"] == "day"))
            .AsFile<CostsResponse>("costs", CostSheet.Of);

    /// <summary>Ask for costs by month. Actual, estimate and variance, broken down by dimensions, with what is in no amount beside them.</summary>
    internal static async Task<IResult> GetAsync(
        string? from, string? to, string? by, string[]? where, string? knownOn, string? granularity, MonthlyCostQuery query, DailyCostQuery daily, KnownOn days, OrganisationSettings settings,
        CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var byDay = CostDays.Read(check, granularity);
        if (await CostQuestion.ReadAsync(check, (from, to, by, where ?? [], knownOn), days, cancellationToken) is not { } question)
        {
            return Problems.Of(check.Reasons);
        }

        var ofDays = byDay ? await CostDays.ReadAsync(check, question, daily, cancellationToken) : null;
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var costs = CostsResponse.Of(question, await query.ByAsync(question.Filter, question.By, cancellationToken), settings);
        return TypedResults.Ok(ofDays is null ? costs : costs with { Days = CostDayRow.Of(ofDays) });
    }
}
