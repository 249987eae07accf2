using System.Globalization;
using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Activities;

/// <summary>Which activities, as the API, the page and the command line are asked.</summary>
internal sealed record ActivityQuestion(string? From, string? To, string? Who, string? Kind, string? Subject)
{
    /// <summary>Days that begin and end by the reporting time zone, both included.</summary>
    /// <returns>What is wrong goes to the check.</returns>
    public ActivityFilter Read(FieldCheck check, TimeZoneInfo zone)
    {
        var (first, last) = (Day(check, "from", From), Day(check, "to", To));
        check.That("to", first is null || last is null || last >= first, "Must not be before from.");
        check.OptionalText("who", Who, TextLength.Id);
        check.OptionalText("subject", Subject, TextLength.Id);
        check.That("kind", Kind is null || ActivityQuery.Kinds.Contains(Kind), $"Must be one of {string.Join(", ", ActivityQuery.Kinds)}.");
        return new(
            first is { } from ? BillingPeriod.EndOf(from.AddDays(-1), zone) : null, last is { } to ? BillingPeriod.EndOf(to, zone) : null, Who, Kind, Subject);
    }

    /// <summary>The same with empty texts as none: forms send each of their fields.</summary>
    public ActivityQuestion WithoutEmpty() => new(Given(From), Given(To), Given(Who), Given(Kind), Given(Subject));

    /// <summary>The address of the page that asks this.</summary>
    /// <param name="before">A place in the log; null for the newest.</param>
    public string Link(string path, long? before = null) => $"{path}{Asked(before)}";

    private QueryString Asked(long? before) => QueryString.Create(
        new (string Name, string? Value)[] { ("from", From), ("to", To), ("who", Who), ("kind", Kind), ("subject", Subject), ("before", before?.ToString(CultureInfo.InvariantCulture)) }
            .Where(parameter => parameter.Value is not null).Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)));

    private static DateOnly? Day(FieldCheck check, string field, string? text)
    {
        DateOnly day = default;
        check.That(field, text is null || KnownOn.IsDay(text, out day), "Must be a day like 2026-03-31.");
        return day == default ? null : day;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
