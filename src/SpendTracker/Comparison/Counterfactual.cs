using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Comparison;

/// <summary>What an approach took of a SKU's meter in a month.</summary>
internal sealed record ServedQuantity(BillingPeriod Month, string Sku, string Meter, int AboveTokens, decimal Quantity);

/// <summary>Works out a counterfactual month. Pure; prices come in.</summary>
public static class Counterfactual
{
    private const decimal MostFactor = 100;

    /// <summary>Of a factor or a share.</summary>
    private const int Decimals = 6;

    /// <summary>What counts as tokens of a request, in each tier; parts of them do not count again.</summary>
    internal static readonly IReadOnlySet<string> TokenMeters = Enum.GetValues<ServiceTier>().SelectMany(tier =>
        ((string[])[Meters.InputTokens, Meters.CachedInputTokens, Meters.CacheWriteTokens, Meters.OutputTokens, Meters.ReasoningTokens])
            .Select(meter => Meters.InTier(meter, tier))).ToHashSet();

    private static readonly string[] Input = [Meters.InputTokens, Meters.CachedInputTokens, Meters.CacheWriteTokens];

    /// <summary>The question without the noise of binary fractions, as everything that is sent is taken.</summary>
    public static CounterfactualRequest AsAsked(CounterfactualRequest asked) => asked with { CachedShare = Cut(asked.CachedShare), TokenFactor = Cut(asked.TokenFactor) };

    /// <summary>Why there are no figures where a workload never used the approach.</summary>
    public static FieldReason NeverUsed { get; } =
        new("asApproach", "The workload did not use this approach in the twelve months up to this one, so nothing is known of what its requests take.");

    private static Assumption? Cut(Assumption? value) =>
        value is null ? null : new(Noise.Cut(value.Low, Decimals), Noise.Cut(value.Expected, Decimals), Noise.Cut(value.High, Decimals));

    public static IReadOnlyList<FieldReason> Check(CounterfactualRequest asked)
    {
        var check = new FieldCheck();
        check.That("month", BillingPeriod.TryParse(asked.Month, out _), "Must be a month like 2026-01.");
        check.OptionalText("workload", asked.Workload, TextLength.Name);
        check.OptionalText("model", asked.Model, TextLength.Name);
        check.OptionalText("sku", asked.Sku, TextLength.Name);
        check.That("", asked is not { Sku: null, AsApproach: null, ServiceTier: null, CachedShare: null, TokenFactor: null },
            "Say what had been different: sku, asApproach, serviceTier, cachedShare or tokenFactor.");
        check.That("asApproach", asked.AsApproach is null || asked is { Workload: not null, Approach: not null, Sku: null },
            "Needs the workload, and the approach that served the requests; and it takes the models of the other approach, so there is no sku beside it.");
        check.That("asApproach", asked.AsApproach is null || asked.AsApproach != asked.Approach, "Must be another approach than the one that served the requests.");
        Range(check, "cachedShare", asked.CachedShare, (field, value) => check.Range(field, value, 0, 1));
        Range(check, "tokenFactor", asked.TokenFactor, (field, value) => check.Above(field, value, 0, MostFactor));
        return check.Reasons;
    }

    private static void Range(FieldCheck check, string field, Assumption? value, Action<string, decimal> each)
    {
        if (value is null)
        {
            return;
        }

        check.That(field, value.Low <= value.Expected && value.Expected <= value.High, "Low must not be above expected, nor expected above high.");
        foreach (var bound in new HashSet<decimal> { value.Low, value.Expected, value.High })
        {
            each(field, bound);
            check.That(field, bound == Math.Round(bound, Decimals), $"At most {Decimals} decimals.");
        }
    }

    /// <summary>
    /// The usage as another approach had served its requests: requests of the day × quantity of a meter ÷ requests, over all months in which the
    /// workload used that approach. Empty where it used it never.
    /// </summary>
    internal static (IReadOnlyList<UsageQuantity> Usage, MeasuredFactor? Measured) ServedBy(IReadOnlyList<ServedQuantity> served, IReadOnlyList<UsageQuantity> usage)
    {
        var requests = Requests(served);
        if (requests == 0)
        {
            return ([], null);
        }

        var days = usage.Where(quantity => quantity.Meter == Meters.Requests).GroupBy(quantity => quantity.Day, quantity => quantity.Quantity);
        var each = served.GroupBy(quantity => (quantity.Sku, quantity.Meter, quantity.AboveTokens)).Select(line => (line.Key, Quantity: line.Sum(row => row.Quantity))).ToArray();
        var tokens = Tokens(served);
        var months = served.GroupBy(quantity => quantity.Month).Where(month => Requests(month) > 0).ToArray();
        var factors = tokens == 0 ? [1] : months.Select(month => Math.Round(Tokens(month) / Requests(month) / (tokens / requests), Decimals)).ToArray();
        return (
            [.. days.SelectMany(day => each.Select(line => new UsageQuantity(
                day.Key, Component.Usage, line.Key.Sku, line.Key.Meter, day.Sum() * line.Quantity / requests, line.Key.AboveTokens)))],
            new MeasuredFactor(new AmountRange(Math.Min(factors.Min(), 1), 1, Math.Max(factors.Max(), 1)), months.Length));

        static decimal Requests(IEnumerable<ServedQuantity> rows) => rows.Where(row => row.Meter == Meters.Requests).Sum(row => row.Quantity);
        static decimal Tokens(IEnumerable<ServedQuantity> rows) => rows.Where(row => TokenMeters.Contains(row.Meter)).Sum(row => row.Quantity);
    }

