using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>
/// Enums travel and rest as the names written here, never as numbers, so that reordering members changes nothing.
/// </summary>
public sealed class NamedEnumConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>How a team adapts a language model.</summary>
[JsonConverter(typeof(NamedEnumConverter<Approach>))]
public enum Approach
{
    /// <summary>Crafted inputs to a general model; paid per token.</summary>
    [JsonStringEnumMemberName("prompt-engineering")] PromptEngineering,

    /// <summary>A model trained further on a dataset of one's own; paid per training run and hosting hour.</summary>
    [JsonStringEnumMemberName("fine-tuning")] FineTuning,

    /// <summary>Both, each for a share of the requests.</summary>
    [JsonStringEnumMemberName("hybrid")] Hybrid,
}

/// <summary>What kind of cost it is.</summary>
[JsonConverter(typeof(NamedEnumConverter<Component>))]
public enum Component
{
    /// <summary>Tokens.</summary>
    [JsonStringEnumMemberName("usage")] Usage,

    /// <summary>A model kept running by the hour.</summary>
    [JsonStringEnumMemberName("hosting")] Hosting,

    /// <summary>Training runs.</summary>
    [JsonStringEnumMemberName("training")] Training,

    /// <summary>Collecting, labelling, cleaning, validating or synthesising a dataset.</summary>
    [JsonStringEnumMemberName("dataset-preparation")] DatasetPreparation,

    /// <summary>People's hours.</summary>
    [JsonStringEnumMemberName("labour")] Labour,

    /// <summary>Gateways, vector stores, monitoring and the like.</summary>
    [JsonStringEnumMemberName("infrastructure")] Infrastructure,

    /// <summary>Anything else, taxes and credits included.</summary>
    [JsonStringEnumMemberName("other")] Other,
}

/// <summary>The provider's service tier; each has its own meters, since each has its own price.</summary>
[JsonConverter(typeof(NamedEnumConverter<ServiceTier>))]
public enum ServiceTier
{
    /// <summary>On demand.</summary>
    [JsonStringEnumMemberName("standard")] Standard,

    /// <summary>Answered within a day, at a discount.</summary>
    [JsonStringEnumMemberName("batch")] Batch,

    /// <summary>Slower and interruptible, at a discount.</summary>
    [JsonStringEnumMemberName("flex")] Flex,

    /// <summary>Faster, at a surcharge.</summary>
    [JsonStringEnumMemberName("priority")] Priority,
}

/// <summary>
/// Whether the totals that a provider reports include their parts. Usage is recorded with totals that do, so others are added
/// up before: see <see cref="TokenUsageRecorded.Inclusive"/>.
/// </summary>
[JsonConverter(typeof(NamedEnumConverter<TokenCounts>))]
public enum TokenCounts
{
    /// <summary>Input tokens include cached and cache-write tokens, output tokens include reasoning: OpenAI, Mistral.</summary>
    [JsonStringEnumMemberName("inclusive")] Inclusive,

    /// <summary>All parts are counted beside.</summary>
    [JsonStringEnumMemberName("exclusive")] Exclusive,

    /// <summary>Cached and cache-write tokens are counted beside the input: Anthropic, Amazon Bedrock, Cursor.</summary>
    [JsonStringEnumMemberName("exclusive-cache")] ExclusiveCache,

    /// <summary>Reasoning is counted beside the output: xAI, Gemini.</summary>
    [JsonStringEnumMemberName("exclusive-reasoning")] ExclusiveReasoning,
}

/// <summary>Whether the call gave what the caller wanted. Failed calls cost money too.</summary>
[JsonConverter(typeof(NamedEnumConverter<Outcome>))]
public enum Outcome
{
    /// <summary>Nobody said.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown,

    /// <summary>It did.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded,

    /// <summary>It did not.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary>What was done to a dataset.</summary>
[JsonConverter(typeof(NamedEnumConverter<DatasetActivity>))]
public enum DatasetActivity
{
    /// <summary>Raw material gathered or bought.</summary>
    [JsonStringEnumMemberName("collect")] Collect,

    /// <summary>Labels or answers written by people.</summary>
    [JsonStringEnumMemberName("label")] Label,

    /// <summary>Errors and duplicates taken out.</summary>
    [JsonStringEnumMemberName("clean")] Clean,

    /// <summary>Checked, and split for training and validation.</summary>
    [JsonStringEnumMemberName("validate")] Validate,

    /// <summary>Examples made by a model.</summary>
    [JsonStringEnumMemberName("synthesise")] Synthesise,
}

/// <summary>What people worked on.</summary>
[JsonConverter(typeof(NamedEnumConverter<LabourActivity>))]
public enum LabourActivity
{
    /// <summary>Writing and trying prompts.</summary>
    [JsonStringEnumMemberName("prompt-crafting")] PromptCrafting,

    /// <summary>Building the model into a product.</summary>
    [JsonStringEnumMemberName("integration")] Integration,

    /// <summary>Measuring quality.</summary>
    [JsonStringEnumMemberName("evaluation")] Evaluation,

    /// <summary>Keeping it running.</summary>
    [JsonStringEnumMemberName("maintenance")] Maintenance,
}

/// <summary>
/// What a charge represents. Source: the ChargeCategory column of the FinOps Open Cost and Usage Specification (FOCUS) 1.0.
/// </summary>
[JsonConverter(typeof(NamedEnumConverter<ChargeCategory>))]
public enum ChargeCategory
{
    /// <summary>For something consumed.</summary>
    [JsonStringEnumMemberName("usage")] Usage,

    /// <summary>For something bought once or committed to.</summary>
    [JsonStringEnumMemberName("purchase")] Purchase,

    /// <summary>A tax.</summary>
    [JsonStringEnumMemberName("tax")] Tax,

    /// <summary>Money back; the amount is negative.</summary>
    [JsonStringEnumMemberName("credit")] Credit,

    /// <summary>A correction by whoever charged; of either sign.</summary>
    [JsonStringEnumMemberName("adjustment")] Adjustment,
}
