using SpendTracker.Contracts;

namespace SpendTracker.Web.Demo;

/// <summary>
/// The enterprise of the guides: prompts of several teams for $500 to $2,000 a month in API calls; a fine-tuned model on two
/// instances, which with retraining and upkeep costs over $10,000 a month; and a triage that sends each call where it is best served.
/// </summary>
internal static class AtlasProject
{
    public const string Support = "atlas-support";
    public const string Search = "atlas-search";
    public const string Reports = "atlas-reports";
    public const string Analysis = "atlas-analysis";
    public const string Claims = "atlas-claims";
    public const string Triage = "atlas-triage";

    /// <summary>Someone's experiment that never was registered.</summary>
    public const string Unregistered = "meeting-notes-trial";

    public const string ClaimsModel = "gpt-35-turbo-atlas-claims";
    public const string TriageModel = "ft:gpt-4.1-mini:atlas:triage";

    public const string RouterModel = "gpt-4.1-nano";

    /// <summary>What a new gateway calls the same model, from this day of the year on. No price list knows it.</summary>
    public const string GatewayRouterModel = "router-nano";
    public const int GatewayRouterFrom = 200;

    public static IReadOnlyList<WorkloadRegistered> Workloads { get; } =
    [
        new(Support, "Customer support", "Atlas Service", Approach.PromptEngineering, "7200 Service", "production"),
        new(Search, "Search answers", "Atlas Knowledge", Approach.PromptEngineering, "7300 Knowledge", "production"),
        new(Reports, "Nightly reports", "Atlas Knowledge", Approach.PromptEngineering, "7300 Knowledge", "production"),
        new(Analysis, "Risk analysis", "Atlas Risk", Approach.PromptEngineering, "7400 Risk", "staging"),
        new(Claims, "Claims extraction", "Atlas Risk", Approach.FineTuning, "7400 Risk", "production"),
        new(Triage, "Message triage", "Atlas Service", Approach.Hybrid, "7200 Service", "production"),
    ];

    public static IReadOnlyList<Traffic> Traffic { get; } =
    [
        new(Support, Approach.PromptEngineering, "openai", "gpt-4o", Requests: 2_700, InputTokens: 1_500, OutputTokens: 300)
        {
            Events = 18, Growth = 1.8, Cached = 0.4, ToDay = 135, Variants = [new(0, "zero-shot/v1", 0.7), new(60, "few-shot/v2")],
        },
        new(Support, Approach.PromptEngineering, "openai", "gpt-4.1", Requests: 2_700, InputTokens: 1_500, OutputTokens: 300)
        {
            Events = 18, Growth = 1.8, Cached = 0.5, FromDay = 135, SurgeDay = 222, Variants = [new(0, "few-shot/v3"), new(210, "chain-of-thought/v4", 1.25)],
        },
        new(Search, Approach.PromptEngineering, "google", "gemini-2.5-flash", Requests: 3_400, InputTokens: 2_000, OutputTokens: 180)
        {
            Events = 12, Cached = 0.2, Weekend = 0.6, Growth = 1.9, Variants = [new(0, "rag/v1"), new(110, "rag/v2", 1.3), new(280, "rag/v3", 0.9)],
        },
        new(Reports, Approach.PromptEngineering, "anthropic", "claude-sonnet-4", Requests: 230, InputTokens: 6_000, OutputTokens: 900)
        {
            Events = 4, Growth = 1.4, Weekend = 0.8, Tier = ServiceTier.Batch, Variants = [new(0, "template/v1"), new(190, "template/v2", 1.1)],
        },
        new(Reports, Approach.PromptEngineering, "anthropic", "claude-sonnet-4", Requests: 70, InputTokens: 5_000, OutputTokens: 700)
        {
            Events = 3, Growth = 1.4, Weekend = 0.2, Cached = 0.5, CacheWrite = 0.2, Variants = [new(0, "template/v1"), new(190, "template/v2", 1.1)],
        },
        new(Analysis, Approach.PromptEngineering, "openai", "o3", Requests: 170, InputTokens: 1_500, OutputTokens: 1_200)
        {
            Events = 6, Growth = 2.6, Weekend = 0.1, Reasoning = 0.65, Variants = [new(0, "zero-shot/v1"), new(90, "chain-of-thought/v2", 1.4)],
        },
        new(Claims, Approach.FineTuning, "azure", ClaimsModel, Requests: 4_200, InputTokens: 1_800, OutputTokens: 350)
        {
            Events = 12, Growth = 1.3, Weekend = 0.3, Variants = ClaimsVersions,
        },
        new(Triage, Approach.PromptEngineering, "openai", "gpt-4.1-mini", Requests: 4_000, InputTokens: 900, OutputTokens: 120)
        {
            Events = 9, Cached = 0.3, Growth = 1.3, Variants = [new(0, "few-shot/v1"), new(130, "few-shot/v2", 1.2)],
        },
        new(Triage, Approach.FineTuning, "openai", TriageModel, Requests: 2_300, InputTokens: 350, OutputTokens: 40)
        {
            Events = 6, Growth = 2.4, Variants = [new(0, "triage/v1"), new(170, "triage/v2")],
        },
        new(Triage, Approach.Hybrid, "openai", RouterModel, Requests: 6_300, InputTokens: 900, OutputTokens: 8)
        {
            Events = 9, Growth = 1.6, ToDay = GatewayRouterFrom, Variants = [new(0, "router/v1"), new(130, "router/v2")],
        },
        new(Triage, Approach.Hybrid, "openai", GatewayRouterModel, Requests: 6_300, InputTokens: 900, OutputTokens: 8)
        {
            Events = 9, Growth = 1.6, FromDay = GatewayRouterFrom, Variants = [new(0, "router/v1"), new(130, "router/v2")],
        },
        new(Unregistered, Approach.PromptEngineering, "mistral", "mistral-small", Requests: 40, InputTokens: 2_500, OutputTokens: 400)
        {
            Events = 2, Growth = 1, Weekend = 0.1, FromDay = 240,
        },
    ];