    /// <summary>All quantities that prices are needed for: as they were, and as they had been.</summary>
    /// <param name="served">As the other approach had served them; as they were, if none is asked for.</param>
    internal static IEnumerable<UsageQuantity> Wanted(CounterfactualRequest asked, IReadOnlyList<UsageQuantity> usage, IReadOnlyList<UsageQuantity> served) =>
        usage.Concat(As(asked, served, 1, asked.CachedShare?.Expected)).Concat(As(asked, served, 1, asked.CachedShare is null ? null : 0.5m));

    /// <summary>
    /// Σ quantity × price of the day. Input and output tokens are multiplied by the factor; with a cached share, all input tokens are
    /// split by it. The context length of each call stays as it was, and so does its step of a price. Low and high are the least and the most
    /// over the ends of both ranges: the sum is linear in each, so its extremes lie at ends.
    /// </summary>
    internal static CounterfactualFigures Figures(
        CounterfactualRequest asked, IReadOnlyList<UsageQuantity> usage, IReadOnlyList<UsageQuantity> served, Func<UsageQuantity, DayPricing> price,
        MeasuredFactor? measured)
    {
        var factor = asked.TokenFactor ?? (measured is { Factor: var m } ? new Assumption(m.Low, m.Expected, m.High) : new Assumption(1));
        var ends = from f in (decimal[])[factor.Low, factor.Expected, factor.High]
                   from c in asked.CachedShare is { } share ? (decimal?[])[share.Low, share.Expected, share.High] : [null]
                   select Amount(As(asked, served, f, c), price);
        var expected = As(asked, served, factor.Expected, asked.CachedShare?.Expected).ToArray();
        var amounts = ends.Append(Amount(expected, price)).ToArray();
        var (actual, had) = (Amount(usage, price), new AmountRange(amounts.Min(), amounts[^1], amounts.Max()));
        var figures = new CounterfactualFigures(
            usage.Where(quantity => quantity.Meter == Meters.Requests).Sum(quantity => quantity.Quantity), actual, had, null, factor,
            asked.TokenFactor is not null ? "given" : measured is not null ? "measured" : "assumed", measured, Lines(expected, price),
            Sums(usage, quantity => price(quantity).IsUnpriced || Unconverted(price(quantity))), Sums(usage, quantity => price(quantity).IsIncomplete),
            Sums(expected, quantity => price(quantity).IsUnpriced || Unconverted(price(quantity))), Sums(expected, quantity => price(quantity).IsIncomplete));
        var isKnown = figures.Unpriced.Count + figures.Incomplete.Count + figures.CounterfactualUnpriced.Count + figures.CounterfactualIncomplete.Count == 0;
        return isKnown ? figures with { Saves = new AmountRange(actual - had.High, actual - had.Expected, actual - had.Low) } : figures;
    }

    /// <summary>A price in a currency without an exchange rate is none that could be added.</summary>
    private static bool Unconverted(DayPricing pricing) => pricing.Price is { ExchangeRate: null };

    private static IEnumerable<UsageQuantity> As(CounterfactualRequest asked, IEnumerable<UsageQuantity> usage, decimal factor, decimal? cachedShare)
    {
        foreach (var quantity in usage)
        {
            var (meter, tier) = Meters.OutOfTier(quantity.Meter);
            var had = quantity with { Sku = asked.Sku ?? quantity.Sku };
            var inTier = asked.ServiceTier ?? tier;
            if (Meters.UnitOf(quantity.Meter) != "tokens")
            {
                yield return had;
            }
            else if (cachedShare is not { } cached || !Input.Contains(meter))
            {
                if (cachedShare is null || meter != Meters.CacheWrite1hTokens)
                {
                    yield return had with { Meter = Meters.InTier(meter, inTier), Quantity = quantity.Quantity * factor };
                }
            }
            else
            {
                yield return had with { Meter = Meters.InTier(Meters.InputTokens, inTier), Quantity = quantity.Quantity * factor * (1 - cached) };
                yield return had with { Meter = Meters.InTier(Meters.CachedInputTokens, inTier), Quantity = quantity.Quantity * factor * cached };
            }
        }
    }

    private static decimal Amount(IEnumerable<UsageQuantity> usage, Func<UsageQuantity, DayPricing> price) =>
        usage.Sum(quantity => AmountOf(quantity, price) ?? 0);

    private static decimal? AmountOf(UsageQuantity quantity, Func<UsageQuantity, DayPricing> price) =>
        price(quantity).Price is { ExchangeRate: { } rate } held ? quantity.Quantity * held.UnitPrice * rate : null;

    private static CounterfactualLine[] Lines(IEnumerable<UsageQuantity> usage, Func<UsageQuantity, DayPricing> price) =>
    [
        .. usage.Where(quantity => quantity.Quantity != 0 && !Meters.Parts.ContainsKey(quantity.Meter)).GroupBy(quantity => (quantity.Sku, quantity.Meter))
            .Select(line => new CounterfactualLine(
                line.Key.Sku, line.Key.Meter, line.Sum(quantity => quantity.Quantity), line.Any(quantity => AmountOf(quantity, price) is not null)
                    ? Amount(line, price) : null))
            .Where(line => line.Amount is not null || line.Meter != Meters.Requests)
            .OrderByDescending(line => line.Amount).ThenBy(line => line.Sku, StringComparer.Ordinal).ThenBy(line => line.Meter, StringComparer.Ordinal),
    ];

    private static Dictionary<string, decimal> Sums(IEnumerable<UsageQuantity> usage, Func<UsageQuantity, bool> covers) =>
        usage.Where(quantity => quantity.Quantity != 0 && covers(quantity)).GroupBy(quantity => Meters.UnitOf(quantity.Meter)).ToDictionary(unit => unit.Key,
            unit => unit.Sum(quantity => quantity.Quantity));
}
