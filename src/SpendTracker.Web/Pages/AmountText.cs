using System.Globalization;
using System.Text.RegularExpressions;

namespace SpendTracker.Web.Pages;

/// <summary>
/// Amounts as people and spreadsheets write them: <c>1,234.50</c>, <c>1.234,50</c>, <c>$ 99</c>, <c>(12.00)</c>. Whether a single mark
/// before three digits is a decimal point is known only from the other amounts, or is said.
/// </summary>
/// <param name="decimalMark">A point or a comma; null: what the text itself shows.</param>
internal sealed partial class AmountText(char? decimalMark)
{
    private const int MostDigits = 18;

    /// <summary>The decimal mark that some texts show together; null if they show none, or both.</summary>
    public static char? MarkOf(IEnumerable<string> texts) =>
        texts.Select(text => Shown(Bare(text).Text)).Where(mark => mark is not null).Distinct().Take(2).ToArray() is [var one] ? one : null;

    /// <summary>The amount of a text; or why it is none.</summary>
    public (decimal? Amount, string? Reason) Read(string text)
    {
        var (bare, negative) = Bare(text);
        if (!Number().IsMatch(bare) || bare.Count(char.IsAsciiDigit) > MostDigits)
        {
            return (null, $"“{Short(text)}” is not an amount.");
        }

        if ((decimalMark ?? Shown(bare) ?? (bare.AsSpan().ContainsAny('.', ',') ? null : '.')) is not { } mark)
        {
            return (null, $"“{Short(text)}” may be thousands or decimals. Say which mark is the decimal one.");
        }

        var other = mark == '.' ? ',' : '.';
        var parts = bare.Split(mark);
        var whole = parts[0].Split(other);
        if (parts.Length > 2 || (parts.Length == 2 && parts[1].Contains(other, StringComparison.Ordinal)) || (whole.Length > 1 && (whole[0].Length is 0 or > 3 || whole.Skip(1).Any(group => group.Length != 3))))
        {
            return (null, $"“{Short(text)}” is not an amount with “{mark}” as its decimal mark.");
        }

        var digits = $"{string.Concat(whole)}.{(parts.Length == 2 ? parts[1] : "")}";
        var amount = decimal.Parse(digits.Length == 1 ? "0" : digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        return (negative ? -amount : amount, null);
    }

    /// <summary>The mark that a text can only have as its decimal one; null if both are possible, or it has none.</summary>
    private static char? Shown(string bare)
    {
        var (point, comma) = (bare.LastIndexOf('.'), bare.LastIndexOf(','));
        if (point >= 0 && comma >= 0)
        {
            return point > comma ? '.' : ',';
        }

        if (point < 0 && comma < 0)
        {
            return null;
        }

        var mark = point >= 0 ? '.' : ',';
        var other = mark == '.' ? ',' : '.';
        return bare.Count(letter => letter == mark) > 1 ? other // Between thousands, it may come more than once.
            : bare.Length - bare.IndexOf(mark, StringComparison.Ordinal) - 1 == 3 && bare.IndexOf(mark, StringComparison.Ordinal) is >= 1 and <= 3 && bare[0] != '0' ? null
            : mark;
    }

    /// <summary>Without currency, blanks and sign.</summary>
    private static (string Text, bool Negative) Bare(string text)
    {
        var bare = string.Concat(Currency().Replace(text, "").Where(letter => !char.IsWhiteSpace(letter) && letter is not ('\'' or '’' or '\u202f' or '\u00a0')));
        var bracketed = bare is ['(', _, .., ')'];
        bare = bracketed ? bare[1..^1] : bare;
        var signed = bare is ['-' or '−', ..];
        return (signed ? bare[1..] : bare, bracketed != signed);
    }

    private static string Short(string text) => text.Length <= 40 ? text : $"{text[..40]}…";

    [GeneratedRegex("^[0-9.,]*[0-9][0-9.,]*$")]
    private static partial Regex Number();

    [GeneratedRegex("[$€£¥]|\\b[A-Z]{3}\\b")]
    private static partial Regex Currency();
}
