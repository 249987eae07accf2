using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Usage;

/// <summary>Where usage is kept: a stream for each workload and billing period, so that a month's events are found at once.</summary>
public static class UsageStream
{
    public static string Of(IUsageEvent usage, TimeZoneInfo reportingTimeZone) =>
        Of(usage.Workload, BillingPeriod.Of(usage.OccurredAt, reportingTimeZone));

    public static string Of(string workload, BillingPeriod period) => $"{Prefix(workload)}{period}";

    /// <summary>What the names of a workload's streams begin with; the month follows.</summary>
    public static string Prefix(string workload) => $"usage/{workload}/";

    /// <summary>
    /// Usage as it is stored, whichever way it comes: the same record over another way has the same stream and id, and is a
    /// duplicate there.
    /// </summary>
    /// <param name="recorder">With the caller's id and whose numbering it is.</param>
    public static EventToAppend ToAppend(IUsageEvent usage, TimeZoneInfo reportingTimeZone, Recorder recorder) => new(
        Of(usage, reportingTimeZone), EventId.From(Tenant.Default, recorder.Source!, recorder.SourceId!), usage, recorder);
}
