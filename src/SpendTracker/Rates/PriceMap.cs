using System.Globalization;
using System.Text.Json;
using SpendTracker.Contracts;

namespace SpendTracker.Rates;

/// <summary>What a price map asks for a SKU, in US dollars.</summary>
/// <param name="Model">The entry's name in the file.</param>
/// <param name="Prices">By meter, and within a meter by the context length that they hold from.</param>
public sealed record ListedRate(string Sku, string Model, IReadOnlyList<MeterPrice> Prices)
{
    /// <summary>What the entry asks other prices for that are not here, and usage can tell.</summary>
    public IReadOnlyList<NotCarriedPrice> NotCarried { get; init; } = [];

    /// <summary>Whether every price is 0: lists say so of what is free, and of what has no price that they know.</summary>
    public bool IsZero => Prices.All(price => price.Price == 0);

    public bool SaysTheSameAs(ListedRate other) => Prices.SequenceEqual(other.Prices) && NotCarried.SequenceEqual(other.NotCarried);
}

/// <summary>
/// A file in the format of LiteLLM's public price map: a JSON object with an entry for each model, whose members are US
/// dollars for one token or request. An entry is taken whole or not at all: half of a model's prices would be a wrong total
/// that nobody sees, where none is shown as unpriced.
/// </summary>
/// <param name="Rates">What can be imported, by SKU.</param>
/// <param name="Malformed">What cannot, with the reason.</param>
/// <param name="NotPriced">Entries that have nothing that is counted here, by reason.</param>
/// <param name="Rounded">Prices within imported entries that ended in the noise of a double, which was cut off.</param>
/// <param name="LeftOut">Prices of entries that are not carried over, such as of audio, member by member.</param>
public sealed record PriceMap(
    IReadOnlyList<ListedRate> Rates, IReadOnlyList<MalformedEntry> Malformed, IReadOnlyList<MalformedEntry> Rounded,
    IReadOnlyDictionary<string, int> NotPriced, IReadOnlyList<LeftOutPrice> LeftOut)
{
    public const int MostEntries = 20_000;

    /// <summary>What the format keeps as its own documentation.</summary>
    private const string Documentation = "sample_spec";

    /// <summary>SKUs that several entries mean.</summary>
    public IReadOnlyList<SharedSku> Shared { get; private init; } = [];

    /// <summary>Whether a price of 0 is one. Otherwise entries with nothing but zeros are named, and not published.</summary>
    public bool TakesFree { get; init; }

    /// <summary>Why nothing of the file can be imported; null where it can.</summary>
    public string? Refusal { get; private init; }

    /// <exception cref="JsonException">It is not JSON.</exception>
    public static PriceMap Read(ReadOnlySpan<byte> json)
    {
        if (JsonTexts.Check(json) is [var first, ..])
        {
            return Refused(first.Field.Length == 0 ? first.Reason : $"{first.Field}: {first.Reason}");
        }

        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        reader.Read(); // Throws where something follows.
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return Refused("A price map is a JSON object with an entry for each model.");
        }

        var named = document.RootElement.EnumerateObject().Where(entry => entry.Name != Documentation).GroupBy(entry => entry.Name, entry => entry.Value).ToArray();
        return named.Length > MostEntries ? Refused(string.Create(CultureInfo.InvariantCulture, $"At most {MostEntries:#,0} entries; it has {named.Length:#,0}.")) : Of(named);
    }

    private static PriceMap Refused(string reason) => new([], [], [], new Dictionary<string, int>(), []) { Refusal = reason };

    private static PriceMap Of(IEnumerable<IGrouping<string, JsonElement>> named)
    {
        List<ListedRate> rates = [];
        List<MalformedEntry> malformed = [], rounded = [];
        List<LeftOutPrice> leftOut = [];
        SortedDictionary<string, int> notPriced = new(StringComparer.Ordinal);
        foreach (var entries in named)
        {
            var entry = PriceMapEntry.Read(entries.Key, entries.First());
            if (entries.Any(other => !JsonElement.DeepEquals(other, entries.First())))
            {
                malformed.Add(new(Shown(entries.Key), entry.Sku, "", "Given more than once, and not the same."));
            }
            else if (entry.NotPriced is { } reason)
            {
                notPriced[reason] = notPriced.GetValueOrDefault(reason) + 1;
                leftOut.AddRange(entry.LeftOut.Select(member => new LeftOutPrice(entries.Key, entry.Sku, member)));
            }
            else if (entry.Malformed.Count > 0)
            {
                malformed.AddRange(entry.Malformed.Select(wrong => new MalformedEntry(Shown(entries.Key), entry.Sku, wrong.Field, wrong.Reason)));
                if (entry.Malformed.More is > 0 and var more)
                {
                    malformed.Add(new(Shown(entries.Key), entry.Sku, "", string.Create(CultureInfo.InvariantCulture, $"{more:#,0} more is wrong with it.")));
                }
            }
            else
            {
                rates.Add(new(entry.Sku!, entries.Key, entry.Prices) { NotCarried = entry.NotCarried });
                rounded.AddRange(entry.Rounded.Select(price => new MalformedEntry(entries.Key, entry.Sku, price.Field, price.Reason)));
                leftOut.AddRange(entry.LeftOut.Select(member => new LeftOutPrice(entries.Key, entry.Sku, member)));
            }
        }

        List<SharedSku> shared = [];
        return new(OnePerSku(rates, malformed, shared), malformed, rounded, notPriced, leftOut) { Shared = shared };
    }

    /// <summary>The name of an entry that may be as long as the list.</summary>
    private static string Shown(string name) => name.Length > TextLength.Name ? $"{name[..TextLength.Name]}…" : name;

    /// <summary>
    /// Several entries may mean one SKU, with the provider in their name and without. Where they disagree, the one that is
    /// named as the SKU is holds; without such a one, none does.
    /// </summary>
    private static ListedRate[] OnePerSku(List<ListedRate> rates, List<MalformedEntry> malformed, List<SharedSku> shared)
    {
        List<ListedRate> kept = [];
        foreach (var same in rates.GroupBy(rate => rate.Sku))
        {
            var first = same.FirstOrDefault(rate => rate.Model == rate.Sku) ?? same.First();
            var other = same.Where(rate => !rate.SaysTheSameAs(first)).ToArray();
            if (other.Length == 0 || first.Model == first.Sku)
            {
                kept.Add(first);
            }
            else
            {
                malformed.Add(new(first.Model, first.Sku, "", $"'{other[0].Model}' has other prices for the same SKU."));
            }

            if (same.Count() > 1)
            {
                shared.Add(new(same.Key, [.. same.Select(rate => rate.Model)], other.Length == 0 || first.Model == first.Sku ? first.Model : null));
            }

            malformed.AddRange(other.Select(rate => new MalformedEntry(rate.Model, rate.Sku, "", $"'{first.Model}' has other prices for the same SKU.")));
        }

        return [.. kept.OrderBy(rate => rate.Sku, StringComparer.Ordinal)];
    }
}
