using System.Globalization;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Web.Requests;

/// <summary>Reads the days of questions like "as known on": days at whose end, in the reporting time zone, something was known.</summary>
internal sealed class KnownOn(EventLog log, OrganisationSettings settings, TimeProvider clock)
{
    public DateOnly Today => BillingPeriod.DayOf(clock.GetUtcNow(), settings.ReportingTimeZone);

    /// <summary>The day asked for; null where none was, or it is none that can be asked for, and then why.</summary>
    /// <param name="text">Like <c>2026-03-31</c>; empty for now.</param>
    public async Task<(DateOnly? Day, string? Problem)> ReadAsync(string? text, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(text))
        {
            return (null, null);
        }

        if (!IsDay(text, out var day))
        {
            return (null, "Must be a day like 2026-03-31.");
        }

        if (day > Today)
        {
            return (null, $"Must not be in the future: today is {Text(Today)}.");
        }

        var first = await log.FirstRecordedAsync(cancellationToken) is { } recorded ? BillingPeriod.DayOf(recorded, settings.ReportingTimeZone) : Today;
        return day < first ? (null, $"Nothing was known yet: the first event was recorded on {Text(first)}.") : (day, null);
    }

    /// <summary>The same of a request's <c>knownOn</c>; why it is none goes to what is wrong with the request.</summary>
    public async Task<DateOnly?> ReadAsync(FieldCheck check, string? text, CancellationToken cancellationToken)
    {
        var (day, problem) = await ReadAsync(text, cancellationToken);
        check.That("knownOn", problem is null, problem ?? "");
        return day;
    }

    /// <summary>The same of a page's address. Today is now: a page goes on by itself.</summary>
    public async Task<(DateOnly? Day, string? Problem)> ReadPageAsync(string? text, CancellationToken cancellationToken)
    {
        var (day, problem) = await ReadAsync(text, cancellationToken);
        return (day == Today ? null : day, problem);
    }

    public static bool IsDay(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day) && BillingPeriod.Covers(day);

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