    /// <summary>Of the last two weeks only: a model that is so new that nobody has published a rate for it.</summary>
    public static Traffic Pilot { get; } = new(Analysis, Approach.PromptEngineering, "openai", "o5-preview", Requests: 90, InputTokens: 1_800, OutputTokens: 1_500)
    {
        Events = 3, Weekend = 0.2, Reasoning = 0.7, Variants = [new(0, "chain-of-thought/v3")],
    };

    public static FineTuning ClaimsTuning { get; } = new(Claims, "azure", "gpt-35-turbo-0125")
    {
        // The first version was ready when the year began. Runs are on rented GPUs, by the hour.
        SetUpFrom = 0, SetUpHours = 0, RunDays = [52, 55, 112, 116, 201, 205, 292, 296], GpuHours = 15.5m, Sku = "azure/gpu-a100-80gb",
        HostedFrom = 0, Units = 2, MaintenanceHours = 11, Busy = 0.47, Versions = ClaimsVersions,
        Dataset = "claims-20k",
        Preparation =
        [
            new(31, DatasetActivity.Collect, Amount: 2_400), new(38, DatasetActivity.Label, Items: 9_000), new(46, DatasetActivity.Validate, Hours: 12, Role: "engineer"),
            new(100, DatasetActivity.Label, Hours: 40, Role: "annotator"), new(188, DatasetActivity.Label, Items: 7_500),
            new(194, DatasetActivity.Clean, Hours: 10, Role: "engineer"), new(284, DatasetActivity.Synthesise, Items: 12_000),
        ],
    };

    public static FineTuning TriageTuning { get; } = new(Triage, "openai", "gpt-4.1-mini-2025-04-14")
    {
        SetUpFrom = 0, SetUpHours = 0, RunDays = [165], TrainedTokens = 3_600_000, Epochs = 2, HostedFrom = 0, Units = 0, MaintenanceHours = 1,
        Versions = [new(0, "triage/v1"), new(170, "triage/v2")],
        Dataset = "triage-8k",
        Preparation = [new(152, DatasetActivity.Label, Items: 5_000), new(158, DatasetActivity.Clean, Hours: 5, Role: "engineer")],
    };

    private static IReadOnlyList<DemoVariant> ClaimsVersions =>
        [new(0, "claims/v1"), new(60, "claims/v2"), new(120, "claims/v3"), new(210, "claims/v4"), new(300, "claims/v5")];
}
