using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Explorer;

/// <summary>What a list of the events of all workloads is narrowed to. An empty list, and null, narrow nothing.</summary>
public sealed record EventSelection
{
    /// <summary>Only these; null for all but <see cref="Except"/>.</summary>
    public IReadOnlyList<string>? Workloads { get; init; }

    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Kinds of event, by their stored names.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    public IReadOnlyList<Approach> Approaches { get; init; } = [];

    public IReadOnlyList<Component> Components { get; init; } = [];

    /// <summary>What is priced as one of these.</summary>
    public IReadOnlyList<string> Skus { get; init; } = [];

    /// <summary>The names that <see cref="Skus"/> were reported under; null where they have not been looked up, or nothing asks for a SKU.</summary>
    internal IReadOnlySet<string>? ReportedSkus { get; init; }

    public string? Meter { get; init; }

    /// <summary>An empty one for usage that named none.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    /// <summary>The months of use, both included. Of hosting, that in which its period begins.</summary>
    public (BillingPeriod First, BillingPeriod Last)? Months { get; init; }

    /// <summary>What was recorded by one request.</summary>
    public string? TraceId { get; init; }

    /// <summary>What was recorded on this day or later, in the reporting time zone.</summary>
    public DateOnly? RecordedFrom { get; init; }

    /// <summary>What was recorded on this day or earlier.</summary>
    public DateOnly? RecordedTo { get; init; }

    /// <summary>Whether nothing can be of it: of a team without workloads, for instance.</summary>
    public bool IsNothing => Workloads is { Count: 0 };

    /// <summary>Whether a quantity is of what is asked for. An event without any is, unless quantities are asked for.</summary>
    internal bool Covers(IUsageEvent usage, IReadOnlyList<UsageQuantity> quantities) =>
        (Variants.Count == 0 || Variants.Contains(UsageQuantities.VariantOf(usage)))
        && ((Components.Count == 0 && Skus.Count == 0 && Meter is null) || quantities.Any(Covers));

    /// <summary>Whether it is of the components, SKUs and the meter.</summary>
    internal bool Covers(UsageQuantity quantity) =>
        (Components.Count == 0 || Components.Contains(quantity.Component))
        && (Skus.Count == 0 || (ReportedSkus?.Contains(quantity.Sku) ?? Skus.Contains(quantity.Sku)))
        && (Meter is null || Meter == quantity.Meter);

    /// <summary>Whether an event was recorded when it was asked for.</summary>
    internal bool CoversRecording(DateOnly day) => !(day < RecordedFrom || day > RecordedTo);
}
