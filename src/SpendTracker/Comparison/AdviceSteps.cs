using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Comparison;

/// <summary>
/// The steps of the guides, each with what events say of it. What events cannot tell is neither done nor open: texts of prompts, for instance, are
/// never stored. Pure.
/// </summary>
internal static class AdviceSteps
{
    private static readonly string[] Techniques = ["zero-shot", "one-shot", "few-shot"];

    public static IReadOnlyList<AdviceStep> Of(AdviceFacts facts) => [.. Prompts(facts), .. FineTuning(facts)];

    private static IEnumerable<AdviceStep> Prompts(AdviceFacts facts)
    {
        const string Goals = "Define clear goals", Design = "Design effective prompts", Testing = "Testing and iteration";
        var variants = facts.PromptVariants.Where(row => row.Variant!.Length > 0).ToArray();
        var metrics = (facts.Prompts?.Quality ?? []).Select(figure => figure.Metric).ToArray();
        yield return Step(Goals, "Identify the task and who owns it", facts.Registered is not null, facts.Registered is null
            ? "Nobody registered the workload." : "It is registered.");
        yield return Step(Goals, "Say what it may cost", facts.HasEstimate, facts.HasEstimate ? "An estimate was submitted." : "No estimate was submitted.");
        yield return Step(Goals, "Set measurable success metrics", metrics.Length > 0, metrics.Length > 0 ? $"Evaluated: {string.Join(", ", metrics)}."
            : "No evaluation of prompts in these months.");
        yield return Step(Goals, "Know which requests succeed", facts.Prompts?.Success is not null, facts.Prompts is { Success: { } success } row
            ? $"{Number(success.Samples)} of {Number(row.Requests)} requests have an outcome." : "No outcome is recorded.");
        yield return Step(Design, "Instructions first, clearly separated, in concise language", null, "Texts of prompts are never stored.");
        yield return Step(
            Testing, "Start with zero-shot, then one-shot, then few-shot", variants.Length == 0 ? false : Techniques.Any(technique =>
                Used(variants, technique)) ? true : null,
            variants.Length == 0 ? "No variant of a prompt is named." : Techniques.Where(technique => Used(variants, technique))
                .ToArray() is { Length: > 0 } used ? $"In use: {string.Join(", ", used)}." : "The variants' names do not tell.");
        var named = variants.Sum(variant => variant.Requests);
        var all = facts.PromptVariants.Sum(variant => variant.Requests);
        yield return Step(
            Testing, "Document successful prompt patterns", all > 0 && named == all,
            all == 0 ? "No request with prompts in these months."
                : $"{Number(named)} of {Number(all)} requests name a variant, {Number(variants.Length)} in all.");

        AdviceStep Step(string group, string step, bool? done, string evidence) => new(Approach.PromptEngineering, group, step, done, evidence);
    }

    private static IEnumerable<AdviceStep> FineTuning(AdviceFacts facts)
    {
        const string Model = "Prepare your model", Dataset = "Dataset preparation", Training = "Training process";
        var runs = facts.Runs;
        var validated = runs.Where(run => run.ValidationLoss.Count > 0).ToArray();
        var turned = runs.Where(run => run.Curve is { Turned: true }).ToArray();
        yield return Step(Model, "Choose a pre-trained model", runs.Count > 0, runs.Count > 0
            ? $"Trained further: {string.Join(", ", runs.Select(run => run.Model).Distinct())}." : "No training run is recorded.");
        yield return Step(Model, "Set up infrastructure", facts.Versions.Any(version => version.Hosting > 0 || version.Requests > 0),
            facts.Versions.Any(version => version.Hosting > 0) ? "A model is hosted." : facts.Versions.Any(version => version.Requests > 0)
            ? "The provider hosts it." : "Nothing is hosted or used.");
        yield return Activity("Curate task-specific data", DatasetActivity.Collect, DatasetActivity.Label, DatasetActivity.Synthesise);
        yield return Activity("Clean and validate it", DatasetActivity.Clean, DatasetActivity.Validate);
        yield return Step(Dataset, "Ensure proper formatting", null, "Datasets are not stored here.");
        yield return Step(Dataset, "Split it for training and validation", validated.Length > 0,
            $"{Number(validated.Length)} of {Number(runs.Count)} runs have a validation loss.");
        yield return Step(Training, "Set learning rates", null, "They are not recorded.");
        yield return Step(Training, "Define the number of epochs", runs.Count > 0, runs.Count > 0
            ? $"{runs.Min(run => run.Epochs):0.##} to {runs.Max(run => run.Epochs):0.##} epochs." : "No training run is recorded.");
        yield return Step(
            Training, "Monitor for overfitting", runs.Count > 0 && validated.Length == runs.Count,
            turned.Length > 0 ? $"Validation loss turned in {Number(turned.Length)} of {Number(runs.Count)} runs." : runs.Count > 0
                && validated.Length == runs.Count ? "Validation loss turned in none."
                : $"{Number(runs.Count - validated.Length)} runs have no validation loss.");
        var missed = turned.Where(run => !run.StoppedEarly).ToArray();
        yield return Step(
            Training, "Stop early", runs.Count == 0 ? false : missed.Length == 0,
            runs.Count == 0 ? "No training run is recorded." : $"{Number(runs.Count(run => run.StoppedEarly))} of {Number(runs.Count)} runs were stopped early; {Number(missed.Length)} went on after validation turned.");

        AdviceStep Activity(string step, params DatasetActivity[] activities)
        {
            var found = activities.Select(EnumName.Of).Where(activity => facts.Activities.Contains((Approach.FineTuning, activity))).ToArray();
            return Step(Dataset, step, found.Length > 0, found.Length > 0 ? $"Recorded: {string.Join(", ", found)}." : "Nothing is recorded.");
        }

        AdviceStep Step(string group, string step, bool? done, string evidence) => new(Approach.FineTuning, group, step, done, evidence);
    }

    private static bool Used(IEnumerable<ComparedRow> variants, string technique) => variants.Any(variant => variant.Variant!.Contains(technique,
        StringComparison.OrdinalIgnoreCase));

    private static string Number(decimal number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
