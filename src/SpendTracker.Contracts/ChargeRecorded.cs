namespace SpendTracker.Contracts;

/// <summary>An amount that somebody else computed: an invoice line, a credit, a tax.</summary>
/// <param name="Workload">The workload that it is for.</param>
/// <param name="Approach">The approach that it is for.</param>
/// <param name="Component">What kind of cost it is.</param>
/// <param name="Amount">In the currency; negative for money back. Not 0, at most 1,000,000,000,000,000 either way; at most 12 decimals, from 1,000,000,000 on at most 6.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="ChargedAt">The time that the charge is for, which decides its billing period.</param>
/// <param name="Category">What the charge represents.</param>
/// <param name="Provider">Who charges.</param>
/// <param name="Invoice">The invoice's number.</param>
/// <param name="Description">The invoice line's text.</param>
public sealed record ChargeRecorded(
    string Workload, Approach Approach, Component Component, decimal Amount, string Currency, DateTimeOffset ChargedAt,
    ChargeCategory Category = ChargeCategory.Usage, string? Provider = null, string? Invoice = null, string? Description = null) : IUsageEvent
{
    DateTimeOffset IUsageEvent.OccurredAt => ChargedAt;
}
