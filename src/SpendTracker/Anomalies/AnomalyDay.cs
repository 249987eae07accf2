namespace SpendTracker.Anomalies;

/// <summary>What a day's usage of a workload cost, and whether there was any: usage without a price costs nothing, and is no silence.</summary>
internal readonly record struct AnomalyDay(decimal Amount, bool HasUsage);

/// <summary>Requests whose outcome was recorded: of a day, or on the mean of several.</summary>
internal readonly record struct OutcomeDay(decimal Succeeded, decimal Failed)
{
    /// <summary>Requests for one that succeeds; null where the outcome of fewer than nine tenths is known.</summary>
    public decimal? Attempts(decimal requests) => Succeeded > 0 && Succeeded + Failed >= 0.9m * requests ? (Succeeded + Failed) / Succeeded : null;
}

/// <summary>What a meter of a SKU counted and cost: on a day, or on the mean of several.</summary>
internal readonly record struct MeterDay(string Sku, string Meter, decimal Quantity, decimal Amount);
