using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Tests.Usage;

/// <summary>Days, months and limits in time zones with every oddity, at and around the changes of their clocks.</summary>
public sealed class TimePropertyTests
{
    private static readonly Config Thousands = Config.QuickThrowOnFailure.WithMaxTest(3_000);

    /// <summary>Half and three quarter hours, changes at midnight, of half and two hours, of three; days skipped and had twice.</summary>
    private static readonly TimeZoneInfo[] Zones =
    [
        .. new[]
        {
            "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham", "Australia/Lord_Howe", "America/St_Johns",
            "America/Sao_Paulo", "America/Havana", "America/Asuncion", "America/Nuuk", "Atlantic/Azores", "Africa/Cairo", "Asia/Beirut", "Asia/Tehran",
            "Antarctica/Troll", "Antarctica/Casey", "Pacific/Apia", "Pacific/Kwajalein", "Pacific/Kiritimati",
        }.Select(TimeZoneInfo.FindSystemTimeZoneById),
    ];

    private sealed record Moment(TimeZoneInfo Zone, DateTimeOffset At)
    {
        public override string ToString() => $"{At:o} in {Zone.Id}";
    }

    private static readonly Gen<Moment> Moments =
        from zone in Gen.Elements(Zones)
        from day in Gen.Choose(0, 60 * 365)
        from tick in Gen.Choose(0, int.MaxValue)
        from closely in Gen.Elements(true, true, false)
        let any = new DateTimeOffset(1985, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(day).AddMinutes(tick % 1_440)
        select new Moment(zone, closely ? NextChange(zone, any).AddMinutes((tick % 6_000) - 3_000) : any);

    [Fact]
    public void A_day_ends_where_the_next_begins_to_the_tick_and_its_month_is_its_billing_period() => Prop.ForAll(Moments.ToArbitrary(), moment =>
    {
        var (zone, at) = moment;
        var day = BillingPeriod.DayOf(at, zone);
        var end = BillingPeriod.EndOfDay(at, zone);
        var period = BillingPeriod.Of(at, zone);
        return day == DateOnly.FromDateTime(at.UtcDateTime + zone.GetUtcOffset(at)) &&
            end > at && end - at <= TimeSpan.FromHours(30) &&
            BillingPeriod.DayOf(end, zone) != day && BillingPeriod.DayOf(end.AddTicks(-1), zone) == day &&
            period.Start <= day && day < period.End && period.Next.Previous == period && period.Next.Start == period.End &&
            BillingPeriod.TryParse(period.ToString(), out var parsed) == period.Year is >= 2000 and < 2200 && (parsed == period || period.Year < 2000);
    }).Check(Thousands);

    [Theory]
    [InlineData("Pacific/Apia", "2011-12-30T09:59:59.9999999Z", "2011-12-29")]
    [InlineData("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31")]
    [InlineData("Asia/Kathmandu", "2024-02-28T18:14:59Z", "2024-02-28")]
    [InlineData("Asia/Kathmandu", "2024-02-28T18:15:00Z", "2024-02-29")]
    [InlineData("Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-05")]
    [InlineData("Pacific/Chatham", "2026-09-30T10:14:59Z", "2026-09-30")]
    [InlineData("Pacific/Chatham", "2026-09-30T10:15:00Z", "2026-10-01")]
    [InlineData("Africa/Cairo", "2026-10-29T20:59:59Z", "2026-10-29")]
    [InlineData("Africa/Cairo", "2026-10-29T21:30:00Z", "2026-10-29")]
    [InlineData("Africa/Cairo", "2026-10-29T22:00:00Z", "2026-10-30")]
    public void Known_instants_fall_on_known_days(string zone, string instant, string day) => Assert.Equal(
        DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture),
        BillingPeriod.DayOf(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Fact]
    public void Hosting_hours_go_to_each_day_by_its_minutes_and_sum_to_the_whole_exactly()
    {
        var hostings =
            from moment in Moments
            from length in Gen.Frequency((5, Gen.Choose(1, 4 * 1_440)), (1, Gen.Choose(1, 31 * 1_440)))
            from millionths in Gen.Choose(1, 60_000_000)
            from small in Gen.Elements(1m, 0.01m, 0.000001m)
            select (moment, length, Hours: Math.Max(0.000001m, Math.Round(length * (millionths / 60_000_000m) / 60 * small, 6)));
        Prop.ForAll(hostings.ToArbitrary(), hosting =>
        {
            var ((zone, start), length, hours) = hosting;
            var usage = new HostingHoursRecorded("w", Approach.FineTuning, "s/k", hours, start, start.AddMinutes(length), BusyShare: 0.3m);
            var parts = UsageQuantities.Of(usage, zone).Where(part => part.Meter == Meters.HostingHours).ToArray();
            var minutes = Enumerable.Range(0, length).CountBy(minute => BillingPeriod.DayOf(start.AddMinutes(minute), zone)).ToDictionary();
            return parts.Sum(part => part.Quantity) == hours && parts.All(part => part.Quantity >= 0) &&
                parts.Select(part => part.Day).ToHashSet().SetEquals(minutes.Keys) &&
                parts.GroupBy(part => part.Day).All(day => Math.Abs(day.Sum(part => part.Quantity) - (hours * minutes[day.Key] / length)) <= 0.000002m) &&
                UsageQuantities.Of(usage, zone).Where(part => part.Meter == Meters.IdleHostingHours).Sum(part => part.Quantity) == Math.Round(hours * 0.7m, 6);
        }).Check(Thousands);
    }

    [Fact]
    public void A_stream_is_of_the_month_that_its_usage_counts_for_or_begins_in() => Prop.ForAll(Moments.ToArbitrary(), moment =>
    {
        var (zone, at) = moment;
        var hosting = new HostingHoursRecorded("w", Approach.FineTuning, "s/k", 1, at, at.AddDays(31));
        var days = UsageQuantities.Of(hosting, zone).Select(quantity => quantity.Day).ToArray();
        var month = BillingPeriod.Of(at, zone);
        return UsageStream.Of(Given.Tokens(at), zone) == $"usage/support-chat/{month}" && UsageStream.Of(hosting, zone) == $"usage/w/{month}" &&
            UsageQuantities.Of(Given.Tokens(at), zone).All(quantity => BillingPeriod.Of(quantity.Day) == month) &&
            BillingPeriod.Of(days[0]) == month && BillingPeriod.Of(days[^1]) <= month.Next.Next;
    }).Check(Thousands);

    [Fact]
    public void Every_time_is_taken_exactly_at_its_limits_and_refused_a_tick_beyond_with_field_and_limit()
    {
        (string Field, Func<DateTimeOffset, IUsageEvent> At)[] kinds =
        [
            ("usedAt", at => Given.Tokens(at)),
            ("preparedAt", at => new DatasetPrepRecorded("w", "d", DatasetActivity.Synthesise, at, Items: 1)),
            ("completedAt", at => new TrainingRunRecorded("w", "p", "m", "r", at, GpuHours: 1)),
            ("workedAt", at => new LabourRecorded("w", Approach.Hybrid, "engineer", 1, LabourActivity.Evaluation, at)),
            ("chargedAt", at => new ChargeRecorded("w", Approach.Hybrid, Component.Other, 1, "USD", at)),
            ("evaluatedAt", at => new EvaluationRecorded("w", Approach.Hybrid, "v", "accuracy", 1, 1, at)),
            ("periodStart", at => new HostingHoursRecorded("w", Approach.Hybrid, "s/k", 1, at, at.AddHours(1))),
        ];
        var cases =
            from kind in Gen.Elements(kinds)
            from moment in Gen.OneOf(Moments, Gen.Elements(Zones).Select(zone => new Moment(zone, new(2024, 2, 29, 23, 59, 59, TimeSpan.Zero))))
            select (kind, now: moment.At.AddYears(10));
        Prop.ForAll(cases.ToArbitrary(), test =>
        {
            var ((field, at), now) = test;
            string[] Refused(DateTimeOffset time) => [.. UsageRules.Check(at(time), now).Where(reason => reason.Field == field).Select(reason => reason.Reason)];
            var (latest, earliest) = (now.AddMinutes(5), now.AddYears(-5));
            return Refused(latest).Length == 0 && Refused(earliest).Length == 0 &&
                Refused(latest.AddTicks(1)) is ["Cannot be more than 5 minutes ahead."] && Refused(DateTimeOffset.MaxValue.AddHours(-1)).Length > 0 &&
                Refused(earliest.AddTicks(-1)) is ["Cannot be more than 5 years back."] && Refused(DateTimeOffset.MinValue.AddHours(1)).Length > 0;
        }).Check(Thousands);
    }

    [Fact]
    public void A_hosting_period_may_be_31_days_and_3_hours_and_not_a_tick_longer_and_its_hours_what_the_clock_says_to_the_last_decimal()
    {
        var (now, longest) = (new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero), new TimeSpan(31, 3, 0, 0));
        Prop.ForAll(Gen.Choose(1, 31 * 24 * 3_600).ToArbitrary(), seconds =>
        {
            var length = TimeSpan.FromSeconds(seconds);
            var hours = Math.Round((decimal)seconds / 3_600, 6, MidpointRounding.AwayFromZero);
            IReadOnlyList<FieldReason> Refused(TimeSpan length, decimal hours) =>
                UsageRules.Check(new HostingHoursRecorded("w", Approach.Hybrid, "s/k", hours, now - length, now), now);
            return Refused(length, Math.Max(hours, 0.000001m)).Count == 0 && Refused(length, hours + 0.000002m) is [{ Field: "hours" }] &&
                Refused(longest, 747).Count == 0 && Refused(longest + TimeSpan.FromTicks(1), 747) is [{ Field: "periodEnd" }];
        }).Check(Thousands);
    }

