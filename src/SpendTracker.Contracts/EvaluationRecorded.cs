namespace SpendTracker.Contracts;

/// <summary>A variant's quality was measured: what the money bought. It has no quantity to price.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Approach">The approach that the variant belongs to.</param>
/// <param name="Variant">What was evaluated, e.g. <c>few-shot/v3</c>.</param>
/// <param name="Metric">What was measured, e.g. <c>accuracy</c> or <c>consistency</c>.</param>
/// <param name="Score">The result, in the metric's own unit.</param>
/// <param name="Samples">How many examples it rests on. Above 0.</param>
/// <param name="EvaluatedAt">When.</param>
public sealed record EvaluationRecorded(
    string Workload, Approach Approach, string Variant, string Metric, decimal Score, long Samples, DateTimeOffset EvaluatedAt) : IUsageEvent
{
    DateTimeOffset IUsageEvent.OccurredAt => EvaluatedAt;
}
