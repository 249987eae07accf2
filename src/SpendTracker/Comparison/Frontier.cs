namespace SpendTracker.Comparison;

/// <summary>Something with a quality and a cost.</summary>
/// <param name="Quality">More is better; null if it is not known.</param>
/// <param name="Cost">Less is better; null if it is not known in full.</param>
public sealed record FrontierPoint(string Name, decimal? Quality, decimal? Cost);

/// <summary>
/// The frontier of quality against cost: what nothing else beats. A point is beaten by another that is at least as good and costs at
/// most as much, and is better or costs less. Points of which one of the two is not known are neither on it nor beat others.
/// Source: V. Pareto, Manuale di economia politica, 1906; the efficient set of two criteria.
/// </summary>
public static class Frontier
{
    /// <summary>What beats a point, the cheapest first; null if it is on the frontier, or unknown.</summary>
    public static FrontierPoint? BeatenBy(FrontierPoint point, IEnumerable<FrontierPoint> all) => !IsKnown(point) ? null : all
        .Where(other => IsKnown(other) && other.Quality >= point.Quality && other.Cost <= point.Cost && (other.Quality > point.Quality
            || other.Cost < point.Cost))
        .OrderBy(other => other.Cost).ThenByDescending(other => other.Quality).ThenBy(other => other.Name, StringComparer.Ordinal).FirstOrDefault();

    public static bool IsOn(FrontierPoint point, IReadOnlyCollection<FrontierPoint> all) => IsKnown(point) && BeatenBy(point, all) is null;

    private static bool IsKnown(FrontierPoint point) => point is { Quality: not null, Cost: not null };
}
