namespace SpendTracker.Contracts;

/// <summary>People worked on a workload.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Approach">The approach that the work served.</param>
/// <param name="Role">Who worked, e.g. <c>engineer</c>; priced as SKU <c>labour/{role}</c>, meter <c>labour-hours</c>.</param>
/// <param name="Hours">Above 0, at most 100,000.</param>
/// <param name="Activity">What they did.</param>
/// <param name="WorkedAt">When.</param>
public sealed record LabourRecorded(
    string Workload, Approach Approach, string Role, decimal Hours, LabourActivity Activity, DateTimeOffset WorkedAt) : IUsageEvent
{
    DateTimeOffset IUsageEvent.OccurredAt => WorkedAt;
}
