using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>
/// List prices of common models that ship with the product, each with its source and the day on which it was looked up. They
/// are a start to check and supersede, not a promise. In the data file beside this one, which is easier to review than
/// publications: prices of a million tokens by tier and context length; reasoning costs as much as output unless it says so.
/// </summary>
public static class StartingRates
{
    private const decimal PerTokens = 1_000_000;

    /// <summary>By SKU, and within one by their first day.</summary>
    public static IReadOnlyList<RatePublished> All { get; } = Load();

    private static readonly HashSet<(string Sku, string Meter)> Known = [.. All.SelectMany(rate => rate.Prices, (rate, price) => (rate.Sku, price.Meter))];

    /// <summary>Whether they have a price for a meter of a SKU, on some day: a database of an earlier version may lack it.</summary>
    public static bool Knows(string sku, string meter) => Known.Contains((sku, meter));

    private static RatePublished[] Load()
    {
        using var file = typeof(StartingRates).Assembly.GetManifestResourceStream("starting-rates.json")!;
        var lists = JsonSerializer.Deserialize(file, StartingRatesJson.Default.StartingListArray)!;
        return
        [
            .. lists.SelectMany(list => list.Rates, (list, rate) => (list, rate))
                .SelectMany(entry => (string[])[entry.rate.Model, .. entry.rate.Also ?? []], (entry, model) => Of(entry.list, entry.rate, model))
                .OrderBy(rate => rate.Sku, StringComparer.Ordinal).ThenBy(rate => rate.EffectiveFrom),
        ];
    }

    private static RatePublished Of(StartingList list, StartingRate rate, string model) => new(
        $"{list.Provider}/{model}", rate.From, "USD", [.. rate.Prices.SelectMany(prices => Prices(prices.Key, prices.Value))],
        string.Create(CultureInfo.InvariantCulture, $"{list.Source}, looked up {list.LookedUp:yyyy-MM-dd}{(rate.AgreesWith is null ? "" : $"; agrees with {string.Join(", ", rate.AgreesWith)}")}"),
        rate.Note, EffectiveTo: rate.To, NotCarried: rate.NotCarried is null ? null : [.. rate.NotCarried.Select(meter => new NotCarriedPrice(meter))]);

    /// <param name="heading">A tier's name, and where it is for long contexts how long: <c>batch above 200000</c>.</param>
    private static IEnumerable<MeterPrice> Prices(string heading, StartingPrices prices)
    {
        var words = heading.Split(" above ");
        var tier = EnumName.Parse<ServiceTier>(words[0]);
        var above = words.Length == 1 ? 0 : int.Parse(words[1], CultureInfo.InvariantCulture);
        (string Meter, decimal? Price, decimal Per)[] all =
        [
            (Meters.InTier(Meters.InputTokens, tier), prices.Input, PerTokens),
            (Meters.InTier(Meters.CachedInputTokens, tier), prices.Cached, PerTokens),
            (Meters.InTier(Meters.CacheWriteTokens, tier), prices.CacheWrite, PerTokens),
            (Meters.InTier(Meters.OutputTokens, tier), prices.Output, PerTokens),
            (Meters.InTier(Meters.ReasoningTokens, tier), prices.Reasoning ?? prices.Output, PerTokens),
            (Meters.TrainingTokens, prices.Training, PerTokens),
            (Meters.HostingHours, prices.HostingHours, 1),
        ];
        return all.Where(price => price.Price is not null).Select(price => new MeterPrice(price.Meter, price.Price!.Value, price.Per, above));
    }
}

/// <summary>What one provider's price list says.</summary>
/// <param name="Source">Its name and address.</param>
/// <param name="LookedUp">When it was looked up: by public copies of it, and by public lists that follow it.</param>
internal sealed record StartingList(string Provider, string Source, DateOnly LookedUp, IReadOnlyList<StartingRate> Rates);

/// <summary>What a model costs from a day on.</summary>
/// <param name="Also">Other names of the same model, such as dated ones.</param>
/// <param name="AgreesWith">Independent lists that say the same.</param>
/// <param name="NotCarried">Meters, or parts of meters, for some or all of which the list asks other prices, which no meter has yet.</param>
/// <param name="Prices">By tier, and by context length above it: <c>standard</c>, <c>standard above 200000</c>, <c>batch</c>.</param>
internal sealed record StartingRate(
    string Model, DateOnly From, IReadOnlyDictionary<string, StartingPrices> Prices, IReadOnlyList<string>? Also = null, DateOnly? To = null, string? Note = null,
    IReadOnlyList<string>? AgreesWith = null, IReadOnlyList<string>? NotCarried = null);

/// <summary>US dollars for a million tokens, or for an hour. What is missing has no price.</summary>
internal sealed record StartingPrices(
    decimal? Input = null, decimal? Cached = null, decimal? CacheWrite = null, decimal? Output = null, decimal? Reasoning = null, decimal? Training = null,
    decimal? HostingHours = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StartingList[]))]
internal sealed partial class StartingRatesJson : JsonSerializerContext;
