using SpendTracker.Contracts;
using SpendTracker.Rates;

namespace SpendTracker.Web.Rates;

/// <summary>What a list does to a SKU of the price book.</summary>
public enum DifferenceKind { New, Changed, Gone }

/// <summary>A SKU in the difference between a list and the price book.</summary>
/// <param name="Prices">Its prices that differ.</param>
public sealed record DifferenceRow(string Sku, DifferenceKind Kind, IReadOnlyList<PriceChange> Prices)
{
    /// <summary>Whether somebody should look twice: a price changes by more than 25 %, or cannot be compared.</summary>
    public bool IsLarge => Prices.Any(price => price.Large);
}

/// <summary>The difference between a list and the price book as rows, a SKU each.</summary>
internal static class ListDifference
{
    /// <summary>Changed SKUs first, large changes before others; then new ones, then those that are gone. Within each by name.</summary>
    public static IReadOnlyList<DifferenceRow> Rows(RateDiff diff) =>
    [
        .. diff.Changed.Concat(diff.New).GroupBy(price => price.Sku)
            .Select(sku => new DifferenceRow(sku.Key, sku.Any(price => price.Before is not null) ? DifferenceKind.Changed : DifferenceKind.New, [.. sku]))
            .Concat(diff.Gone.GroupBy(price => price.Sku).Select(sku => new DifferenceRow(sku.Key, DifferenceKind.Gone, [.. sku])))
            .OrderBy(row => row.Kind switch { DifferenceKind.Changed => 0, DifferenceKind.New => 1, _ => 2 }).ThenByDescending(row => row.IsLarge)
            .ThenBy(row => row.Sku, StringComparer.Ordinal),
    ];

    /// <summary>What is published unless a person says otherwise: all that is new or changed, but no large changes.</summary>
    public static HashSet<string> Suggested(IReadOnlyList<DifferenceRow> rows) =>
        [.. rows.Where(row => row is { Kind: not DifferenceKind.Gone, IsLarge: false }).Select(row => row.Sku)];

    /// <summary>The same difference, of which only some SKUs would be published.</summary>
    public static RateDiff Only(RateDiff diff, IReadOnlySet<string> skus) =>
        diff with { Publications = [.. diff.Publications.Where(publication => skus.Contains(publication.Rate.Sku))] };
}
