namespace SpendTracker.Gaps;

/// <summary>What something that is in no total might be worth: an estimate to judge by, which is in no total either.</summary>
/// <param name="AtLeast">In the reporting currency.</param>
/// <param name="AtMost">In the reporting currency.</param>
/// <param name="Basis">What it is by: <c>the prices of 3 SKUs like openai/o…</c>.</param>
public sealed record Worth(decimal AtLeast, decimal AtMost, string Basis)
{
    /// <summary>
    /// A quantity at the lowest and the highest price that others have today: SKUs of the same provider whose names begin with the same letters, like
    /// <c>o3</c> for <c>o5-preview</c>; else all of the provider's.
    /// </summary>
    /// <param name="prices">SKU → price of one unit of the same meter in the reporting currency. Those of nothing tell nothing.</param>
    /// <returns>Null where no such SKU has a price.</returns>
    public static Worth? Of(string sku, decimal quantity, IReadOnlyDictionary<string, decimal> prices)
    {
        var family = Family(sku);
        var provider = family[..(family.IndexOf('/', StringComparison.Ordinal) + 1)];
        foreach (var beginning in (string[])[family, provider])
        {
            var like = provider.Length == 0 ? [] : prices.Where(price => price.Key != sku && price.Value > 0 && Begins(price.Key, beginning)).ToArray();
            if (like.Length > 0)
            {
                decimal[] ends = [Rounded(quantity * like.Min(price => price.Value)), Rounded(quantity * like.Max(price => price.Value))];
                return new(ends.Min(), ends.Max(), like.Length == 1 ? $"the price of {like[0].Key}" : $"the prices of {like.Length} SKUs like {beginning}…");
            }
        }

        return null;
    }

    /// <summary>To millionths, without zeros at the end: it is an estimate.</summary>
    private static decimal Rounded(decimal amount) => decimal.Round(amount, 6) / 1.0000000000000000000000000000m;

    private static bool Begins(string sku, string beginning) =>
        beginning.EndsWith('/') ? sku.StartsWith(beginning, StringComparison.Ordinal) : Family(sku) == beginning;

    /// <summary>Provider and the first letters of the name: <c>openai/gpt</c> of <c>openai/gpt-4o</c>.</summary>
    private static string Family(string sku)
    {
        var name = sku.IndexOf('/', StringComparison.Ordinal) + 1;
        var end = name;
        while (end < sku.Length && char.IsLetter(sku[end]))
        {
            end++;
        }

        return sku[..end];
    }

    /// <summary>The silent days of a workload: at most, each of them cost what its days did before.</summary>
    /// <param name="usual">What such a day cost.</param>
    public static Worth OfSilence(decimal usual, int days) => new(0, usual * days, $"{days} {(days == 1 ? "day" : "days")} like those before");
}
