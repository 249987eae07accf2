using SpendTracker.Contracts;

namespace SpendTracker.Usage;

/// <summary>
/// What is counted. Of an event's totals each unit lands in exactly one meter: cached, cache-write and reasoning tokens are
/// carved out, and a tier other than standard prefixes its name, e.g. <c>batch-input-tokens</c>.
/// </summary>
public static class Meters
{
    public const string InputTokens = "input-tokens";
    public const string CachedInputTokens = "cached-input-tokens";
    public const string CacheWriteTokens = "cache-write-tokens";
    public const string OutputTokens = "output-tokens";
    public const string ReasoningTokens = "reasoning-tokens";
    public const string TrainingTokens = "training-tokens";
    public const string Requests = "requests";
    public const string HostingHours = "hosting-hours";
    public const string IdleHostingHours = "idle-hosting-hours";
    public const string GpuHours = "gpu-hours";
    public const string LabourHours = "labour-hours";
    public const string Items = "items";

    /// <summary>An amount that somebody charged, under the SKU <c>charge/{currency}</c>. Its rate is an exchange rate.</summary>
    public const string Amount = "amount";

    /// <summary>Meters that tell something without being owed for: without a rate they are not unpriced.</summary>
    public static IReadOnlyList<string> Informational { get; } = [Requests, IdleHostingHours];

    private static readonly string[] TokenMeters = [InputTokens, CachedInputTokens, CacheWriteTokens, OutputTokens, ReasoningTokens];
    private static readonly string[] Tiers = ["batch", "flex", "priority"];

    /// <summary>Every meter that a rate can be published for. Idle hours are part of the hosting hours, so not them.</summary>
    public static IReadOnlyList<string> Priced { get; } =
    [
        .. TokenMeters, .. Tiers.SelectMany(tier => TokenMeters.Select(meter => $"{tier}-{meter}")),
        TrainingTokens, Requests, HostingHours, GpuHours, LabourHours, Items, Amount,
    ];

    public static string InTier(string meter, ServiceTier tier) => tier switch
    {
        ServiceTier.Batch => $"batch-{meter}",
        ServiceTier.Flex => $"flex-{meter}",
        ServiceTier.Priority => $"priority-{meter}",
        _ => meter,
    };

    /// <summary>The unit that a meter counts: quantities of one unit may be added, others not.</summary>
    public static string UnitOf(string meter) => meter switch
    {
        HostingHours or IdleHostingHours or GpuHours or LabourHours => "hours",
        Items => "items",
        Requests => "requests",
        Amount => "amounts",
        _ => "tokens",
    };
}