    /// <summary>What has begun may be recorded up to its end; what has not may not.</summary>
    [Theory]
    [InlineData(0, 31 * 24)]
    [InlineData(5, 31 * 24)]
    [InlineData(6, 1, "periodStart")]
    [InlineData(0, (31 * 24) + 4, "periodEnd")]
    public void A_hosting_period_that_has_begun_may_end_up_to_a_calendar_month_ahead(int startsInMinutes, int hours, params string[] refused)
    {
        var now = new DateTimeOffset(2026, 6, 20, 12, 0, 0, TimeSpan.Zero);
        var start = now.AddMinutes(startsInMinutes);
        var reasons = UsageRules.Check(new HostingHoursRecorded("w", Approach.Hybrid, "s/k", Math.Min(hours, 747), start, start.AddHours(hours)), now);
        Assert.Equal(refused, reasons.Select(reason => reason.Field));
    }

    [Fact]
    public void A_calendar_month_may_be_one_hosting_period_wherever_clocks_are_set_back_in_it()
    {
        var refused =
            from zone in Zones
            from months in Enumerable.Range(0, 60)
            let month = new BillingPeriod(2020, 1).Start.AddMonths(months)
            let start = EndOf(month.AddDays(-1), zone)
            let end = EndOf(month.AddMonths(1).AddDays(-1), zone)
            let hosting = new HostingHoursRecorded("w", Approach.Hybrid, "s/k", (decimal)(end - start).TotalHours, start, end)
            where UsageRules.Check(hosting, end).Count > 0 || UsageQuantities.FaultOf(hosting) is not null
                || UsageQuantities.Of(hosting, zone).Any(quantity => BillingPeriod.Of(quantity.Day) != BillingPeriod.Of(BillingPeriod.DayOf(start, zone)))
            select $"{zone.Id} {month:yyyy-MM} {hosting.Hours}";
        Assert.Empty(refused);
    }

    private static DateTimeOffset EndOf(DateOnly day, TimeZoneInfo zone)
    {
        var noon = day.ToDateTime(new TimeOnly(12, 0));
        return BillingPeriod.EndOfDay(new DateTimeOffset(noon, zone.GetUtcOffset(noon)), zone);
    }

    /// <summary>Where the zone's clock changes next; within 400 days, or at once where it never does.</summary>
    private static DateTimeOffset NextChange(TimeZoneInfo zone, DateTimeOffset from)
    {
        var offset = zone.GetUtcOffset(from);
        var days = Enumerable.Range(1, 400).FirstOrDefault(day => zone.GetUtcOffset(from.AddDays(day)) != offset);
        return from.AddDays(days);
    }
}
