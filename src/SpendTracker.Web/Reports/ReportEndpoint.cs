using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Reports;

/// <summary>How a month's report becomes an answer.</summary>
internal static class ReportAnswers
{
    private const int Decimals = 6;

    extension(ReportResponse)
    {
        public static ReportResponse Of(MonthReport report) => new(
            report.Month.ToString(), report.AsOf, report.Currency, ReportWords.Sentence(report), report.Total.Actual, Rounded(report.MonthEnd?.Expected), Rounded(report.MonthEnd?.Low),
            Rounded(report.MonthEnd?.High), report.Before.Actual, report.Total.Estimated, [.. report.Moves.Select(move => new ReportPart(EnumName.Of(move.Step), move.Amount))],
            [.. report.By("approach").Select(part => new ReportPart(part.Value, part.Cost.Actual))], [.. report.By("team").Select(part => new ReportPart(part.Value, part.Cost.Actual))],
            report.Total.Unpriced, report.Total.Unconverted, report.Total.Incomplete, report.Corrections);
    }

    /// <summary>What is to come is a mean, which may have endless decimals.</summary>
    private static decimal? Rounded(decimal? amount) => amount is { } known ? Math.Round(known, Decimals) : null;
}

/// <summary>A month's report over HTTP.</summary>
internal static class ReportEndpoint
{
    public static void MapReport(this IEndpointRouteBuilder api) =>
        api.MapGet("/report", GetAsync).RequireAuthorization(Policies.Read).WithName("GetReport").WithMetadata(ExpensiveQuery.Always)
            .Produces<ReportResponse>(200, "application/json", SheetFile.ExcelType);

    /// <summary>Read a month's report. The last month that is over unless another is asked for. As a workbook it has the sheets Summary, By team, Lines, Gaps and Corrections.</summary>
    internal static async Task<IResult> GetAsync(string? month, string? format, HttpContext context, MonthReportQuery query, KnownOn days, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var wanted = Read(check, month, query.Usual, days.Today);
        check.That("format", format is null or "" or "json" or "xlsx", "Must be json or xlsx.");
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var report = await query.ReadAsync(wanted, cancellationToken);
        if (format != "xlsx")
        {
            return TypedResults.Ok(ReportResponse.Of(report));
        }

        await FileAnswers.RecordAsync(context, "report", format);
        return TypedResults.Bytes(await ReportSheets.WorkbookAsync(report, cancellationToken), SheetFile.ExcelType, ReportSheets.FileName(report));
    }

    /// <summary>Which month is asked for. The check has why if none can be.</summary>
    public static BillingPeriod Read(FieldCheck check, string? month, BillingPeriod usual, DateOnly today)
    {
        var wanted = usual;
        if (!string.IsNullOrEmpty(month) && !BillingPeriod.TryParse(month, out wanted))
        {
            check.That("month", false, "Must be like 2026-11.");
            return usual;
        }

        check.That("month", wanted.Start <= today, "Must not be after the current month.");
        return wanted;
    }
}
