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

    /// <summary>What the provider says that something cost, in a currency: shown beside what the rates give, and in no sum.</summary>
    public const string ReportedCost = "reported-cost";

    /// <summary>The part of the cache writes that is kept for an hour.</summary>
    public const string CacheWrite1hTokens = "cache-write-1h-tokens";

    public const string AudioInputTokens = "audio-input-tokens";
    public const string AudioOutputTokens = "audio-output-tokens";

    /// <summary>The requests of usage without any tokens, e.g. of a reranker: what nobody would miss if only tokens were unpriced.</summary>
    public const string RequestsWithoutTokens = "requests-without-tokens";

    private static readonly string[] TokenMeters = [InputTokens, CachedInputTokens, CacheWriteTokens, OutputTokens, ReasoningTokens];
    private static readonly string[] Tiers = ["batch", "flex", "priority"];

    /// <summary>
    /// A part of a meter → that meter, in each tier. A part's quantity is in its whole's too, and is charged there. It is counted
    /// apart to tell what is priced incompletely, and which requests lack a price.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Parts { get; } = new Dictionary<string, string>(
        Enum.GetValues<ServiceTier>().SelectMany(tier => new (string Part, string Whole)[] { (AudioInputTokens, InputTokens), (AudioOutputTokens, OutputTokens), (CacheWrite1hTokens, CacheWriteTokens) }
            .Select(pair => KeyValuePair.Create(InTier(pair.Part, tier), InTier(pair.Whole, tier)))).Append(new(RequestsWithoutTokens, Requests)));

    /// <summary>The meter that a part is of; otherwise the meter itself.</summary>
    public static string WholeOf(string meter) => Parts.GetValueOrDefault(meter, meter);

    /// <summary>A total's meter of the standard tier → the meters that are carved out of such totals, in each tier. Where a list has a step for it, they have one too.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Totals { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        [InputTokens] = CarvedOut(InputTokens, CachedInputTokens, CacheWriteTokens),
        [OutputTokens] = CarvedOut(OutputTokens, ReasoningTokens),
    };

    /// <summary>Meters that tell something without being charged for: without a rate they are not unpriced, but for requests without tokens.</summary>
    public static IReadOnlyList<string> Informational { get; } = [Requests, IdleHostingHours, ReportedCost, .. Parts.Keys];

    /// <summary>The context lengths from which providers ask another price, in input tokens of a request; 0 is the lowest step.</summary>
    public static IReadOnlyList<int> Steps { get; } = [0, 128_000, 200_000, 256_000, 272_000];

    /// <summary>Every meter that a rate can be published for. Idle hours are part of the hosting hours, so not them.</summary>
    public static IReadOnlyList<string> Priced { get; } =
    [
        .. TokenMeters, .. Tiers.SelectMany(tier => TokenMeters.Select(meter => $"{tier}-{meter}")),
        TrainingTokens, Requests, HostingHours, GpuHours, LabourHours, Items, Amount,
    ];

    /// <summary>Meters in each tier, but the total's own in the standard tier, which comes first.</summary>
    private static string[] CarvedOut(params string[] meters) =>
        [.. Enum.GetValues<ServiceTier>().SelectMany(tier => meters.Select(meter => InTier(meter, tier))).Where(meter => meter != meters[0])];

    public static string InTier(string meter, ServiceTier tier) => tier switch
    {
        ServiceTier.Batch => $"batch-{meter}",
        ServiceTier.Flex => $"flex-{meter}",
        ServiceTier.Priority => $"priority-{meter}",
        _ => meter,
    };

    /// <summary>A meter without its tier, and the tier.</summary>
    public static (string Meter, ServiceTier Tier) OutOfTier(string meter) => Array.Find(Tiers, tier => meter.StartsWith($"{tier}-", StringComparison.Ordinal)) is { } tier
        ? (meter[(tier.Length + 1)..], EnumName.Parse<ServiceTier>(tier))
        : (meter, ServiceTier.Standard);

    /// <summary>Whether a price of the meter may depend on the context length.</summary>
    public static bool HasSteps(string meter) => meter.EndsWith("-tokens", StringComparison.Ordinal) && meter != TrainingTokens;

    /// <summary>The step that requests of some input tokens are priced at: the longest that they exceed on average.</summary>
    public static int StepOf(long inputTokens, long requests)
    {
        if (inputTokens <= Steps[1])
        {
            return 0;
        }

        var context = requests > 1 ? inputTokens / (decimal)requests : inputTokens;
        return Steps.Last(step => context > step || step == 0);
    }

    /// <summary>The unit that a meter counts: quantities of one unit may be added, others not.</summary>
    public static string UnitOf(string meter) => meter switch
    {
        HostingHours or IdleHostingHours or GpuHours or LabourHours => "hours",
        Items => "items",
        Requests or RequestsWithoutTokens => "requests",
        Amount or ReportedCost => "amounts",
        _ => "tokens",
    };

    /// <summary>
    /// The largest price of one unit of a meter, in any currency: of a token 1,000,000, of an hour, an item or a request
    /// 1,000,000,000, which is 1,000 US dollars in Iranian rials, the currency with the smallest unit. The largest quantities
    /// that are recorded are 10^15 tokens and 10^12 of the others. So what one event costs is at most 10^21, of which 79 add up
    /// in a decimal with the 6 decimals that large sums are read with; a price, with its 12 decimals, needs 21 of the 28 digits.
    /// </summary>
    public static decimal MostPriceOf(string meter) => UnitOf(meter) == "tokens" ? 1_000_000 : 1_000_000_000;
}
