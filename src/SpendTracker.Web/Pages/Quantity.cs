using System.Globalization;
using SpendTracker.Usage;

namespace SpendTracker.Web.Pages;

/// <summary>How quantities read on a page, with their units.</summary>
internal static class Quantity
{
    /// <summary>In full: <c>1,234,567 tokens</c>; what was charged, in its own currency.</summary>
    public static string Text(decimal quantity, string meter, string sku = "") => meter == Meters.Amount
        ? Money.Text(quantity, sku[(sku.IndexOf('/', StringComparison.Ordinal) + 1)..])
        : WithUnit(Number(quantity), quantity, Meters.UnitOf(meter));

    /// <summary>Of which meter: <c>1,234,567 output-tokens</c>.</summary>
    public static string OfMeter(decimal quantity, string meter, string sku) =>
        meter == Meters.Amount ? Text(quantity, meter, sku) : $"{Number(quantity)} {(quantity == 1 ? Singular(meter) : meter)}";

    /// <summary>Rounded, for a card: <c>1.2 M tokens</c>.</summary>
    public static string Short(decimal quantity, string unit)
    {
        var (scaled, suffix) = Math.Abs(quantity) switch
        {
            >= 1e12m => (quantity / 1e12m, " T"),
            >= 1e9m => (quantity / 1e9m, " bn"),
            >= 1e6m => (quantity / 1e6m, " M"),
            _ => (quantity, ""),
        };
        return WithUnit(scaled.ToString(scaled is > -100 and < 100 ? "0.##" : "#,0", CultureInfo.InvariantCulture) + suffix, quantity, unit);
    }

    /// <summary>Several units: <c>1.2 M tokens, 14 hours</c>.</summary>
    public static string Short(IReadOnlyDictionary<string, decimal> quantities) =>
        string.Join(", ", quantities.OrderByDescending(unit => unit.Value).Select(unit => Short(unit.Value, unit.Key)));

    /// <summary>What one unit of a meter is called: <c>token</c>.</summary>
    public static string UnitOf(string meter) => Singular(Meters.UnitOf(meter));

    /// <summary>A meter and a step of its price: <c>input-tokens above 200k</c>.</summary>
    public static string MeterText(string meter, int aboveTokens) => aboveTokens > 0 ? $"{meter} above {aboveTokens / 1000}k" : meter;

    /// <summary>Why nothing is charged for a meter: it is a part of another, or only tells something.</summary>
    public static string Uncharged(string meter) => Meters.Parts.TryGetValue(meter, out var whole) ? $"charged as {whole}" : "not charged";

    private static string WithUnit(string number, decimal quantity, string unit) => unit == "amounts"
        ? $"{number} in other currencies"
        : $"{number} {(quantity == 1 ? Singular(unit) : unit)}";

    private static string Number(decimal quantity) => quantity.ToString("#,0.######", CultureInfo.InvariantCulture);

    // What is counted comes first: 1 request-without-tokens.
    private static string Singular(string unit) => unit.Split("s-without-") is [var counted, var without] ? $"{counted}-without-{without}" : unit.TrimEnd('s');
}
