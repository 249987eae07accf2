using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>Which members of a price map's entry have prices, and which usage those would be for that are not carried over.</summary>
internal static partial class UncarriedPrices
{
    /// <summary>What a member's name has, whose value is a price or a factor of one.</summary>
    private static readonly string[] PriceWords = ["cost", "price", "pricing", "uplift", "multiplier", "surcharge"];

    /// <summary>A member with factors of all prices, by region and speed, among other things that are no numbers.</summary>
    private const string FactorsMember = "provider_specific_entry";

    [GeneratedRegex("_above_(?<step>[0-9]{1,6})k_tokens", RegexOptions.ExplicitCapture)]
    private static partial Regex Step();

    /// <summary>Whether a member has a price, or a factor of prices, that is another than 0.</summary>
    public static bool IsPrice(JsonProperty member) =>
        (member.Name == FactorsMember || PriceWords.Any(word => member.Name.Contains(word, StringComparison.Ordinal))) && HasNumber(member.Value);

    /// <summary>
    /// What the members are for, as far as usage tells it apart: sound, what is written to the cache for an hour, and contexts beyond
    /// a length. A price that is the one taken says nothing new. By meter.
    /// </summary>
    /// <param name="prices">What is taken, of one unit.</param>
    public static IReadOnlyList<NotCarriedPrice> Of(JsonElement entry, IEnumerable<string> members, IReadOnlyDictionary<(string Meter, int AboveTokens), decimal> prices)
    {
        Dictionary<string, int> from = [];
        foreach (var (meter, above) in members.SelectMany(member => For(member, entry.GetProperty(member), prices)))
        {
            from[meter] = Math.Min(above, from.GetValueOrDefault(meter, above));
        }

        return [.. from.Where(price => Meters.WholeOf(price.Key) is var whole && (whole == price.Key || !from.ContainsKey(whole)))
            .Select(price => new NotCarriedPrice(price.Key, price.Value)).OrderBy(price => price.Meter, StringComparer.Ordinal)];
    }

    private static IEnumerable<NotCarriedPrice> For(string member, JsonElement value, IReadOnlyDictionary<(string Meter, int AboveTokens), decimal> prices)
    {
        bool Has(string text) => member.Contains(text, StringComparison.Ordinal);
        var part = Has("above_1hr") ? Meters.CacheWrite1hTokens
            : !Has("audio") ? null
            : Has("output") ? Meters.AudioOutputTokens : Meters.AudioInputTokens;
        if (part is not null)
        {
            return IsTaken(value, Meters.WholeOf(part), StepOf(member), prices) ? []
                : Enum.GetValues<ServiceTier>().Select(tier => Meters.InTier(part, tier)).Where(meter => prices.ContainsKey((Meters.WholeOf(meter), 0))).Select(meter => new NotCarriedPrice(meter));
        }

        if (member == PriceMapEntry.TieredMember)
        {
            var above = Floor(EndOfFirstRange(value));
            return prices.Keys.Select(price => price.Meter).Distinct().Where(Meters.HasSteps).Select(meter => new NotCarriedPrice(meter, above));
        }

        return PriceMapEntry.MeterOf(member) is { } stepped && StepOf(member) is var step and > 0 && prices.ContainsKey((stepped, 0)) ? [new(stepped, Floor(step))] : [];
    }

    private static bool IsTaken(JsonElement value, string meter, int step, IReadOnlyDictionary<(string Meter, int AboveTokens), decimal> prices) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var asked) && prices.TryGetValue((meter, step), out var taken) && asked == taken;

    private static int StepOf(string member) =>
        Step().Match(member) is { Success: true } match ? int.Parse(match.Groups["step"].ValueSpan, CultureInfo.InvariantCulture) * 1_000 : 0;

    /// <summary>The longest step that prices may have here, up to a length: usage beyond the length is beyond this, too.</summary>
    private static int Floor(decimal length) => Meters.Steps.Last(step => step <= Math.Max(0, length));

    /// <summary>0 where it cannot be told.</summary>
    private static decimal EndOfFirstRange(JsonElement ranges) =>
        ranges.ValueKind == JsonValueKind.Array && ranges.GetArrayLength() > 0 && ranges[0].ValueKind == JsonValueKind.Object
        && ranges[0].TryGetProperty("range", out var range) && range.ValueKind == JsonValueKind.Array && range.GetArrayLength() == 2
        && range[1].ValueKind == JsonValueKind.Number && range[1].TryGetDecimal(out var end) ? end : 0;

    private static bool HasNumber(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => !value.TryGetDecimal(out var number) || number != 0,
        JsonValueKind.Array => value.EnumerateArray().Any(HasNumber),
        JsonValueKind.Object => value.EnumerateObject().Any(member => HasNumber(member.Value)),
        JsonValueKind.String => decimal.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number != 0,
        _ => false,
    };
}
