using SpendTracker.Contracts;

namespace SpendTracker.Anomalies;

/// <summary>What a day's usage of a workload cost, and whether there was any: usage without a price costs nothing, and is no silence.</summary>
internal readonly record struct AnomalyDay(decimal Amount, bool HasUsage);

/// <summary>A meter of a SKU.</summary>
internal readonly record struct SkuMeter(string Sku, string Meter)
{
    /// <summary>Null for an anomaly of the whole workload.</summary>
    public static SkuMeter? Of(AnomalyDetected detected) => detected is { Sku: { } sku, Meter: { } meter } ? new(sku, meter) : null;
}

/// <summary>Requests whose outcome was recorded: of a day, or on the mean of several.</summary>
internal readonly record struct OutcomeDay(decimal Succeeded, decimal Failed)
{
    /// <summary>Requests for one that succeeds; null where the outcome of fewer than nine tenths is known.</summary>
    public decimal? Attempts(decimal requests) => Succeeded > 0 && Succeeded + Failed >= 0.9m * requests ? (Succeeded + Failed) / Succeeded : null;
}

/// <summary>What a meter of a SKU counted and cost: on a day, or on the mean of several.</summary>
internal readonly record struct MeterDay(string Sku, string Meter, decimal Quantity, decimal Amount);
