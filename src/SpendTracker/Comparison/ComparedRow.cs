using SpendTracker.Contracts;

namespace SpendTracker.Comparison;

/// <summary>What is read out of rows.</summary>
public static class ComparedRows
{
    extension(ComparedRow row)
    {
        /// <summary>A metric's score; of <see cref="Comparisons.Success"/> the share of requests that succeeded. Null if nobody measured it.</summary>
        public decimal? QualityOf(string metric) => metric == Comparisons.Success
            ? row.Success?.Expected
            : row.Quality.FirstOrDefault(figure => figure.Metric == metric)?.Score;
    }
}

/// <summary>Approaches and variants side by side.</summary>
/// <param name="Until">The last day that counts.</param>
/// <param name="QualityMetric">That of the frontier.</param>
/// <param name="Differences">Only of one workload: different workloads do different work.</param>
/// <param name="NotKnown">What would be needed to say more, in words.</param>
public sealed record ComparisonFigures(
    BillingPeriod From, BillingPeriod To, DateOnly Until, int AmortisationMonths, string QualityMetric, IReadOnlyList<ComparedRow> Approaches,
        IReadOnlyList<ComparedRow> Variants,
    ComparedRow Total, IReadOnlyList<ComparedShare> Differences, IReadOnlyList<FrontierRow> Frontier, IReadOnlyList<string> NotKnown);
