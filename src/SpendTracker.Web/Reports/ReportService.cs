using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Reports;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Reports;

/// <summary>
/// Makes the reports that schedules ask for. Each host looks; the report's id follows from schedule and month, so that one is recorded, and the outbox
/// of alerts sends it once. A time that was missed, since no host ran, is made up for as soon as one does.
/// </summary>
internal sealed class ReportService(ReportSchedules schedules, MonthReportQuery reports, ExpensiveQueries queries, TimeProvider clock, ILogger<ReportService> logger) : BackgroundService
{
    private const string By = "host:report";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                await Task.Delay(Pause, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("Reports on a schedule could not be made, and are tried again: {Fault}", fault.Message);
                await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Makes what is due now.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var (terms, dueIn) in await schedules.DueAsync(clock.GetUtcNow(), cancellationToken))
        {
            var report = await queries.RunAsync(By, token => reports.ReadAsync(dueIn.Previous, token), cancellationToken);
            await schedules.RecordAsync(MadeOf(terms, report), dueIn, new Recorder(By), cancellationToken);
        }
    }

    /// <summary>What is told of a report. Pure.</summary>
    public static ReportMade MadeOf(ReportScheduleSet terms, MonthReport report) => new(
        terms.Schedule, terms.Channel, report.Month.ToString(), report.Currency, report.Total.Actual, report.Total.Unpriced, report.Total.Unconverted, report.Total.Incomplete,
        ReportWords.Sentence(report), [.. ReportWords.Cards(report).Select(card => new ReportFigure(card.Name, card.Figure, card.More))]);

    /// <summary>The workbook as of now: figures that changed since the report was made are those of now, and it says as of when.</summary>
    public static async Task<NoticeFile> WorkbookAsync(MonthReportQuery reports, ReportMade made, CancellationToken cancellationToken)
    {
        var report = await reports.ReadAsync(BillingPeriod.TryParse(made.Month, out var month) ? month : reports.Usual, cancellationToken);
        return new NoticeFile(ReportSheets.FileName(report), SheetFile.ExcelType, await ReportSheets.WorkbookAsync(report, cancellationToken));
    }
}

/// <summary>The month report, and its sending on a schedule.</summary>
internal static class ReportServices
{
    public static void AddReports(this IServiceCollection services)
    {
        services.AddSingleton<MonthReportQuery>();
        services.AddSingleton(provider => new ReportFiles((made, cancellation) => ReportService.WorkbookAsync(provider.GetRequiredService<MonthReportQuery>(), made, cancellation)));
        services.AddSingleton<ReportService>();
        services.AddHostedService(provider => provider.GetRequiredService<ReportService>());
    }
}
