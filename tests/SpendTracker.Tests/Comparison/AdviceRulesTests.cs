using SpendTracker.Comparison;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Comparison;

/// <summary>Each rule of the advice, by itself.</summary>
public sealed class AdviceRulesTests
{
    private static readonly ComparedRow Prompts = Row(Approach.PromptEngineering, requests: 300_000, inference: 300, other: 0);
    private static readonly ComparedRow Tuned = Row(Approach.FineTuning, requests: 300_000, inference: 150, other: 3_000);

    [Theory]
    [InlineData("speed", Approach.PromptEngineering)]
    [InlineData("limited-resources", Approach.PromptEngineering)]
    [InlineData("flexibility", Approach.PromptEngineering)]
    [InlineData("generality", Approach.PromptEngineering)]
    [InlineData("specialised-domain", Approach.FineTuning)]
    [InlineData("accuracy", Approach.FineTuning)]
    [InlineData("consistency", Approach.FineTuning)]
    [InlineData("training-resources", Approach.FineTuning)]
    [InlineData("critical-parts", Approach.Hybrid)]
    public void What_the_team_needs_speaks_for_the_approach_of_the_guides(string need, Approach approach)
    {
        var reasons = AdviceRules.Reasons(Facts([], needs: [need]));

        Assert.Equal((need, approach, AdviceSource.Stated), (reasons.Single().Criterion, reasons.Single().Favours, reasons.Single().Source));
        Assert.Equal(approach, AdviceRules.Recommended(reasons));
    }

    [Theory]
    [InlineData("accuracy")]
    [InlineData("consistency")]
    public void Better_quality_speaks_for_fine_tuning_only_if_it_is_more_than_chance(string metric)
    {
        Assert.Equal(Approach.FineTuning, Of(metric, Facts([Prompts], [Share(metric, 0.8m, 0.9m, 0.001)])).Favours);
        Assert.Equal(Approach.PromptEngineering, Of(metric, Facts([Prompts], [Share(metric, 0.8m, 0.9m, 0.06)])).Favours);
        Assert.Equal(Approach.PromptEngineering, Of(metric, Facts([Prompts], [Share(metric, 0.9m, 0.8m, 0.001)])).Favours);
        Assert.DoesNotContain(AdviceRules.Reasons(Facts([Prompts])), reason => reason.Criterion == metric);
    }

    [Fact]
    public void Cost_speaks_for_what_costs_less_at_the_volume_that_there_is_and_says_nothing_if_it_is_not_known()
    {
        Assert.Equal(Approach.PromptEngineering, Of("cost", Facts([Prompts, Tuned])).Favours);
        Assert.Equal(Approach.FineTuning, Of("cost", Facts([Prompts, Row(Approach.FineTuning, 300_000, 150, 0)])).Favours);
        Assert.DoesNotContain(AdviceRules.Reasons(Facts([Prompts, Tuned with { Unpriced = new Dictionary<string, decimal> { ["tokens"] = 1 } }])), reason =>
            reason.Criterion == "cost");
    }

    /// <summary>By hand: over three months the model costs $1,000 a month more, and saves $0.0005 a request: from 2,000,000 on.</summary>
    [Fact]
    public void Break_even_is_a_volume_or_never_or_already()
    {
        Assert.Equal(new AdviceBreakEven(2_000_000, false), AdviceRules.BreakEvenOf(Facts([Prompts, Tuned])));
        Assert.Equal("from", AdviceRules.BreakEvenOf(Facts([Prompts, Tuned]))!.Answer);
        Assert.Equal(("never", null), (AdviceRules.BreakEvenOf(Facts([Prompts, Row(Approach.FineTuning, 300_000, 300, 10)]))!.Answer,
            AdviceRules.BreakEvenOf(Facts([Prompts, Row(Approach.FineTuning, 300_000, 300, 10)]))!.RequestsPerMonth));
        Assert.Equal("already", AdviceRules.BreakEvenOf(Facts([Prompts, Row(Approach.FineTuning, 300_000, 150, 60)]))!.Answer);
        Assert.Null(AdviceRules.BreakEvenOf(Facts([Prompts])));
    }

    [Fact]
    public void Without_a_version_in_use_and_a_dataset_prompts_are_quicker_and_need_less()
    {
        var none = AdviceRules.Reasons(Facts([Prompts]));
        Assert.Equal([Approach.PromptEngineering, Approach.PromptEngineering], none.Select(reason => reason.Favours));
        Assert.Equal(["speed", "limited-resources"], none.Select(reason => reason.Criterion));

        var there = AdviceRules.Reasons(Facts([Prompts], versions: [Version]));
        Assert.Equal(("training-resources", Approach.FineTuning), (there.Single().Criterion, there.Single().Favours));
    }

