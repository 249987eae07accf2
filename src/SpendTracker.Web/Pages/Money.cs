using System.Globalization;

namespace SpendTracker.Web.Pages;

/// <summary>How amounts and quantities read on a page. What was summed in full is rounded once, here.</summary>
internal static class Money
{
    private const int MostDecimals = 18;

    /// <summary>
    /// With the decimals of the currency, e.g. <c>$1,234.50</c> and <c>JPY 1,235</c>. What is not nothing never reads as nothing:
    /// <c>&lt; $0.01</c>.
    /// </summary>
    public static string Text(decimal amount, string currency)
    {
        var (size, smallest) = (Math.Abs(amount), Smallest(currency));
        var few = size > 0 && size < smallest;
        return $"{(few ? amount > 0 ? "< " : "> " : "")}{Signed(amount, currency, Digits(few ? smallest : size, $"#,{Format(currency)}"))}";
    }

    /// <summary>An amount with its sign: <c>+$5.00</c>; nothing is a dash.</summary>
    public static string Change(decimal amount, string currency) => amount == 0 ? "–" : $"{(amount >= Smallest(currency) ? "+" : "")}{Text(amount, currency)}";

    /// <summary>
    /// An amount beside which something may lack a price or an exchange rate: where all of it does, the amount is not $0.00 but
    /// unknown.
    /// </summary>
    public static string Known(decimal amount, bool unpriced, IReadOnlyDictionary<string, decimal> unconverted, string currency) =>
        amount != 0 || (!unpriced && unconverted.Count == 0) ? Text(amount, currency)
        : unpriced ? "unpriced"
        : $"{InEach(unconverted)} unconverted";

    /// <summary>Amounts in several currencies, the largest first: <c>€10.00, £5.00</c>.</summary>
    public static string InEach(IReadOnlyDictionary<string, decimal> amounts) =>
        string.Join(", ", amounts.OrderByDescending(part => Math.Abs(part.Value)).ThenBy(part => part.Key, StringComparer.Ordinal).Select(part => Text(part.Value, part.Key)));

    /// <summary>In full and with its code, for a file: <c>EUR 10.00</c>.</summary>
    public static string Code(KeyValuePair<string, decimal> amount) =>
        $"{amount.Key} {Digits(amount.Value, Format(amount.Key, all: true))}";

    /// <summary>With the decimals of the currency and without its sign, where a text has the code: <c>1,234.50</c> of USD, <c>1,235</c> of JPY.</summary>
    public static string Amount(decimal amount, string currency) => Digits(amount, $"#,{Format(currency)}");

    /// <summary>In full, for a reader who adds up.</summary>
    public static string Exact(decimal amount, string currency) =>
        Signed(amount, currency, Digits(Math.Abs(amount), $"#,{Format(currency, all: true)}"));

    /// <summary>
    /// For a chart's axis, where room is scarce: <c>$1.5k</c>; below 1 three digits that count, <c>$0.0025</c>, so that no two
    /// lines read alike. Never summed: a label only.
    /// </summary>
    public static string Short(double amount, string currency)
    {
        var (scaled, suffix) = Math.Abs(amount) switch
        {
            >= 1e12 => (amount / 1e12, "T"),
            >= 1e9 => (amount / 1e9, "bn"),
            >= 1e6 => (amount / 1e6, "M"),
            >= 1e3 => (amount / 1e3, "k"),
            _ => (amount, ""),
        };
        var few = Math.Abs(scaled) is > 0 and < 1 ? $"0.{new string('#', 2 - (int)Math.Floor(Math.Log10(Math.Abs(scaled))))}" : "0.##";
        return $"{(scaled < 0 ? "−" : "")}{Symbol(currency)}{Math.Abs(scaled).ToString(few, CultureInfo.InvariantCulture)}{suffix}";
    }

    private static string Digits(decimal amount, string format) => amount.ToString(format, CultureInfo.InvariantCulture);

    private static string Format(string currency, bool all = false) =>
        $"0.{new string('0', Decimals(currency))}{(all ? new string('#', MostDecimals - Decimals(currency)) : "")}";

    /// <summary>The smallest amount that is paid in a currency: a cent, a yen.</summary>
    private static decimal Smallest(string currency) => new(1, 0, 0, isNegative: false, Decimals(currency));

    /// <summary>The minor unit of ISO 4217, list one: how many decimals amounts of a currency have.</summary>
    private static byte Decimals(string currency) => currency switch
    {
        "BIF" or "CLP" or "DJF" or "GNF" or "ISK" or "JPY" or "KMF" or "KRW" or "PYG" or "RWF" or "UGX" or "UYI" or "VND" or "VUV" or "XAF" or "XOF" or "XPF" => 0,
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => 3,
        "CLF" or "UYW" => 4,
        _ => 2,
    };

    private static string Signed(decimal amount, string currency, string digits) => $"{(amount < 0 ? "−" : "")}{Symbol(currency)}{digits}";

    private static string Symbol(string currency) => currency switch
    {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        _ => $"{currency} ",
    };
}
