using SpendTracker.Contracts;

namespace SpendTracker.Comparison;

/// <summary>Costs of a workload's approach, as read.</summary>
/// <param name="Month">In which it was paid; of what is not written off, the first of the months asked for.</param>
/// <param name="IsOneOff">Whether it is written off over months.</param>
/// <param name="IsInference">Whether it is for tokens and requests.</param>
/// <param name="Variant">Whose it is; null if it names none that could be in use, as labour and datasets.</param>
internal sealed record ComparedCost(
    BillingPeriod Month, string Workload, Approach Approach, bool IsOneOff, bool IsInference, string? Variant, decimal Requests, decimal InputTokens,
        decimal OutputTokens, decimal Amount,
    string? Unit, decimal Unpriced, decimal Incomplete, string? Currency, decimal Unconverted);

/// <summary>Outcomes of a workload's variant.</summary>
/// <param name="Known">Requests that succeeded, of those whose outcome is known: each model's of a day are a cluster.</param>
internal sealed record ComparedOutcome(string Workload, Approach Approach, string Variant, Clusters Known);

/// <summary>Evaluations of a workload's variant.</summary>
/// <param name="Score">Σ score × samples.</param>
/// <param name="Beyond">Evaluations whose score is no share.</param>
internal sealed record ComparedEvaluation(string Workload, Approach Approach, string Variant, string Metric, decimal Score, decimal Samples, long Evaluations,
    long Beyond);

/// <summary>What was counted on a day, of a share.</summary>
internal sealed record ComparedDay(Approach Approach, string Variant, string Metric, DateOnly Day, Proportion Counted);

/// <summary>All that a comparison is worked out from.</summary>
internal sealed record ComparedUsage(
    IReadOnlyList<ComparedCost> Costs, IReadOnlyList<ComparedOutcome> Outcomes, IReadOnlyList<ComparedEvaluation> Evaluations, IReadOnlyList<ComparedDay> Days);
