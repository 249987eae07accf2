using CsvHelper;
using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Pages;
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

/// <summary>Costs over HTTP, as JSON and CSV.</summary>
internal static class CostEndpoints
{
    private static readonly string[] Units = ["tokens", "hours", "items", "amounts"];
    private static readonly string[] AllUnits = [.. Units, "requests"];

    /// <summary>More days than an answer holds well.</summary>
    private const int MostDailyMonths = 3, MostDailyRows = 100_000;

    public static void MapCosts(this IEndpointRouteBuilder api) =>
        api.MapGet("/costs", GetAsync).RequireAuthorization(Policies.Read).WithName("GetCosts")
            .WithMetadata(new ExpensiveQuery(query => query["granularity"] == "day"))
            .Produces<CostsResponse>(200, "application/json", "text/csv");

    /// <summary>Ask for costs by month. Actual, estimate and variance, broken down by dimensions, with what is in no amount beside them.</summary>
    internal static async Task<IResult> GetAsync(
        string? from, string? to, string? by, string[]? where, string? format, string? knownOn, string? granularity, HttpRequest request, ActivityLog log, MonthlyCostQuery query, DailyCostQuery daily, KnownOn days, OrganisationSettings settings,
        CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.That("format", format is null or "json" or "csv", "Must be json or csv.");
        check.That("granularity", granularity is null or "month" or "day", "Must be month or day.");
        if (await CostQuestion.ReadAsync(check, (from, to, by, where ?? [], knownOn), days, cancellationToken) is not { } question)
        {
            return Problems.Of(check.Reasons);
        }

        var filter = question.Filter;
        DailySeriesAnswer? ofDays = null;
        if (granularity == "day")
        {
            DayQuestion(check, question, daily);
            ofDays = check.Reasons.Count > 0 ? null : await daily.ByAsync(filter.From.Start, filter.To.End.AddDays(-1), question.By, filter.Where, cancellationToken);
            check.That("by", ofDays is null || (long)ofDays.Series.Count * ofDays.Days.Count() <= MostDailyRows, $"These are more than {MostDailyRows:#,0} days of values. Ask for fewer dimensions, or narrow them by where.");
            if (check.Reasons.Count > 0)
            {
                return Problems.Of(check.Reasons);
            }
        }

        if (format == "csv")
        {
            await log.ExportReadAsync("costs", format, request.QueryString.Value ?? "", ApiClaims.RecorderOf(request.HttpContext.User), cancellationToken);
        }

        if (format == "csv" && ofDays is not null)
        {
            return TypedResults.Bytes(await DaysCsvAsync(CostDayRow.Of(ofDays), question.Names, cancellationToken), "text/csv; charset=utf-8", $"daily-costs-{filter.From}-{filter.To}.csv");
        }

        var costs = await query.ByAsync(filter, question.By, cancellationToken);
        return format == "csv"
            ? TypedResults.Bytes(
                await CsvAsync(costs, question.Names, cancellationToken), "text/csv; charset=utf-8",
                $"costs-{filter.From}-{filter.To}{(filter.KnownOn is { } day ? $"-as-known-on-{KnownOn.Text(day)}" : "")}.csv")
            : TypedResults.Ok(CostsResponse.Of(question, costs, settings) with { Days = ofDays is null ? null : CostDayRow.Of(ofDays) });
    }

    private static void DayQuestion(FieldCheck check, CostQuestion question, DailyCostQuery daily)
    {
        var filter = question.Filter;
        check.That("knownOn", filter.KnownOn is null, "Days can be asked for as known now only. Leave out knownOn, or granularity.");
        check.That("to", filter.To.Start < filter.From.Start.AddMonths(MostDailyMonths), $"By day, at most {MostDailyMonths} months.");
        check.That("from", filter.From.Start >= daily.Earliest, $"Days are kept from {KnownOn.Text(daily.Earliest)} on.");
        string[] dimensions = [.. DailyCostQuery.Dimensions.Select(dimension => dimension.Name)];
        check.That("by", question.Names.All(dimensions.Contains), $"By day, must be one or several of {string.Join(", ", dimensions)}.");
        check.That("where", filter.Where.Keys.All(dimensions.Contains), $"By day, must be like team=Support, with one of {string.Join(", ", dimensions)}.");
    }

    /// <summary>A row for each day and value that cost something.</summary>
    private static async Task<byte[]> DaysCsvAsync(IReadOnlyList<CostDayRow> days, string[] dimensions, CancellationToken cancellationToken)
    {
        var text = new MemoryStream();
        await using var csv = CsvWriter.Create(text, new CsvWriterOptions { Injection = CsvInjection.Escape }, true);
        foreach (var column in (string[])["day", .. dimensions, "actual"])
        {
            csv.WriteField(column);
        }

        csv.EndRecord();
        foreach (var row in days)
        {
            csv.WriteField(KnownOn.Text(row.Day));
            foreach (var name in dimensions)
            {
                csv.WriteField(row.Keys[name]);
            }

            csv.WriteField(row.Actual, default);
            csv.EndRecord();
        }

        await csv.FlushAsync(cancellationToken);
        return text.ToArray();
    }

    /// <summary>A column for each dimension; amounts in full, with a point; unpriced and incomplete quantities a column for each unit; what is unconverted as a text. New columns come last.</summary>
    public static async Task<byte[]> CsvAsync(IReadOnlyList<MonthlyCost> costs, string[] dimensions, CancellationToken cancellationToken)
    {
        var text = new MemoryStream();

        // A spreadsheet runs a cell that begins like a formula, and a workload may be called anything.
        await using var csv = CsvWriter.Create(text, new CsvWriterOptions { Injection = CsvInjection.Escape }, true);
        string[] keys = [.. dimensions.Where(name => name != "month")];
        string[] columns =
        [
            "month", .. keys, "actual", "estimated", "estimated_to_date", "variance", "listed", "corrections", .. Units.Select(unit => $"unpriced_{unit}"), "unconverted",
            "unpriced_requests", .. AllUnits.Select(unit => $"incomplete_{unit}"),
        ];
        foreach (var column in columns)
        {
            csv.WriteField(column);
        }

        csv.EndRecord();
        foreach (var cost in costs)
        {
            csv.WriteField(cost.Month);
            foreach (var key in keys)
            {
                csv.WriteField(cost.Keys[key]);
            }

            csv.WriteField(cost.Actual, default);
            csv.WriteField(cost.Estimated, default);
            csv.WriteField(CostRow.Rounded(cost.EstimatedToDate), default);
            csv.WriteField(CostRow.Rounded(cost.Variance), default);
            csv.WriteField(cost.Listed, default);
            csv.WriteField(cost.Corrections, default);
            foreach (var unit in Units)
            {
                csv.WriteField(cost.Unpriced.GetValueOrDefault(unit), default);
            }

            csv.WriteField(string.Join("; ", cost.Unconverted.OrderBy(part => part.Key, StringComparer.Ordinal).Select(Money.Code)));
            csv.WriteField(cost.Unpriced.GetValueOrDefault("requests"), default);
            foreach (var unit in AllUnits)
            {
                csv.WriteField(cost.Incomplete.GetValueOrDefault(unit), default);
            }

            csv.EndRecord();
        }

        await csv.FlushAsync(cancellationToken);
        return text.ToArray();
    }
}
