using SpendTracker.Contracts;

namespace SpendTracker.Comparison;

/// <summary>Where the figures of a reason are.</summary>
public enum AdviceSource
{
    /// <summary>In what approaches and variants cost and achieved.</summary>
    Comparison,

    /// <summary>In the versions of the fine-tuned model.</summary>
    Models,

    /// <summary>In what the team says that it needs.</summary>
    Stated,
}

/// <summary>Something that speaks for an approach.</summary>
/// <param name="Criterion">Of the guides, e.g. <c>accuracy</c>.</param>
/// <param name="Text">With its figures.</param>
/// <param name="WouldChange">What had to be otherwise for the reason to speak for another approach.</param>
public sealed record AdviceReason(string Criterion, Approach Favours, string Text, AdviceSource Source, string WouldChange);

/// <summary>Which approach a workload should take, and why.</summary>
/// <param name="From">The first month of its figures.</param>
/// <param name="Recommended">Null if nothing is known of the workload.</param>
/// <param name="RequestsPerMonth">That could be served by prompts or by a fine-tuned model.</param>
/// <param name="Changes">What would change the advice.</param>
/// <param name="BreakEven">Null if not both approaches have been used, or not all of their cost is known.</param>
public sealed record Advice(
    string Workload, BillingPeriod From, BillingPeriod To, Approach? Recommended, decimal? RequestsPerMonth, IReadOnlyList<AdviceReason> Reasons,
        IReadOnlyList<string> Changes,
    AdviceBreakEven? BreakEven, IReadOnlyList<string> NotKnown, IReadOnlyList<AdviceStep> Steps);

/// <summary>What advice rests on.</summary>
/// <param name="Months">How many months the figures cover, a part of the running one included.</param>
/// <param name="Needs">What the team says that it needs, of <see cref="AdviceRules.Needs"/>.</param>
/// <param name="Registered">The approach that the workload is registered with; null if nobody registered it.</param>
/// <param name="Activities">What people worked on, by approach: activities of labour and of datasets.</param>
/// <param name="Currency">The reporting currency.</param>
internal sealed record AdviceFacts(
    string Workload, ComparisonFigures Figures, decimal Months, IReadOnlyList<ModelVersion> Versions, IReadOnlyList<string> Needs, Approach? Registered,
        bool HasEstimate,
    IReadOnlySet<(Approach Approach, string Activity)> Activities, string Currency)
{
    public ComparedRow? Prompts => Row(Approach.PromptEngineering);

    public ComparedRow? Tuned => Row(Approach.FineTuning);

    /// <summary>Requests a month that prompts or a fine-tuned model served; those of a hybrid if there are no others.</summary>
    public decimal RequestsPerMonth => Months <= 0 ? 0
        : Math.Round(((Prompts?.Requests ?? 0) + (Tuned?.Requests ?? 0) is var both and > 0 ? both : Row(Approach.Hybrid)?.Requests ?? 0) / Months, 2);

    /// <summary>Variants of prompts that served requests.</summary>
    public IReadOnlyList<ComparedRow> PromptVariants => [.. Figures.Variants.Where(row => row is { Approach: Approach.PromptEngineering, Requests: > 0 })];

    public IReadOnlyList<ModelRun> Runs => [.. Versions.SelectMany(version => version.Runs)];

    public ComparedShare? Difference(string metric) => Figures.Differences.FirstOrDefault(share =>
        share.Metric == metric && share.One == EnumName.Of(Approach.PromptEngineering) && share.Other == EnumName.Of(Approach.FineTuning));

    private ComparedRow? Row(Approach approach) => Figures.Approaches.FirstOrDefault(row => row.Approach == approach);
}
