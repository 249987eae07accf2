using SpendTracker.Contracts;

namespace SpendTracker.Usage;

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

    /// <summary>Whether a quantity of an event is part of it.</summary>
    public bool Covers(IUsageEvent usage, UsageQuantity quantity) =>
        usage.Workload == Workload && BillingPeriod.Of(quantity.Day) == Month
        && (Approach is null || Approach == usage.Approach)
        && (Component is null || Component == quantity.Component)
        && (Sku is null || (ReportedSkus?.Contains(quantity.Sku) ?? Sku == quantity.Sku))
        && (Meter is null || Meter == quantity.Meter)
        && (Variant is null || Variant == UsageQuantities.VariantOf(usage));
}
