using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Explorer;

/// <summary>A part of a workload's month: what a number on a page is the sum of. What is null narrows nothing.</summary>
public sealed record UsageFilter(string Workload, BillingPeriod Month)
{
    public Approach? Approach { get; init; }

    public Component? Component { get; init; }

    /// <summary>What it is priced as.</summary>
    public string? Sku { get; init; }

    /// <summary>The names that the SKU was reported under, by the aliases; null where they have not been looked up, or nothing asks for a SKU.</summary>
    internal IReadOnlySet<string>? ReportedSkus { get; init; }

    public string? Meter { get; init; }

    /// <summary>Empty for usage that named none.</summary>
    public string? Variant { get; init; }

    /// <summary>What was recorded on this day or later, in the reporting time zone.</summary>
    public DateOnly? RecordedFrom { get; init; }

    /// <summary>What was recorded on this day or earlier, at today's prices.</summary>
    public DateOnly? RecordedTo { get; init; }

    /// <summary>As it was known at the end of this day: what was recorded until then, at the prices known then.</summary>
    public DateOnly? KnownOn { get; init; }

    /// <summary>Whether only what was recorded on some days is asked for: a part of a number.</summary>
    public bool IsPartByRecording => RecordedFrom is not null || RecordedTo is not null;

    /// <summary>Whether an event was recorded when it was asked for.</summary>
    public bool CoversRecording(DateOnly day) => !(day < RecordedFrom || day > RecordedTo || day > KnownOn);

    /// <summary>Whether a quantity of an event is part of it.</summary>
    public bool Covers(IUsageEvent usage, UsageQuantity quantity) =>
        usage.Workload == Workload && BillingPeriod.Of(quantity.Day) == Month
        && (Approach is null || Approach == usage.Approach)
        && (Component is null || Component == quantity.Component)
        && (Sku is null || (ReportedSkus?.Contains(quantity.Sku) ?? Sku == quantity.Sku))
        && (Meter is null || Meter == quantity.Meter)
        && (Variant is null || Variant == UsageQuantities.VariantOf(usage));
}
