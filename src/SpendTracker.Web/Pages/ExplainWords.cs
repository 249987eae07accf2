using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Usage;

namespace SpendTracker.Web.Pages;

/// <summary>What an explanation says of its moves, on the page and on the command line.</summary>
internal static class ExplainWords
{
    private const decimal SmallestPrice = 0.001m;

    /// <summary>What a total lacks: <c>1.2 M tokens unpriced; £5.00 unconverted</c>; empty where it lacks nothing.</summary>
    public static string Of(LackingTotal lacking)
    {
        string[] parts =
        [
            lacking.Unpriced.Count > 0 ? $"{Quantity.Short(lacking.Unpriced)} unpriced" : "",
            lacking.Incomplete.Count > 0 ? $"{Quantity.Short(lacking.Incomplete)} priced incompletely" : "",
            lacking.Unconverted.Count > 0 ? $"{Money.InEach(lacking.Unconverted)} unconverted" : "",
        ];
        return string.Join("; ", parts.Where(part => part.Length > 0));
    }

    /// <summary>What a booking moved; no $0.00 where all of it lacks a price.</summary>
    public static string Of(BookingMove move, string currency) =>
        string.Join("; ", ((string[])[move.Amount == 0 ? "" : Money.Text(move.Amount, currency), Of(move.Lacking)]).Where(part => part.Length > 0));

    /// <summary>What a price was, and what it is: <c>unpriced → $2.00 per million</c>.</summary>
    public static string Price(PriceMove move, string currency) => $"{Side(move, move.UnitPriceBefore, -1, currency)} → {move.Free ?? Side(move, move.UnitPriceAfter, 1, currency)}";

    /// <param name="sign">Of what is lacking on that side: it is a difference.</param>
    private static string Side(PriceMove move, decimal? price, int sign, string currency)
    {
        var lacks = sign * Math.Sign(move.Quantity);
        var text = price is { } known ? Unit(known, move.Meter, currency)
            : move.Lacking.Unpriced * lacks > 0 ? "unpriced"
            : move.Lacking.Unconverted.Count > 0 ? "unconverted"
            : Meters.Parts.ContainsKey(move.Meter) ? Quantity.Uncharged(move.Meter)
            : "no price";
        return move.Lacking.Incomplete * lacks > 0 ? $"{text}, incomplete" : text;
    }

    /// <summary>Of a million where one is too small to read.</summary>
    private static string Unit(decimal price, string meter, string currency) => price is > 0 and < SmallestPrice
        ? $"{Money.Exact(price * 1_000_000, currency)} per million"
        : $"{Money.Exact(price, currency)} a {Quantity.UnitOf(meter)}";
}
