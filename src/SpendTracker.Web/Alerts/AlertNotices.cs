using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Web.Alerts;

/// <summary>Makes the file that goes with a report. Reports stand on alerts, and not the other way round.</summary>
internal sealed record ReportFiles(Func<ReportMade, CancellationToken, Task<NoticeFile>> OfAsync);

/// <summary>Makes what is sent out of what the log has.</summary>
internal sealed class AlertNotices(EventLog log, AcknowledgeLinks links, ReportFiles files, AlertOptions options, OrganisationSettings settings, TimeProvider clock)
{
    /// <summary>The same at every attempt, but for what has happened to the alerts meanwhile.</summary>
    /// <returns>The notice, and the crossing that it tells of first; null where the log's events cannot be read here.</returns>
    public async Task<(AlertNotice Notice, StoredEvent Crossing)?> OfAsync(IReadOnlyList<AlertMessage> unit, CancellationToken cancellationToken)
    {
        var found = await log.FindAsync([.. unit.Select(m => m.Alert), .. unit.Select(m => m.Resolved).OfType<Guid>()], cancellationToken);
        List<NoticedAlert> alerts = [];
        foreach (var message in unit)
        {
            if (found.GetValueOrDefault(message.Alert)?.Stored is not { Data: IAlertRaised raised } crossing)
            {
                return null;
            }

            var resolution = message.Resolved is { } id ? found.GetValueOrDefault(id)?.Stored : null;
            alerts.Add(new NoticedAlert(
                crossing.Id, raised, crossing.RecordedAt, resolution?.Data as IAlertResolved, resolution?.RecordedAt, PageOf(crossing),
                message.Kind is NoticeKind.Resolved or NoticeKind.Made ? null : links.Link(crossing.Id, message.Channel)));
        }

        var first = unit[0];
        var reports = first.ChannelKind == ChannelKind.Email ? alerts.Select(alert => alert.Raised).OfType<ReportMade>().DistinctBy(made => made.Month).ToArray() : [];
        return (
            new AlertNotice(first.Digest ?? first.Message, first.Kind, unit.Max(m => m.DueAt), alerts)
            {
                Files = await Task.WhenAll(reports.Select(made => files.OfAsync(made, cancellationToken))),
            },
            found[first.Alert].Stored);
    }

    /// <summary>A made-up alert, to see whether and how a channel tells.</summary>
    public AlertNotice Test(string channel)
    {
        var now = clock.GetUtcNow();
        var month = BillingPeriod.Of(now, settings.ReportingTimeZone);
        var crossed = new BudgetThresholdCrossed(
            "test", 1, "A test of this channel", month.Start, month.End, new BudgetThreshold(ThresholdOn.Actual, Percent: 80, Channels: [channel]), 1,
            settings.ReportingCurrency, 1_000, 800, 812.5m, 812.5m, null, 0, []);
        return new AlertNotice(Guid.CreateVersion7(), NoticeKind.Test, now, [new NoticedAlert(Guid.CreateVersion7(), crossed, now, null, null, null, null)]);
    }

    private Uri? PageOf(StoredEvent raised) => options.PublicUrl is not { } url ? null : new Uri(raised.Data switch
    {
        ReportMade made => $"{url}/report?month={made.Month}",
        AnomalyDetected => $"{url}/anomalies/{raised.Id}",
        _ => $"{url}/alerts/{raised.Id}",
    });
}
