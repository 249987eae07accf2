using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Web.Demo;

/// <summary>
/// What the teams expected a month to cost: some too much, some too little, and nobody asked those who run the search. They
/// reach two years ahead, so that a demo that is opened again next month still has something to compare with.
/// </summary>
internal static class DemoEstimates
{
    private const int Months = 24;

    /// <summary>The first one tells in which month the demo began; the last one, that its year was recorded.</summary>
    public static IReadOnlyList<EstimateSubmitted> For(BillingPeriod first) =>
    [
        Estimate(first, AuroraProject.Helpdesk, Approach.PromptEngineering, "90,000 requests a month",
            Usage(85), Hours(2, 85, "prompt-engineer"), new(Component.Infrastructure, 20)),
        Estimate(first, AuroraProject.Contracts, Approach.FineTuning, "one instance around the clock; prepared within the first two months",
            Hosting(730), Usage(260), new(Component.Training, 20), new(Component.DatasetPreparation, 350), Hours(12, 95, "engineer")),
        Estimate(first, AuroraProject.Assistant, Approach.PromptEngineering, "40,000 requests a month",
            Usage(8)),
        Estimate(first, AuroraProject.Assistant, Approach.Hybrid, "what both halves need",
            Hours(1.5m, 85, "prompt-engineer"), new(Component.Infrastructure, 25)),
        Estimate(first, AuroraProject.Assistant, Approach.FineTuning, "the model routes intents only",
            Usage(15), new(Component.Training, 5), new(Component.DatasetPreparation, 80), Hours(3, 95, "engineer")),
        Estimate(first, AtlasProject.Support, Approach.PromptEngineering, "75,000 requests a month, a third of the input cached",
            Usage(380), Hours(8, 85, "prompt-engineer"), new(Component.Infrastructure, 200)),
        Estimate(first, AtlasProject.Reports, Approach.PromptEngineering, "nightly, at batch prices",
            Usage(240), Hours(2.5m, 85, "prompt-engineer")),
        Estimate(first, AtlasProject.Analysis, Approach.PromptEngineering, "5,000 requests a month",
            Usage(70), Hours(5, 85, "prompt-engineer")),
        Estimate(first, AtlasProject.Claims, Approach.FineTuning, "two instances around the clock, retrained every quarter",
            Hosting(1_460), Usage(1_100), new(Component.Training, 60), new(Component.DatasetPreparation, 800), Hours(52, 95, "engineer")),
        Estimate(first, AtlasProject.Triage, Approach.PromptEngineering, "half of the messages",
            Usage(95)),
        Estimate(first, AtlasProject.Triage, Approach.Hybrid, "what decides where a message goes",
            Usage(30), Hours(4.5m, 85, "prompt-engineer"), new(Component.Infrastructure, 90)),
        Estimate(first, AtlasProject.Triage, Approach.FineTuning, "the other half",
            Usage(40), new(Component.Training, 10), Hours(3, 95, "engineer")),
        Estimate(first, AuroraProject.Newsletter, Approach.PromptEngineering, "12,000 drafts a month",
            Usage(12)),
    ];

    private static EstimateSubmitted Estimate(BillingPeriod first, string workload, Approach approach, string volume, params EstimateLine[] lines) => new(
        workload, approach, first.ToString(), BillingPeriod.Of(first.Start.AddMonths(Months - 1)).ToString(), "USD", lines,
        new Dictionary<string, string> { ["volume"] = volume }, "Demo assumption");

    private static EstimateLine Usage(decimal amount) => new(Component.Usage, amount);

    private static EstimateLine Hosting(decimal hours) => new(Component.Hosting, null, FineTuning.HostingSku, Meters.HostingHours, hours, 7);

    private static EstimateLine Hours(decimal hours, decimal price, string role) => new(Component.Labour, null, $"labour/{role}", Meters.LabourHours, hours, price);
}
