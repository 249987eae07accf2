using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Alerts;

/// <summary>What a channel's terms must fulfil. A refusal names the field and the limit.</summary>
public static class ChannelRules
{
    public const int ReasonLength = 1_000;

    private const int LongestMinutes = 7 * 24 * 60;

    /// <summary>What is wrong with the terms by themselves; empty where nothing is.</summary>
    public static IReadOnlyList<FieldReason> Check(string channel, ChannelTerms terms)
    {
        var check = new FieldCheck();
        check.Id("channel", channel);
        check.Name("name", terms.Name, TextLength.Name);
        var schedule = terms.Schedule ?? new();
        check.Range("schedule.mostPerHour", schedule.MostPerHour, 1, 1_000);
        check.Range("schedule.digestMinutes", schedule.DigestMinutes, 0, 1_440);
        CheckQuietHours(check, schedule);
        check.Range("schedule.remindMinutes", schedule.RemindMinutes, 0, LongestMinutes);
        check.Range("schedule.escalateMinutes", schedule.EscalateMinutes, 0, LongestMinutes);
        check.That("schedule.escalateTo", schedule.EscalateMinutes > 0 == schedule.EscalateTo is not null, "Goes with escalateMinutes: give both, or none.");
        check.That("schedule.escalateTo", schedule.EscalateTo != channel, "Must be another channel.");
        check.Add(AddressReasons(terms.Address));
        return check.Reasons;
    }

    private static IEnumerable<FieldReason> AddressReasons(ChannelAddress? address) => address is null
        ? []
        : ChannelAddressRules.Check(address).Select(reason => reason with { Field = $"address.{reason.Field}" });

    private static void CheckQuietHours(FieldCheck check, ChannelSchedule schedule)
    {
        check.That("schedule.quietFrom", schedule.QuietFrom is null || TryTime(schedule.QuietFrom, out _), "Must be a local time like 22:00.");
        check.That("schedule.quietTo", schedule.QuietTo is null || TryTime(schedule.QuietTo, out _), "Must be a local time like 07:00.");
        check.That("schedule.quietTo", schedule.QuietFrom is null == schedule.QuietTo is null, "Goes with quietFrom: give both, or none.");
        check.That("schedule.quietTo", schedule.QuietFrom is null || schedule.QuietFrom != schedule.QuietTo, "Must be another time than quietFrom.");
        check.That(
            "schedule.timeZone", schedule.TimeZone is null || (TimeZoneInfo.TryFindSystemTimeZoneById(schedule.TimeZone, out var zone) && zone.HasIanaId),
            "Must be the IANA name of a time zone, e.g. Europe/Berlin.");
    }

    private static bool TryTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
