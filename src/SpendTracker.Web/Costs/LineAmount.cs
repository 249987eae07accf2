using SpendTracker.Costs;
using SpendTracker.Explorer;
using SpendTracker.Usage;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Costs;

/// <summary>How the amount of a line reads: what is known, and beside it what is not. Free, unpriced and $0.00 are three things.</summary>
internal static class LineAmount
{
    /// <summary>The sum of lines; never $0.00 where something of them has no price, or all of them are free.</summary>
    public static string Sum(IEnumerable<CostLine> lines, string currency)
    {
        var all = lines.ToArray();
        return all.Any(line => line.IsFree) && all.All(line => line.IsFree || line.IsUncharged)
            ? "free"
            : Money.Known(all.Sum(line => line.Amount), all.Any(line => line.Unpriced != 0), MonthlyCostQuery.Sum(all.Select(line => line.Unconverted)), currency);
    }

    public static string Of(CostLine line, string currency) => line.IsUncharged
        ? Uncharged(line.Meter, line.Incomplete)
        : Of(line.Amount, line.Quantity, line.Meter, line.Sku, new(line.Unpriced, line.Incomplete, line.Unconverted), line.IsFree ? "free" : null, currency);

    public static string Of(UsageMove move, string currency) => Meters.Informational.Contains(move.Meter) && move is { Amount: 0, Free: null, Lacking: { Unpriced: 0, Unconverted.Count: 0 } }
        ? Uncharged(move.Meter, move.Lacking.Incomplete)
        : Of(move.Amount, move.Quantity, move.Meter, move.Sku, move.Lacking, move.Free, currency);

    private static string Uncharged(string meter, decimal incomplete) => Quantity.Uncharged(meter) + (incomplete != 0 ? ", incomplete" : "");

    private static string Of(decimal amount, decimal quantity, string meter, string sku, Lacking lacking, string? free, string currency)
    {
        string[] parts =
        [
            free ?? (amount != 0 || (lacking.Unconverted.Count == 0 && (lacking.Unpriced == 0 || lacking.Unpriced != quantity)) ? Money.Text(amount, currency) : ""),
            lacking.Unconverted.Count > 0 ? $"{Money.InEach(lacking.Unconverted)} unconverted" : "",
            lacking.Unpriced == 0 ? "" : lacking.Unpriced == quantity ? "unpriced" : $"{Quantity.Text(lacking.Unpriced, meter, sku)} unpriced",
            lacking.Incomplete != 0 ? "incomplete" : "",
        ];
        return string.Join(", ", parts.Where(part => part.Length > 0));
    }
}
