using SpendTracker.Contracts;

namespace SpendTracker.Web.Demo;

/// <summary>
/// The small project of the guides: prompts for $50 to $200 a month in API calls; one fine-tuned model that is hosted around
/// the clock for $7 an hour, over $5,000 a month, after weeks of preparing it.
/// </summary>
internal static class AuroraProject
{
    public const string Team = "Aurora";
    public const string Helpdesk = "aurora-helpdesk";
    public const string Newsletter = "aurora-newsletter";
    public const string Contracts = "aurora-contracts";
    public const string Assistant = "aurora-assistant";

    /// <summary>Hosting begins after eight weeks of set-up.</summary>
    public const int HostedFrom = 56;

    public const string ContractsModel = "gpt-35-turbo-aurora-contracts";
    public const string AssistantModel = "ft:gpt-4o-mini-2024-07-18:aurora:intents";

    private const string CostCentre = "4100 Product";

    public static IReadOnlyList<WorkloadRegistered> Workloads { get; } =
    [
        new(Helpdesk, "Help desk answers", Team, Approach.PromptEngineering, CostCentre, "production"),
        new(Newsletter, "Newsletter drafts", Team, Approach.PromptEngineering, CostCentre, "staging"),
        new(Contracts, "Contract clauses", Team, Approach.FineTuning, CostCentre, "production"),
        new(Assistant, "Shop assistant", Team, Approach.Hybrid, CostCentre, "production"),
    ];

    public static IReadOnlyList<Traffic> Traffic { get; } =
    [
        new(Helpdesk, Approach.PromptEngineering, "openai", "gpt-4.1-mini", Requests: 3_000, InputTokens: 1_200, OutputTokens: 250)
        {
            Events = 14, Growth = 2, Cached = 0.3,
            Variants = [new(0, "zero-shot/v1", 0.8), new(45, "one-shot/v2"), new(120, "few-shot/v3", 1.3), new(250, "few-shot/v4", 1.1)],
        },
        new(Newsletter, Approach.PromptEngineering, "openai", "gpt-4o-mini", Requests: 350, InputTokens: 3_000, OutputTokens: 1_200)
        {
            Events = 3, Growth = 1.2, Weekend = 0.5, Tier = ServiceTier.Batch, Variants = [new(0, "outline/v1"), new(180, "chain-of-thought/v2", 1.2)],
        },
        new(Contracts, Approach.FineTuning, "azure", ContractsModel, Requests: 1_100, InputTokens: 1_500, OutputTokens: 300)
        {
            Events = 8, Growth = 1.6, Weekend = 0.2, FromDay = HostedFrom, Variants = [new(0, "contracts/v1"), new(150, "contracts/v2"), new(270, "contracts/v3")],
        },
        new(Assistant, Approach.PromptEngineering, "openai", "gpt-4o-mini", Requests: 1_400, InputTokens: 900, OutputTokens: 220)
        {
            Events = 7, Growth = 1.7, Weekend = 0.9, Cached = 0.2, Variants = [new(0, "few-shot/v1"), new(160, "few-shot/v2", 1.2)],
        },
        new(Assistant, Approach.FineTuning, "openai", AssistantModel, Requests: 900, InputTokens: 420, OutputTokens: 90)
        {
            Events = 4, Growth = 2.2, Weekend = 0.9, FromDay = 75, Variants = [new(0, "intents/v1"), new(200, "intents/v2")],
        },
    ];

    /// <summary>Of one day: an agent that found no answer asked a larger model again and again. It is an unusual day.</summary>
    public static Traffic Loop { get; } = new(Helpdesk, Approach.PromptEngineering, "openai", "gpt-4.1", Requests: 2_500, InputTokens: 2_400, OutputTokens: 400)
    {
        Events = 6, Growth = 1, Weekend = 1, Variants = [new(0, "few-shot/v4")],
    };

    public static FineTuning ContractsTuning { get; } = new(Contracts, "azure", "gpt-35-turbo-0125")
    {
        SetUpFrom = 7, SetUpHours = 3, RunDays = [38, 46, 53, 148, 268], TrainedTokens = 1_150_000, Epochs = 3,
        HostedFrom = HostedFrom, Units = 1, MaintenanceHours = 2, Busy = 0.22,
        Versions = [new(0, "contracts/v1"), new(150, "contracts/v2"), new(270, "contracts/v3")],
        Dataset = "clauses-2k",
        Preparation =
        [
            new(3, DatasetActivity.Collect, Amount: 1_250), new(9, DatasetActivity.Label, Hours: 22, Role: "annotator"),
            new(16, DatasetActivity.Label, Hours: 24, Role: "annotator"), new(20, DatasetActivity.Label, Items: 6_000),
            new(27, DatasetActivity.Clean, Hours: 11.5m, Role: "engineer"), new(33, DatasetActivity.Synthesise, Items: 4_000),
            new(36, DatasetActivity.Validate, Hours: 9, Role: "engineer"), new(140, DatasetActivity.Label, Hours: 14, Role: "annotator"),
            new(262, DatasetActivity.Label, Items: 3_500),
        ],
    };

    public static FineTuning AssistantTuning { get; } = new(Assistant, "openai", "gpt-4o-mini-2024-07-18")
    {
        SetUpFrom = 40, SetUpHours = 1, RunDays = [70, 196], TrainedTokens = 2_400_000, Epochs = 3, HostedFrom = 75, Units = 0, MaintenanceHours = 0.5m,
        Versions = [new(0, "intents/v1"), new(200, "intents/v2")],
        Dataset = "intents-5k",
        Preparation = [new(48, DatasetActivity.Label, Hours: 18, Role: "annotator"), new(60, DatasetActivity.Clean, Hours: 6, Role: "engineer")],
    };
}
