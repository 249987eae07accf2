using System.Globalization;

namespace SpendTracker.Web.Pages;

/// <summary>How amounts and quantities read on a page. What was summed in full is rounded once, here.</summary>
internal static class Money
{
    /// <summary>Two decimals, e.g. <c>$1,234.50</c>. What is not nothing never reads as nothing: <c>&lt; $0.01</c>.</summary>
    public static string Text(decimal amount, string currency)
    {
        if (amount != 0 && Math.Abs(amount) < 0.01m)
        {
            return amount > 0 ? $"< {Symbol(currency)}0.01" : $"> −{Symbol(currency)}0.01";
        }

        return Signed(amount, currency, Math.Abs(amount).ToString("#,0.00", CultureInfo.InvariantCulture));
    }

    /// <summary>An amount with its sign: <c>+$5.00</c>; nothing is a dash.</summary>
    public static string Change(decimal amount, string currency) => amount == 0 ? "–" : $"{(amount >= 0.01m ? "+" : "")}{Text(amount, currency)}";

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
        $"{amount.Key} {amount.Value.ToString("0.00################", CultureInfo.InvariantCulture)}";

    /// <summary>In full, for a reader who adds up.</summary>
    public static string Exact(decimal amount, string currency) =>
        Signed(amount, currency, Math.Abs(amount).ToString("#,0.00################", CultureInfo.InvariantCulture));

    /// <summary>For a chart's axis, where room is scarce: <c>$1.5k</c>. Never summed: a label only.</summary>
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
        return $"{(scaled < 0 ? "−" : "")}{Symbol(currency)}{Math.Abs(scaled).ToString("0.##", CultureInfo.InvariantCulture)}{suffix}";
    }

    private static string Signed(decimal amount, string currency, string digits) => $"{(amount < 0 ? "−" : "")}{Symbol(currency)}{digits}";

    private static string Symbol(string currency) => currency switch
    {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        _ => $"{currency} ",
    };
}
