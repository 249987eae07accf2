using System.Globalization;

namespace SpendTracker;

/// <summary>A calendar month in the reporting time zone, half open: from the first instant of its first day to the next month's.</summary>
public readonly record struct BillingPeriod(int Year, int Month) : IComparable<BillingPeriod>
{
    /// <summary>Costs are kept from here on.</summary>
    public const int FirstYear = 2000;

    public DateOnly Start => new(Year, Month, 1);

    /// <summary>The first day that no longer belongs to it.</summary>
    public DateOnly End => Start.AddMonths(1);

    public BillingPeriod Previous => Of(Start.AddMonths(-1));

    public BillingPeriod Next => Of(End);

    public static BillingPeriod Of(DateOnly day) => new(day.Year, day.Month);

    /// <summary>The period that an instant falls into.</summary>
    public static BillingPeriod Of(DateTimeOffset instant, TimeZoneInfo reportingTimeZone) => Of(DayOf(instant, reportingTimeZone));

    /// <summary>The calendar day of an instant in the reporting time zone.</summary>
    public static DateOnly DayOf(DateTimeOffset instant, TimeZoneInfo reportingTimeZone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, reportingTimeZone).DateTime);

    /// <summary>Whether a day is one that costs are kept for: in a year from 2000 to 2199.</summary>
    public static bool Covers(DateOnly day) => day.Year is >= FirstYear and < 2200;

    /// <summary>Whether an instant is of a day that costs are kept for, by its own offset.</summary>
    public static bool Covers(DateTimeOffset instant) => Covers(DateOnly.FromDateTime(instant.DateTime));

    /// <summary>When a day ends.</summary>
    public static DateTimeOffset EndOf(DateOnly day, TimeZoneInfo reportingTimeZone)
    {
        var noon = day.ToDateTime(new TimeOnly(12, 0));
        return EndOfDay(new DateTimeOffset(noon, TimeSpan.Zero) - reportingTimeZone.GetUtcOffset(noon), reportingTimeZone);
    }

    /// <summary>
    /// The first instant after another that belongs to another day. Asked of the zone's offsets, since its questions about
    /// local times do not know of a day that was skipped: Samoa had no 30 December 2011.
    /// </summary>
    public static DateTimeOffset EndOfDay(DateTimeOffset instant, TimeZoneInfo reportingTimeZone)
    {
        var day = DayOf(instant, reportingTimeZone);
        while (true)
        {
            var offset = reportingTimeZone.GetUtcOffset(instant);
            var midnight = new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) - offset;
            if (reportingTimeZone.GetUtcOffset(midnight) == offset)
            {
                return midnight;
            }

            // The clock changes until then: over midnight, so that the day ends there, or within the day, which goes on.
            instant = FirstChange(instant, midnight, reportingTimeZone);
            if (DayOf(instant, reportingTimeZone) != day)
            {
                return instant;
            }
        }
    }

    /// <summary>The first instant with another offset; there is one change between the two, or at the later.</summary>
    private static DateTimeOffset FirstChange(DateTimeOffset before, DateTimeOffset after, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(before);
        while (after.UtcTicks - before.UtcTicks > 1)
        {
            var middle = before.AddTicks((after.UtcTicks - before.UtcTicks) / 2);
            (before, after) = zone.GetUtcOffset(middle) == offset ? (middle, after) : (before, middle);
        }

        return after;
    }

    /// <param name="text"><c>yyyy-MM</c>, e.g. <c>2026-01</c>.</param>
    public static bool TryParse(string? text, out BillingPeriod period)
    {
        var valid = DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && Covers(day);
        period = valid ? Of(day) : default;
        return valid;
    }

    public int CompareTo(BillingPeriod other) => (Year, Month).CompareTo((other.Year, other.Month));

    public static bool operator <(BillingPeriod left, BillingPeriod right) => left.CompareTo(right) < 0;

    public static bool operator >(BillingPeriod left, BillingPeriod right) => left.CompareTo(right) > 0;

    public static bool operator <=(BillingPeriod left, BillingPeriod right) => left.CompareTo(right) <= 0;

    public static bool operator >=(BillingPeriod left, BillingPeriod right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}");
}
