using System.Globalization;
using SpendTracker.Settings;

namespace SpendTracker.Web.Requests;

/// <summary>What an import is told, at the command line or over HTTP.</summary>
internal static class ImportOptions
{
    /// <summary>Null where it is not given, or wrong.</summary>
    public static DateOnly? Day(FieldCheck check, string field, string? text)
    {
        if (text is null)
        {
            return null;
        }

        var known = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
        check.That(field, known, "Must be a day like 2026-01-31.");
        check.That(field, !known || BillingPeriod.Covers(day), "Must be from 2000-01-01 to 2199-12-31.");
        return known ? day : null;
    }

    /// <summary>Names with commas between them.</summary>
    public static string[] List(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>The same of currencies, in capitals.</summary>
    public static string[] Currencies(string? text) => [.. List(text).Select(code => Currency.CodeOf(code))];

    /// <summary>Unless somebody says otherwise, prices change with a whole day, and never what has been used already.</summary>
    public static DateOnly Tomorrow(TimeProvider clock, OrganisationSettings settings) => BillingPeriod.DayOf(clock.GetUtcNow(), settings.ReportingTimeZone).AddDays(1);
}
