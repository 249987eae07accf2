using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Plans;

namespace SpendTracker.Comparison;

/// <summary>
/// When to use prompts, a fine-tuned model, or both: the criteria of the guides, each with the workload's own numbers. A rule gives a reason for an
/// approach, or none if it cannot tell. Prompts: quick solutions, limited resources, flexible use, general applications. Fine-tuning: a specialised
/// domain, high accuracy, consistent output, resources for training. Both: a fine-tuned model for critical parts, and prompts for the rest. Pure.
/// </summary>
internal static class AdviceRules
{
    /// <summary>From so many variants of prompts in use within the months, what is asked for changes often.</summary>
    private const int ManyVariants = 3;

    /// <summary>A need that a team can state → the approach that the guides name for it, and their words.</summary>
    public static IReadOnlyDictionary<string, (Approach Approach, string Words)> Needs { get; } = new Dictionary<string, (Approach, string)>
    {
        ["speed"] = (Approach.PromptEngineering, "quick solutions are needed"),
        ["limited-resources"] = (Approach.PromptEngineering, "resources are limited"),
        ["flexibility"] = (Approach.PromptEngineering, "use cases must stay flexible"),
        ["generality"] = (Approach.PromptEngineering, "the application is general"),
        ["specialised-domain"] = (Approach.FineTuning, "specialised domain knowledge is required"),
        ["accuracy"] = (Approach.FineTuning, "high accuracy is needed"),
        ["consistency"] = (Approach.FineTuning, "consistent output is essential"),
        ["training-resources"] = (Approach.FineTuning, "resources are available for training"),
        ["critical-parts"] = (Approach.Hybrid, "some parts are critical, and the rest is not"),
    };

    private static readonly Func<AdviceFacts, AdviceReason?>[] Measured =
        [facts => Quality(facts, "accuracy"), facts => Quality(facts, "consistency"), Cost, Speed, TrainingResources, Flexibility];

    /// <summary>All reasons: what the team states, then what the numbers say.</summary>
    public static IReadOnlyList<AdviceReason> Reasons(AdviceFacts facts) =>
        [.. facts.Needs.Select(Stated), .. Measured.Select(rule => rule(facts)).OfType<AdviceReason>()];

    /// <summary>
    /// The approach: both, if parts are critical, or if a fine-tuned model is better by more than chance while prompts cost less; otherwise the one
    /// that more reasons speak for, and prompts if as many do, since they can be tried at once. Null without a reason.
    /// </summary>
    public static Approach? Recommended(IReadOnlyCollection<AdviceReason> reasons)
    {
        var better = reasons.Any(reason => reason is { Criterion: "accuracy" or "consistency", Source: AdviceSource.Comparison, Favours: Approach.FineTuning });
        var cheaper = reasons.Any(reason => reason is { Criterion: "cost", Favours: Approach.PromptEngineering });
        return reasons.Count == 0 ? null
            : (better && cheaper) || reasons.Any(reason => reason.Favours == Approach.Hybrid) ? Approach.Hybrid
            : reasons.Count(reason => reason.Favours == Approach.FineTuning) > reasons.Count(reason => reason.Favours == Approach.PromptEngineering)
                ? Approach.FineTuning
            : Approach.PromptEngineering;
    }

    /// <summary>The reasons without which, or with which turned round, another approach would be recommended.</summary>
    public static IReadOnlyList<string> Changes(IReadOnlyList<AdviceReason> reasons)
    {
        var now = Recommended(reasons);
        return [.. reasons.Where(reason => Recommended([.. reasons.Except([reason])]) != now
            || Recommended([.. reasons.Except([reason]), Turned(reason)]) != now).Select(reason => reason.WouldChange)];
    }

    /// <summary>
    /// From which volume a fine-tuned model costs less: (fixed cost a month of the fine-tuned model − of prompts) ÷ (cost of a request with prompts
    /// − with the model). A request costs its tokens; everything else is fixed. Null if one was not used, or not all of its cost is known.
    /// </summary>
    public static AdviceBreakEven? BreakEvenOf(AdviceFacts facts)
    {
        if (facts is not { Prompts: { IsComplete: true, Requests: > 0 } prompts, Tuned: { IsComplete: true, Requests: > 0 } tuned, Months: > 0 })
        {
            return null;
        }

        var more = (tuned.Cost - tuned.Inference - (prompts.Cost - prompts.Inference)) / facts.Months;
        var volume = BreakEvens.VolumeFrom(more, (prompts.Inference / prompts.Requests) - (tuned.Inference / tuned.Requests)) is { } from ? Math.Round(from, 2)
            : (decimal?)null;
        return new AdviceBreakEven(volume, facts.RequestsPerMonth >= volume);
    }

