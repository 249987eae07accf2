using System.Diagnostics.Metrics;
using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Web.Alerts;

/// <summary>What delivery tells of itself, by the kind of channel.</summary>
internal static class AlertMetrics
{
    private static readonly Counter<long> SentMessages =
        EventMetrics.Meter.CreateCounter<long>("spendtracker.alerts.sent", "{message}", "Messages that a channel took.");

    private static readonly Counter<long> FailedAttempts =
        EventMetrics.Meter.CreateCounter<long>("spendtracker.alerts.failed", "{attempt}", "Attempts that failed.");

    private static readonly Histogram<double> DelayOfCrossings =
        EventMetrics.Meter.CreateHistogram<double>("spendtracker.alerts.delay", "s", "From a crossing's commit until a channel has taken its message.", advice: EventMetrics.Seconds);

    /// <summary>With it, all are there as soon as one is used: from the start, not from the first message on.</summary>
    static AlertMetrics()
    {
    }

    public static void Sent(ChannelKind kind) => SentMessages.Add(1, Tag(kind));

    public static void Failed(ChannelKind kind) => FailedAttempts.Add(1, Tag(kind));

    public static void Delay(ChannelKind kind, TimeSpan delay) => DelayOfCrossings.Record(delay.TotalSeconds, Tag(kind));

    public static void ObservePending(Func<IReadOnlyDictionary<string, long>> pending) => EventMetrics.Meter.CreateObservableGauge(
        "spendtracker.alerts.pending", () => pending().Select(kind => new Measurement<long>(kind.Value, new KeyValuePair<string, object?>("channel.kind", kind.Key))),
        "{message}", "Messages that wait to be sent.");

    private static KeyValuePair<string, object?> Tag(ChannelKind kind) => new("channel.kind", EnumName.Of(kind));
}
