namespace SpendTracker.Anomalies;

/// <summary>What a day's usage of a workload cost, and whether there was any: usage without a price costs nothing, and is no silence.</summary>
internal readonly record struct AnomalyDay(decimal Amount, bool HasUsage);

/// <summary>What a meter of a SKU counted and cost: on a day, or on the mean of several.</summary>
internal readonly record struct MeterDay(string Sku, string Meter, decimal Quantity, decimal Amount);
