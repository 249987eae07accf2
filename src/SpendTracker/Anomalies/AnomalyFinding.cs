using SpendTracker.Contracts;

namespace SpendTracker.Anomalies;

/// <summary>A day that is unusual for a workload, or for a meter of one of its SKUs.</summary>
/// <param name="Day">The day; of a silence, the first one without usage.</param>
/// <param name="Amount">What its usage costs, as far as it is known.</param>
/// <param name="Usual">What such a day usually costs; of a silence, the mean day before it.</param>
/// <param name="Limit">From more than this on, one day alone is unusual, or from less on if it is a fall; null for a silence.</param>
/// <param name="Score">By how many deviations the day is above what is usual, below 0 for a fall; null for a silence.</param>
/// <param name="Part">Null for the whole workload.</param>
internal sealed record AnomalyFinding(DateOnly Day, AnomalyKind Kind, decimal Amount, decimal Usual, decimal? Limit, decimal? Score, SkuMeter? Part = null)
{
    public static AnomalyFinding Of(AnomalyDetected detected) =>
        new(detected.Day, detected.Kind, detected.Amount, detected.Usual, detected.Limit, detected.Score, SkuMeter.Of(detected));

    /// <summary>By how much the day is dearer than usual; or cheaper, if it is a fall.</summary>
    public decimal Excess => Math.Abs(Amount - Usual);

    public bool IsFall => Kind == AnomalyKind.Fall;
}
