using System.Text.Json.Serialization;
using SpendTracker.Contracts;

namespace SpendTracker.Rates;

/// <summary>One price that an import adds, changes, or no longer finds.</summary>
/// <param name="AboveTokens">For requests with more input tokens than this.</param>
/// <param name="Per">How many units the prices are for: 1,000,000 tokens, or 1 request.</param>
/// <param name="Before">What the book has for the day; null where it has none.</param>
/// <param name="After">What the file has; null where it has none.</param>
/// <param name="Percent">How much it changes; null where there is nothing to compare with: before, it was 0, or in another currency.</param>
/// <param name="Large">Whether somebody should look twice: it changes by more than 25 %, or cannot be compared.</param>
/// <param name="BeforeCurrency">Of the price before.</param>
/// <param name="BeforeSource">Where the price before is from.</param>
public sealed record PriceChange(
    string Sku, string Meter, int AboveTokens, decimal Per, decimal? Before, decimal? After, decimal? Percent, bool Large,
    string? BeforeCurrency, string? BeforeSource)
{
    /// <summary>Percent of the price before.</summary>
    public const decimal LargePercent = 25;

    /// <summary>What of the meter, and of its parts, the file asks other prices for: such usage would be priced incompletely.</summary>
    public IReadOnlyList<NotCarriedPrice> NotCarried { get; init; } = [];

    /// <summary>Null where there is nothing to compare with.</summary>
    public static decimal? PercentOf(decimal before, decimal after) => before == 0 ? null : Math.Round(100 * (after - before) / before, 2);
}

/// <summary>An entry that has nothing but zeros.</summary>
/// <param name="Model">The entry's name in the file.</param>
public sealed record ZeroEntry(string Model, string Sku);

/// <summary>What publishing a price map from a day on would do to the list prices in the book.</summary>
/// <param name="From">The first day that the prices would hold for.</param>
/// <param name="Source">What the publications would name as theirs.</param>
/// <param name="New">Prices of meters that have none on that day.</param>
/// <param name="Changed">Prices that would be superseded.</param>
/// <param name="Gone">Prices from an earlier import that the file no longer has. They stay; withdrawing is for a person.</param>
/// <param name="Unchanged">How many prices are as they are.</param>
/// <param name="Malformed">Entries that cannot be imported.</param>
/// <param name="Rounded">Prices that ended in the noise of a double, which was cut off.</param>
/// <param name="NotPriced">How many entries have nothing that is counted here, by reason.</param>
/// <param name="LeftOut">Prices of entries that are not carried over, member by member.</param>
public sealed record RateDiff(
    DateOnly From, string Source, IReadOnlyList<PriceChange> New, IReadOnlyList<PriceChange> Changed, IReadOnlyList<PriceChange> Gone, int Unchanged,
    IReadOnlyList<MalformedEntry> Malformed, IReadOnlyList<MalformedEntry> Rounded, IReadOnlyDictionary<string, int> NotPriced, IReadOnlyList<LeftOutPrice> LeftOut)
{
    /// <summary>Entries whose prices are all 0: the list knows no price, or it is free. They are published only where that is asked for.</summary>
    public IReadOnlyList<ZeroEntry> UnknownOrFree { get; init; } = [];

    /// <summary>SKUs that several entries mean, and whose prices are taken.</summary>
    public IReadOnlyList<SharedSku> Shared { get; init; } = [];

    /// <summary>What would be published, each with the version of its stream that this was found on; of one SKU several days' are together.</summary>
    [JsonIgnore]
    public IReadOnlyList<(RatePublished Rate, long Version)> Publications { get; init; } = [];

    /// <summary>How many there are beyond those that are named, by the list that they would be in; null where all are named.</summary>
    public IReadOnlyDictionary<string, int>? More { get; private init; }

    /// <summary>
    /// With at most so many in each list of what is not imported: an answer that named all that is wrong with a list would be many
    /// times as long as the list. What would be published is all there.
    /// </summary>
    public RateDiff Naming(int most)
    {
        Dictionary<string, int> more = [];
        IReadOnlyList<T> First<T>(string list, IReadOnlyList<T> all)
        {
            if (all.Count <= most)
            {
                return all;
            }

            more.Add(list, all.Count - most);
            return [.. all.Take(most)];
        }

        var named = this with
        {
            Malformed = First("malformed", Malformed), Rounded = First("rounded", Rounded), LeftOut = First("leftOut", LeftOut),
            UnknownOrFree = First("unknownOrFree", UnknownOrFree), Shared = First("shared", Shared),
        };
        return named with { More = more.Count > 0 ? more : null };
    }

    /// <summary>How many SKUs something would be published for.</summary>
    [JsonIgnore]
    public int Skus => Publications.Select(publication => publication.Rate.Sku).Distinct().Count();
}