    /// <summary>What would have to be known for a better advice.</summary>
    public static IReadOnlyList<string> NotKnown(AdviceFacts facts) =>
    [
        .. facts.Figures.NotKnown,
        .. facts.Prompts is null ? (string[])["What prompts would cost and achieve here: none have been used in these months."] : [],
        .. facts.Tuned is null ? (string[])["What a fine-tuned model would cost and achieve here: none has been used in these months. A plan can tell its cost."] : [],
        .. Needs.Keys.Except(facts.Needs) is var others && facts.Needs.Count == 0
            ? (string[])[$"What the team needs: say it by needs, of {string.Join(", ", others)}."] : [],
        .. facts.Registered is null ? (string[])["Whose workload it is: nobody registered it."] : [],
    ];

    private static AdviceReason Stated(string need) => new(
        need, Needs[need].Approach, $"The team says that {Needs[need].Words}.", AdviceSource.Stated, $"If it were not so that {Needs[need].Words}.");

    /// <summary>High accuracy and consistent output speak for fine-tuning where they are better by more than chance.</summary>
    private static AdviceReason? Quality(AdviceFacts facts, string metric) => facts.Difference(metric) is not { } share ? null : new(
        metric, share is { IsDifferent: true, Difference: > 0 } ? Approach.FineTuning : Approach.PromptEngineering,
        $"The {metric} of the fine-tuned model is {Percent(share.ShareOfOther.Expected)}, that of prompts {Percent(share.ShareOfOne.Expected)}: {(share.IsDifferent ? "more than chance" : "it could be chance")}.",
        AdviceSource.Comparison, share is { IsDifferent: true, Difference: > 0 } ? $"If prompts reached the same {metric}."
            : $"If the fine-tuned model's {metric} were better by more than chance.");

    /// <summary>Limited resources: what 1,000 requests cost at the volume that there is.</summary>
    private static AdviceReason? Cost(AdviceFacts facts)
    {
        if (facts is not { Prompts: { IsComplete: true, Per1000: { } prompts }, Tuned: { IsComplete: true, Per1000: { } tuned } })
        {
            return null;
        }

        var breakEven = BreakEvenOf(facts);
        return new(
            "cost", tuned < prompts ? Approach.FineTuning : Approach.PromptEngineering,
            $"At {Number(facts.RequestsPerMonth)} requests a month, 1,000 of them cost {Money(prompts, facts)} with prompts and {Money(tuned, facts)} with the fine-tuned model.", AdviceSource.Comparison,
            breakEven?.Answer switch
            {
                "from" => $"From {Number(breakEven.RequestsPerMonth!.Value)} requests a month on, the fine-tuned model costs less.",
                "already" => $"Below {Number(breakEven.RequestsPerMonth!.Value)} requests a month, prompts cost less.",
                _ => "No volume makes the fine-tuned model cheaper: a request costs as much there in tokens, or more. Lower prices of it would.",
            });
    }

    /// <summary>Quick solutions: prompts answer at once, where no fine-tuned version is in use yet.</summary>
    private static AdviceReason? Speed(AdviceFacts facts) => facts.Versions.Any(version => version.Version is not null) || facts.Figures.Total.Requests == 0 ? null : new(
        "speed", Approach.PromptEngineering,
            "No fine-tuned version is in use. Prompts answer within days, where the guides count four to eight weeks for a first model.", AdviceSource.Models,
        "If a fine-tuned version were there already.");

    /// <summary>Resources for training: datasets and runs that are there already are paid.</summary>
    private static AdviceReason? TrainingResources(AdviceFacts facts) => facts.Figures.Total.Requests == 0 ? null
        : facts.Runs.Count > 0 && facts.Versions.Any(version => version.Datasets > 0)
            ? new("training-resources", Approach.FineTuning, $"A dataset and {Number(facts.Runs.Count)} training {(facts.Runs.Count == 1 ? "run" : "runs")} are there already, for {Money(facts.Versions.Sum(v => v.Datasets + v.Training), facts)}.", AdviceSource.Models, "If the dataset had to be made anew.")
            : new("limited-resources", Approach.PromptEngineering, "No dataset with a training run is recorded: they would have to be paid first.",
                AdviceSource.Models, "If a dataset and a training run were there.");

    /// <summary>Flexible use: what changes often is changed at once in a prompt, and by training in a model.</summary>
    private static AdviceReason? Flexibility(AdviceFacts facts) => facts.PromptVariants.Count < ManyVariants ? null : new(
        "flexibility", Approach.PromptEngineering,
            $"{Number(facts.PromptVariants.Count)} variants of prompts were in use in these months: what is asked for changes.", AdviceSource.Comparison,
        $"If fewer than {ManyVariants} variants were in use.");

    private static AdviceReason Turned(AdviceReason reason) => reason with { Favours = reason.Favours == Approach.FineTuning ? Approach.PromptEngineering
        : Approach.FineTuning };

    private static string Percent(decimal share) => $"{(share * 100).ToString("0.#", CultureInfo.InvariantCulture)} %";

    private static string Number(decimal number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Money(decimal amount, AdviceFacts facts) => $"{amount.ToString("#,0.00", CultureInfo.InvariantCulture)} {facts.Currency}";
}
