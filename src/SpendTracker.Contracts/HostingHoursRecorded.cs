namespace SpendTracker.Contracts;

/// <summary>A model was kept running, whether anybody used it or not.</summary>
/// <param name="Workload">The workload that it was kept for.</param>
/// <param name="Approach">The approach that it served.</param>
/// <param name="Sku">What is priced by the hour, e.g. <c>azure/gpt-35-turbo-fine-tuned</c>.</param>
/// <param name="Hours">Wall-clock hours that each unit ran; not more than the period is long.</param>
/// <param name="PeriodStart">Start of the period, included.</param>
/// <param name="PeriodEnd">End of the period, excluded. At most a calendar month after the start: 31 days, and 3 hours where clocks are set back. May be ahead: days count as they come.</param>
/// <param name="Units">Instances running side by side. Above 0.</param>
/// <param name="BusyShare">The share of the hours in which it served requests, 0 to 1; the rest is shown as idle.</param>
/// <param name="Variant">What the team wants to tell apart, e.g. the model version that was hosted.</param>
public sealed record HostingHoursRecorded(
    string Workload, Approach Approach, string Sku, decimal Hours, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd,
    decimal Units = 1, decimal? BusyShare = null, string? Variant = null) : IUsageEvent
{
    DateTimeOffset IUsageEvent.OccurredAt => PeriodStart;
}
