using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Plans;

/// <summary>
/// The two sizes of project that a guide of 2025 gives costs for, in US dollars. Its figures: an API costs $0.002 to $0.12 per 1,000
/// tokens; hosting a fine-tuned GPT-3.5-turbo on Azure $7 an hour; a training run on a small dataset $10 to $100; a dataset
/// $1,000 to $10,000; setting up fine-tuning takes 4 to 8 weeks, prompts take days. A month of a small project costs $50 to $200
/// with prompts, and over $5,000 fine-tuned; of an enterprise $500 to $2,000, and over $10,000. Source: "Prompt Engineering vs
/// Fine-Tuning: A Comprehensive Guide for 2025". What the guide does not say (tokens of a request, hours of maintenance) is
/// chosen so that its sums come out, and is there to be changed.
/// </summary>
public static class PlanPresets
{
    private const string Guide = "Prompt Engineering vs Fine-Tuning: A Comprehensive Guide for 2025";

    /// <summary>Who plans to fine-tune must know these. Source: OpenAI's notice of the end of fine-tuning.</summary>
    private static readonly IReadOnlyList<string> Notes =
    [
        "OpenAI takes no new fine-tuning jobs from 6 January 2027 on. The presets host a model on Azure; Bedrock, Vertex, Together, Fireworks and self-hosted adapters go on, too.",
        "A tuned model ends with its base model. Give the month of its retirement, and what moving costs, with the option.",
    ];

    /// <summary>All of a month: 365 × 24 ÷ 12 hours.</summary>
    private const decimal HoursPerMonth = 730;

    /// <param name="from">The first month.</param>
    public static IReadOnlyList<PlanPreset> All(BillingPeriod from) =>
    [
        new("small-project", "A small project", Guide, Plan(from, "A small project", new(20_000, 40_000, 80_000), units: 1, maintenanceHours: 0), Notes),
        new("enterprise", "An enterprise", Guide, Plan(from, "An enterprise", new(200_000, 400_000, 800_000), units: 2, maintenanceHours: 40), Notes),
    ];

    private static PlanRequest Plan(BillingPeriod from, string name, Assumption requests, decimal units, decimal maintenanceHours) => new(
        name, $"{from.Start:yyyy-MM}", 12, requests,
        [
            new PlanOption("Prompts", Approach.PromptEngineering, [Prompted(1)], SetupWeeks: new(0.2m, 0.4m, 1)),
            new PlanOption(
                "Fine-tuned", Approach.FineTuning, [Tuned(1)], Hosted(units), [Dataset()], Training(), Maintained(maintenanceHours), SetupWeeks: new(4, 6, 8)),
            new PlanOption(
                "Hybrid", Approach.Hybrid, [Prompted(0.8m), Tuned(0.2m)], Hosted(units), [Dataset()], Training(), Maintained(maintenanceHours), SetupWeeks: new(4, 6, 8)),
        ],
        Currency: "USD");

    /// <summary>1,250 tokens a request: with the requests above, 25 to 100 million a month at $0.002 per 1,000.</summary>
    private static PlanRoute Prompted(decimal share) => new("guide-2025/api-low", new(1_000), new(250), new(share), Prices: PerThousand(0.002m));

    /// <summary>A model that has learned the instructions needs fewer of them. "Plus usage", says the guide, without a price: that of the cheapest API.</summary>
    private static PlanRoute Tuned(decimal share) => new("azure/gpt-35-turbo-fine-tuned", new(400), new(250), new(share), Prices: PerThousand(0.002m));

    private static IReadOnlyList<PlanMeterPrice> PerThousand(decimal price) => [new(Meters.InputTokens, new(price), 1_000), new(Meters.OutputTokens, new(price), 1_000)];

    private static IReadOnlyList<PlanHosting> Hosted(decimal units) => [new("azure/gpt-35-turbo-fine-tuned", new(HoursPerMonth), new(units), Price: new(7))];

    private static PlanDataset Dataset() => new("first dataset", Amount: new(1_000, 5_000, 10_000));

    private static PlanTraining Training() => new(Amount: new(10, 50, 100));

    private static IReadOnlyList<PlanLabour> Maintained(decimal hours) => hours == 0 ? [] : [new("engineer", new(hours), LabourActivity.Maintenance, EveryMonth: true)];
}
