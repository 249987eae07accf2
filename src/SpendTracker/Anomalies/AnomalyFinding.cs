using SpendTracker.Contracts;

namespace SpendTracker.Anomalies;

/// <summary>A day that is unusual for its workload.</summary>
/// <param name="Day">The day; of a silence, the first one without usage.</param>
/// <param name="Amount">What its usage costs, as far as it is known.</param>
/// <param name="Usual">What such a day usually costs; of a silence, the mean day before it.</param>
/// <param name="Limit">From more than this on, one day alone is unusual; null for a silence.</param>
/// <param name="Score">By how many deviations the day is above what is usual; null for a silence.</param>
internal sealed record AnomalyFinding(DateOnly Day, AnomalyKind Kind, decimal Amount, decimal Usual, decimal? Limit, decimal? Score);
