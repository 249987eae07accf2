using System.Globalization;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>A message as people read it; what a channel adds is only the form.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Opening">What is to be said before the alerts; null where they speak for themselves.</param>
/// <param name="Alerts">At most <see cref="MostAlerts"/>.</param>
/// <param name="Closing">How many more there are; null where there are none.</param>
internal sealed record AlertText(string Subject, string? Opening, IReadOnlyList<AlertParagraph> Alerts, string? Closing)
{
    public const int MostAlerts = 20;
    private const int MostNames = 3;

    public static AlertText Of(AlertNotice notice)
    {
        var alerts = notice.Alerts.Take(MostAlerts).Select(alert => AlertParagraph.Of(alert, notice.Kind)).ToArray();
        var more = notice.Alerts.Count - alerts.Length;
        return new(
            alerts.Length == 1 ? alerts[0].Title : Digest(notice),
            notice.Kind == NoticeKind.Test ? "This is a test: somebody tries whether this channel works. The budget below is made up." : null,
            alerts,
            more > 0 ? string.Create(CultureInfo.InvariantCulture, $"{more:#,0} more {(more == 1 ? "alert is" : "alerts are")} not listed here.") : null);
    }

    /// <summary>A budget's or workload's name: one line, and not so long that nothing else is read.</summary>
    public static string Name(string name) => ShownText.Line(name, 80);

    private static string NameOf(IAlertRaised raised) => raised switch { BudgetThresholdCrossed crossed => crossed.Name, PlanAlertRaised left => left.Name, AnomalyDetected detected => detected.Workload, ReportMade made => AlertParagraph.ReportTitle(made), _ => "" };

    private static string Digest(AlertNotice notice)
    {
        var names = notice.Alerts.Select(alert => Name(NameOf(alert.Raised))).Distinct().ToArray();
        var more = names.Length > MostNames ? $" and {names.Length - MostNames} more" : "";
        var told = notice.Kind switch
        {
            NoticeKind.Resolved => " are over",
            NoticeKind.Reminder => " still hold",
            NoticeKind.Escalation => " that nobody acknowledged",
            NoticeKind.Test => ", as a test",
            _ => "",
        };
        var of = notice.Alerts.All(alert => alert.Raised is BudgetThresholdCrossed) ? "budget alerts" : notice.Alerts.All(alert => alert.Raised is PlanAlertRaised) ? "plan alerts"
            : notice.Alerts.All(alert => alert.Raised is AnomalyDetected) ? "unusual days" : notice.Alerts.All(alert => alert.Raised is ReportMade) ? "reports" : "alerts";
        return $"{notice.Alerts.Count} {of}{told}: {string.Join(", ", names.Take(MostNames))}{more}";
    }
}
