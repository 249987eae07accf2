using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>
/// A model consumed and produced tokens, in one request or in several of the same kind. A measured fact, so it carries
/// no cost: the cost is worked out from the rate of the day, and a rate published late reaches usage recorded before it.
/// </summary>
/// <param name="Workload">The workload that asked, e.g. <c>support-chat</c>.</param>
/// <param name="Approach">The approach this call served; a hybrid workload names it call by call.</param>
/// <param name="Provider">Who served it, e.g. <c>openai</c>. With the model it is the SKU: <c>openai/gpt-4o</c>.</param>
/// <param name="Model">The model as the provider reports it. A fine-tuned model has a SKU, and so a rate, of its own.</param>
/// <param name="InputTokens">
/// All input tokens, cached ones included. 0 to 1,000,000,000,000. Divided by the requests it is the context length, which
/// decides the step of the price; so requests of different steps are best recorded apart.
/// </param>
/// <param name="OutputTokens">All output tokens, reasoning included. 0 to 1,000,000,000,000.</param>
/// <param name="UsedAt">When the provider served it.</param>
/// <param name="CachedInputTokens">The part of the input tokens that was read from the provider's prompt cache.</param>
/// <param name="CacheWriteTokens">The part of the input tokens that was written to the provider's prompt cache.</param>
/// <param name="ReasoningTokens">The part of the output tokens that the model spent on reasoning.</param>
/// <param name="ServiceTier">The tier that it was served in.</param>
/// <param name="Requests">How many requests this covers. 1 to 1,000,000,000.</param>
/// <param name="Variant">What the team wants to tell apart: prompt technique and version (<c>few-shot/v3</c>), model version.</param>
/// <param name="Outcome">Whether it gave what the caller wanted.</param>
/// <param name="ReportedCost">What the provider says it cost, kept beside what the rates give; 0 to 1,000,000,000,000; rounded to 12 decimals.</param>
/// <param name="ReportedCurrency">ISO 4217 code of the reported cost; goes with it.</param>
/// <param name="CacheWrite1hTokens">The part of the cache-write tokens that the provider keeps for an hour, not for minutes.</param>
/// <param name="AudioInputTokens">The part of the input tokens that was sound.</param>
/// <param name="AudioOutputTokens">The part of the output tokens that was sound; none of it is reasoning.</param>
public sealed record TokenUsageRecorded(
    string Workload, Approach Approach, string Provider, string Model, long InputTokens, long OutputTokens, DateTimeOffset UsedAt,
    long CachedInputTokens = 0, long CacheWriteTokens = 0, long ReasoningTokens = 0, ServiceTier ServiceTier = ServiceTier.Standard,
    long Requests = 1, string? Variant = null, Outcome Outcome = Outcome.Unknown,
    decimal? ReportedCost = null, string? ReportedCurrency = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long CacheWrite1hTokens = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long AudioInputTokens = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long AudioOutputTokens = 0) : IUsageEvent
{
    DateTimeOffset IUsageEvent.OccurredAt => UsedAt;

    /// <summary>The same usage with totals that include their parts.</summary>
    /// <param name="counts">What the totals of this one include.</param>
    public TokenUsageRecorded Inclusive(TokenCounts counts) => counts switch
    {
        TokenCounts.Exclusive => Inclusive(TokenCounts.ExclusiveCache).Inclusive(TokenCounts.ExclusiveReasoning),
        TokenCounts.ExclusiveCache => this with { InputTokens = InputTokens + CachedInputTokens + CacheWriteTokens },
        TokenCounts.ExclusiveReasoning => this with { OutputTokens = OutputTokens + ReasoningTokens },
        _ => this,
    };
}
