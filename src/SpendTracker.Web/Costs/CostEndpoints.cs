using CsvHelper;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Web.Costs;

/// <summary>Costs by month, as asked for.</summary>
/// <param name="KnownOn">The answer is as it was at the end of this day, in the reporting time zone; null for now.</param>
/// <param name="Months">The sum of each month's rows.</param>
/// <param name="Total">The sum of all rows.</param>
internal sealed record CostsResponse(
    string From, string To, IReadOnlyList<string> By, string Currency, string ReportingTimeZone, DateOnly? KnownOn, IReadOnlyList<CostRow> Rows,
    IReadOnlyList<CostRow> Months, CostRow Total);

/// <param name="Unpriced">Quantities that no rate covers, by unit; they are in no amount.</param>
internal sealed record CostRow(
    string? Month, IReadOnlyDictionary<string, string>? Keys, decimal Actual, decimal Estimated, decimal Variance, IReadOnlyDictionary<string, decimal> Unpriced)
{
    public static CostRow Of(MonthlyCost cost) => new(cost.Month, cost.Keys, cost.Actual, cost.Estimated, cost.Variance, cost.Unpriced);

    public static CostRow TotalOf(string? month, IEnumerable<MonthlyCost> costs)
    {
        var total = MonthlyCostQuery.Total(month ?? "", costs);
        return new CostRow(month, null, total.Actual, total.Estimated, total.Variance, total.Unpriced);
    }
}

/// <summary>Costs over HTTP, as JSON and CSV.</summary>
internal static class CostEndpoints
{
    private const int MostMonths = 120;

    private static readonly string[] Units = ["tokens", "hours", "items", "amounts"];

    public static void MapCosts(this IEndpointRouteBuilder api) =>
        api.MapGet("/costs", GetAsync).RequireAuthorization(Policies.Read).WithName("GetCosts");

    private static async Task<IResult> GetAsync(
        string? from, string? to, string? by, string? format, string? knownOn, MonthlyCostQuery query, KnownOn days, OrganisationSettings settings,
        CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var current = BillingPeriod.Of(days.Today);
        var first = Month(check, "from", from, current);
        var last = Month(check, "to", to, from is null ? current : first);
        check.That("to", last >= first, "Must not be before from.");
        check.That("to", (last.Year - first.Year) * 12 + last.Month - first.Month < MostMonths, $"At most {MostMonths} months from the first.");
        var dimensions = Dimensions(check, by ?? "approach");
        check.That("format", format is null or "json" or "csv", "Must be json or csv.");
        var (known, problem) = await days.ReadAsync(knownOn, cancellationToken);
        check.That("knownOn", problem is null, problem ?? "");
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var costs = await query.ByAsync(new CostFilter(first, last) { KnownOn = known }, dimensions, cancellationToken);
        string[] names = [.. dimensions.Select(dimension => dimension.Name)];
        return format == "csv"
            ? TypedResults.Bytes(await CsvAsync(costs, names, cancellationToken), "text/csv; charset=utf-8", $"costs-{first}-{last}{(known is { } day ? $"-as-known-on-{KnownOn.Text(day)}" : "")}.csv")
            : TypedResults.Ok(new CostsResponse(
                first.ToString(), last.ToString(), names, settings.ReportingCurrency, settings.ReportingTimeZone.Id, known,
                [.. costs.Select(CostRow.Of)],
                [.. costs.GroupBy(cost => cost.Month).Select(month => CostRow.TotalOf(month.Key, month))],
                CostRow.TotalOf(null, costs)));
    }

    private static BillingPeriod Month(FieldCheck check, string field, string? text, BillingPeriod otherwise)
    {
        var period = otherwise;
        check.That(field, text is null || BillingPeriod.TryParse(text, out period), "Must be a month like 2026-01.");
        return period;
    }

    private static List<CostDimension> Dimensions(FieldCheck check, string by)
    {
        List<CostDimension> dimensions = [];
        foreach (var name in by.Split(',', StringSplitOptions.TrimEntries).Distinct())
        {
            var dimension = CostDimension.Find(name);
            check.That("by", dimension is not null, $"Must be one or several of {string.Join(", ", CostDimension.All.Select(known => known.Name))}, separated by commas.");
            if (dimension is not null)
            {
                dimensions.Add(dimension);
            }
        }

        return dimensions;
    }

    /// <summary>A column for each dimension; amounts in full, with a point; unpriced quantities a column for each unit.</summary>
    private static async Task<byte[]> CsvAsync(IReadOnlyList<MonthlyCost> costs, string[] dimensions, CancellationToken cancellationToken)
    {
        var text = new MemoryStream();

        // A spreadsheet runs a cell that begins like a formula, and a workload may be called anything.
        await using var csv = CsvWriter.Create(text, new CsvWriterOptions { Injection = CsvInjection.Escape }, true);
        string[] keys = [.. dimensions.Where(name => name != "month")];
        foreach (var column in (string[])["month", .. keys, "actual", "estimated", "variance", .. Units.Select(unit => $"unpriced_{unit}")])
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
            csv.WriteField(cost.Variance, default);
            foreach (var unit in Units)
            {
                csv.WriteField(cost.Unpriced.GetValueOrDefault(unit), default);
            }

            csv.EndRecord();
        }

        await csv.FlushAsync(cancellationToken);
        return text.ToArray();
    }
}