    [Fact]
    public void Many_variants_of_prompts_speak_for_flexibility()
    {
        ComparedRow[] variants = [.. Enumerable.Range(1, 3).Select(i => Prompts with { Workload = "w", Variant = $"v{i}" })];

        Assert.Contains(AdviceRules.Reasons(Facts([Prompts], variants: variants)), reason => reason is { Criterion: "flexibility",
            Favours: Approach.PromptEngineering });
        Assert.DoesNotContain(AdviceRules.Reasons(Facts([Prompts], variants: variants[1..])), reason => reason.Criterion == "flexibility");
    }

    [Fact]
    public void A_better_model_beside_cheaper_prompts_is_for_the_critical_parts_and_what_would_change_that_is_told()
    {
        var reasons = AdviceRules.Reasons(Facts([Prompts, Tuned], [Share("accuracy", 0.8m, 0.9m, 0.001)], versions: [Version]));

        Assert.Equal(Approach.Hybrid, AdviceRules.Recommended(reasons));
        Assert.Equal(["If prompts reached the same accuracy.", "From 2,000,000 requests a month on, the fine-tuned model costs less."],
            AdviceRules.Changes(reasons));
        Assert.Null(AdviceRules.Recommended([]));
    }

    [Fact]
    public void Steps_are_done_open_or_cannot_be_told()
    {
        var steps = AdviceSteps.Of(Facts([Prompts with { Quality = [new("accuracy", 0.8m, 0.7m, 0.9m, 100, 1)] }], versions: [Version],
            variants: [Prompts with { Workload = "w", Variant = "few-shot/v1" }])
            with { Activities = new HashSet<(Approach, string)> { (Approach.FineTuning, "label") } });

        Assert.True(Is("Set measurable success metrics"));
        Assert.True(Is("Document successful prompt patterns"));
        Assert.True(Is("Curate task-specific data"));
        Assert.False(Is("Clean and validate it"));
        Assert.False(Is("Know which requests succeed"));
        Assert.True(Is("Split it for training and validation"));
        Assert.False(Is("Stop early")); // Validation turned, and the run went on.
        Assert.Null(Is("Set learning rates"));

        bool? Is(string step) => steps.Single(s => s.Step == step).IsDone;
    }

    private static AdviceReason Of(string criterion, AdviceFacts facts) => AdviceRules.Reasons(facts).Single(reason => reason.Criterion == criterion);

    private static ModelVersion Version { get; } = new(
        "v1", new(2026, 1, 1), new(2026, 2, 1), 1, 100, 10, 0, 0, 0, 0, 0, null,
        [new("r", "openai/base", DateTimeOffset.UnixEpoch, 1, 3, null, false, [1, 1, 1], [1.5m, 1, 1.2m], 10, TrainingCurve.Of([1.5m, 1, 1.2m, 1.3m]), 0)],
            None, None, None);

    private static ComparedShare Share(string metric, decimal prompts, decimal tuned, double p) =>
        new(metric, "prompt-engineering", "fine-tuning", new(prompts, prompts, prompts, 100, 100), new(tuned, tuned, tuned, 100, 100), p, p);

    private static Dictionary<string, decimal> None => [];

    private static ComparedRow Row(Approach approach, decimal requests, decimal inference, decimal other) => new(
        null, approach, null, requests, 0, 0, requests, 0, 0, inference + other, inference, 0, 0, 0, UnitCosts.Per1000(inference + other, requests), null,
            null, [], None, None, None);

    private static AdviceFacts Facts(
        ComparedRow[] approaches, ComparedShare[]? differences = null, string[]? needs = null, ModelVersion[]? versions = null, ComparedRow[]? variants = null)
    {
        var total = Row(default, approaches.Sum(row => row.Requests), 0, 0) with { Approach = null };
        var month = BillingPeriod.Of(new DateOnly(2026, 3, 1));
        return new AdviceFacts(
            "w", new(month, month, month.Start, 12, "accuracy", approaches, variants ?? [], total, differences ?? [], [], []), 3, versions ?? [], needs ?? [],
                Approach.Hybrid, false,
            new HashSet<(Approach, string)>(), "USD");
    }
}
