using SpendTracker.Contracts;

namespace SpendTracker.Usage;

/// <summary>Where usage is kept: a stream for each workload and billing period, so that a month's events are found at once.</summary>
public static class UsageStream
{
    public static string Of(IUsageEvent usage, TimeZoneInfo reportingTimeZone) =>
        Of(usage.Workload, BillingPeriod.Of(usage.OccurredAt, reportingTimeZone));

    public static string Of(string workload, BillingPeriod period) => $"usage/{workload}/{period}";
}
