using System.Globalization;
using System.Text.RegularExpressions;

namespace SpendTracker.Web.Import;

/// <summary>Numbers and times in the fields of files: one rule for all imports. Blanks around a field count for nothing.</summary>
/// <param name="separator">Between the fields of the file: where it is a semicolon, a comma may stand for the decimal point.</param>
/// <param name="reportingTimeZone">Whose midnight a day without a time begins at.</param>
internal sealed partial class FieldText(char separator, TimeZoneInfo reportingTimeZone)
{
    /// <summary>More digits than a decimal has would be cut off unseen.</summary>
    private const int MostDigits = 28;

    /// <summary>Digits of a second's fraction that an instant has: 100 nanoseconds. Finer digits are cut off.</summary>
    private const int FractionDigits = 7;

    private const decimal MostSeconds = 10_000_000_000; // In 2286.
    private const decimal LeastSeconds = 100_000_000; // In 1973; what is smaller is more likely a day without dashes.
    private const decimal MillisecondsASecond = 1_000;

    /// <summary>What a day is meant to look like: as ISO 8601 has it, or as the European Central Bank writes the latest.</summary>
    private static readonly string[] DayFormats = ["yyyy-MM-dd", "d MMMM yyyy"];

    /// <summary>Why a text is refused that has the form of a number; null for all others.</summary>
    public string? Ambiguity(string text) => separator == ';' && Ambiguous().IsMatch(text.Trim())
        ? $"'{text.Trim()}' may be a decimal or thousands where fields are separated by semicolons. Write it without the mark, or with another number of decimals."
        : null;

    /// <summary>A number like <c>1.0837</c>, <c>8.5e-05</c> or, between semicolons, <c>1,0837</c>; never with marks between thousands.</summary>
    public bool TryNumber(string text, out decimal number)
    {
        text = text.Trim();
        text = separator == ';' && !text.Contains('.', StringComparison.Ordinal) ? text.Replace(',', '.') : text;
        number = 0;
        return Ambiguity(text) is null && text.Count(char.IsAsciiDigit) <= MostDigits && Number().IsMatch(text)
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>A whole number, which many programs write as a decimal: <c>1840.0</c>.</summary>
    public bool TryWhole(string text, out long whole)
    {
        whole = 0;
        if (!TryNumber(text, out var number) || !decimal.IsInteger(number) || number is < long.MinValue or > long.MaxValue)
        {
            return false;
        }

        whole = (long)number;
        return true;
    }

    /// <summary>
    /// A time, in UTC: as ISO 8601 or a database writes it, in UTC where it has no offset; Unix seconds or milliseconds; or a
    /// day, which begins at midnight in the reporting time zone.
    /// </summary>
    public bool TryTime(string text, out DateTimeOffset time)
    {
        text = text.Trim();
        if (TryUnix(text, out time))
        {
            return true;
        }

        if (Time().Match(text) is not { Success: true } match)
        {
            time = default;
            return TryIsoDay(text, out var day) && TryMidnight(day, out time);
        }

        return TryIsoDay(match.Groups["day"].Value, out var date)
            && TimeOnly.TryParseExact(match.Groups["time"].Value, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock)
            && TryOffset(match.Groups["offset"].Value, out var offset)
            && TryInstant(date.ToDateTime(clock).AddTicks(Ticks(match.Groups["fraction"].Value)), offset, out time);
    }

    /// <summary>A day, or the day of a time: as it is written where it has an offset or none, in the reporting time zone where it is Unix time.</summary>
    public bool TryDay(string text, out DateOnly day)
    {
        text = text.Trim();
        if (TryUnix(text, out var time))
        {
            day = BillingPeriod.DayOf(time, reportingTimeZone);
            return true;
        }

        return DateOnly.TryParseExact(text, DayFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
            || (TryTime(text, out _) && TryIsoDay(text[..10], out day));
    }

    /// <summary>A month like <c>2026-01</c>, or the month of a day, which spreadsheets make of it.</summary>
    public string Month(string text) => !BillingPeriod.TryParse(text.Trim(), out _) && TryDay(text, out var day) ? BillingPeriod.Of(day).ToString() : text.Trim();

    private static bool TryUnix(string text, out DateTimeOffset time)
    {
        time = default;
        if (!Unix().IsMatch(text) || !decimal.TryParse(text.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        number /= number < MostSeconds ? 1 : MillisecondsASecond;
        var known = number is >= LeastSeconds and < MostSeconds;
        time = known ? DateTimeOffset.UnixEpoch.AddTicks((long)(number * TimeSpan.TicksPerSecond)) : default;
        return known;
    }

    private static bool TryIsoDay(string text, out DateOnly day) => DateOnly.TryParseExact(text, DayFormats[0], CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>The first instant of a day, which clocks may skip: asked of the day before.</summary>
    private bool TryMidnight(DateOnly day, out DateTimeOffset time)
    {
        var known = BillingPeriod.Covers(day);
        time = known ? BillingPeriod.EndOfDay(new DateTimeOffset(day.AddDays(-1).ToDateTime(new TimeOnly(12, 0)), reportingTimeZone.GetUtcOffset(day.AddDays(-1).ToDateTime(new TimeOnly(12, 0)))), reportingTimeZone).ToUniversalTime() : default;
        return known;
    }

    /// <param name="written">Like <c>+02:00</c>, <c>+0200</c> or <c>+02</c>; empty or Z for UTC.</param>
    private static bool TryOffset(string written, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (written.Length == 0 || written[0] is not ('+' or '-'))
        {
            return true;
        }

        var digits = written[1..].Replace(":", "", StringComparison.Ordinal).PadRight(4, '0');
        var (hours, minutes) = (int.Parse(digits[..2], CultureInfo.InvariantCulture), int.Parse(digits[2..], CultureInfo.InvariantCulture));
        offset = new TimeSpan(hours, minutes, 0) * (written[0] == '-' ? -1 : 1);
        return minutes < 60 && offset.Duration() <= TimeSpan.FromHours(14);
    }

    private static bool TryInstant(DateTime local, TimeSpan offset, out DateTimeOffset time)
    {
        var known = local.Year is > 1 and < 9999;
        time = known ? new DateTimeOffset(local, offset).ToUniversalTime() : default;
        return known;
    }

    private static long Ticks(string fraction) =>
        fraction.Length == 0 ? 0 : long.Parse(fraction[..Math.Min(fraction.Length, FractionDigits)].PadRight(FractionDigits, '0'), CultureInfo.InvariantCulture);

    [GeneratedRegex("^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();

    /// <summary>One mark before three digits, and nothing that tells that they are decimals.</summary>
    [GeneratedRegex("^[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}$")]
    private static partial Regex Ambiguous();

    [GeneratedRegex("^[0-9]{9,13}([.,][0-9]{1,9})?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Unix();

    [GeneratedRegex("^(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?<time>[0-9]{2}:[0-9]{2}(:[0-9]{2})?)((?<=:[0-9]{2}:[0-9]{2})[.,](?<fraction>[0-9]+))? ?(?<offset>[Zz]|UTC|[+-][0-9]{2}(:?[0-9]{2})?)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Time();
}
