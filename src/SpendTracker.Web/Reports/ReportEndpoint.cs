using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Reports;

/// <summary>A month's report as a workbook.</summary>
internal static class ReportEndpoint
{
    public static void MapReport(this IEndpointRouteBuilder api) =>
        api.MapGet("/report", GetAsync).RequireAuthorization(Policies.Read).WithName("GetReport").WithMetadata(ExpensiveQuery.Always).Produces<byte[]>(200, SheetFile.ExcelType);

    /// <summary>Read a month's report as an Excel workbook. Sheets Summary, By team, Lines, Gaps and Corrections; the last month that is over unless another is asked for.</summary>
    internal static async Task<IResult> GetAsync(string? month, HttpContext context, MonthReportQuery query, KnownOn days, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var wanted = Read(check, month, query.Usual, days.Today);
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var report = await query.ReadAsync(wanted, cancellationToken);
        await FileAnswers.RecordAsync(context, "report", "xlsx");
        return TypedResults.Bytes(await ReportSheets.WorkbookAsync(report, cancellationToken), SheetFile.ExcelType, ReportSheets.FileName(report));
    }

    public static BillingPeriod Read(FieldCheck check, string? month, BillingPeriod usual, DateOnly today)
    {
        var wanted = usual;
        check.That("month", string.IsNullOrEmpty(month) || BillingPeriod.TryParse(month, out wanted), "Must be like 2026-11.");
        check.That("month", wanted.Start <= today, "Must not be after the current month.");
        return wanted;
    }
}
