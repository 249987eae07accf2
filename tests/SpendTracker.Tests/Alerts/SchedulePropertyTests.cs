using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Alerts;

/// <summary>The arithmetic of delivery, for any schedule, at any time, in time zones with every oddity.</summary>
public sealed class SchedulePropertyTests
{
    private static readonly Config Thousands = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "Antarctica/Troll"];

    private static readonly Gen<DateTimeOffset> Instants = from second in Gen.Choose(0, 365 * 24 * 3600) select Start.AddSeconds(second);

    private static readonly Gen<ChannelSchedule> Schedules =
        from most in Gen.Choose(1, 6)
        from digest in Gen.Elements(0, 0, 1, 15, 1_440)
        from quiet in Gen.Elements(true, false)
        from begin in Gen.Choose(0, 1_439)
        from length in Gen.Choose(1, 1_439)
        from zone in Gen.Elements(Zones)
        from remind in Gen.Elements(0, 5, 600)
        select new ChannelSchedule(most, digest, quiet ? Time(begin) : null, quiet ? Time(begin + length) : null, zone, remind);

    private static Gen<WaitingMessage> Messages(DateTimeOffset now) =>
        from minutes in Gen.Choose(0, 600)
        from kind in Gen.Elements(NoticeKind.Crossed, NoticeKind.Crossed, NoticeKind.Resolved, NoticeKind.Reminder, NoticeKind.Escalation)
        from attempts in Gen.Elements(0, 0, 0, 1)
        from digest in Gen.Elements(0, 0, 0, 1, 2)
        select new WaitingMessage(Guid.NewGuid(), kind, now.AddMinutes(-minutes), attempts, digest == 0 ? null : new Guid(digest, (short)kind, 0, new byte[8]));

    private sealed record Situation(ChannelSchedule Schedule, DateTimeOffset Now, WaitingMessage[] Waiting, DateTimeOffset[] Sent);

    private static readonly Gen<Situation> Situations =
        from schedule in Schedules
        from now in Instants
        from waiting in Messages(now).ListOf()
        from sent in Gen.Choose(1, 3_599).ListOf()
        select new Situation(schedule, now, [.. waiting], [.. sent.Select(second => now.AddSeconds(-second)).Order()]);

    [Fact]
    public void A_plan_has_every_message_once_within_the_limit_and_nothing_but_escalations_in_quiet_hours() => Prop.ForAll(Situations.ToArbitrary(), situation =>
    {
        var (schedule, now, waiting, sent) = situation;
        var plan = DeliverySchedule.Plan(schedule, TimeZoneInfo.Utc, now, waiting, sent);
        var told = plan.Now.SelectMany(unit => unit).ToArray();
        var all = told.Concat(plan.Later.Select(later => later.Message)).ToArray();
        var quiet = DeliverySchedule.QuietUntil(schedule, TimeZoneInfo.Utc, now) is not null;
        return all.Length == waiting.Length && all.ToHashSet().SetEquals(waiting) &&
            plan.Now.Count <= Math.Max(0, schedule.MostPerHour - sent.Length) &&
            plan.Now.All(unit => unit.Count is > 0 and <= DeliverySchedule.MostInDigest && unit.Select(message => message.Kind).Distinct().Count() == 1) &&
            plan.Now.Where(unit => unit[0].Digest is not null).All(unit => quiet || unit.Count == waiting.Count(message => message.Digest == unit[0].Digest)) &&
            plan.Later.All(later => later.Until > now) &&
            (!quiet || told.All(message => message.Kind == NoticeKind.Escalation)) &&
            (waiting.Length == 0 || quiet || schedule.DigestMinutes > 0 || sent.Length >= schedule.MostPerHour || told.Length > 0);
    }).Check(Thousands);

    [Fact]
    public void Quiet_hours_end_at_the_first_minute_whose_local_time_is_outside_of_them()
    {
        var cases = from schedule in Schedules where schedule.QuietFrom is not null from at in Instants select (schedule, at);
        Prop.ForAll(cases.ToArbitrary(), pair =>
        {
            var (schedule, at) = pair;
            var end = DeliverySchedule.QuietUntil(schedule, TimeZoneInfo.Utc, at);
            return end is null
                ? !IsQuiet(schedule, at)
                : IsQuiet(schedule, at) && !IsQuiet(schedule, end.Value) && IsQuiet(schedule, end.Value.AddTicks(-1)) && end - at <= TimeSpan.FromHours(27) && end > at;
        }).Check(Thousands);
    }

    [Theory]
    [InlineData("2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")] // 02:30 is skipped: over at 03:00 summer time.
    [InlineData("2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z")] // The first 02:30.
    [InlineData("2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z")] // The hour comes again, and is quiet again.
    [InlineData("2026-07-01T20:00:00Z", "2026-07-02T00:30:00Z")] // Over midnight.
    public void Quiet_hours_go_by_the_clock_on_the_wall_also_when_it_is_changed(string at, string end) => Assert.Equal(
        DateTimeOffset.Parse(end, null), DeliverySchedule.QuietUntil(new ChannelSchedule(QuietFrom: "22:00", QuietTo: "02:30", TimeZone: "Europe/Berlin"), TimeZoneInfo.Utc, DateTimeOffset.Parse(at, null)));

    [Fact]
    public void Retries_wait_no_longer_than_twice_as_long_each_time_nor_an_hour_and_end_a_day_after_the_first()
    {
        var cases = from attempts in Gen.Choose(1, 200) from passed in Gen.Choose(0, 100_000) from jitter in Gen.Choose(0, 1_000) from asked in Gen.Elements(0, 0, 30, 7_200, 200_000)
                    select (attempts, passed, jitter, asked);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var now = Start.AddSeconds(c.passed);
            var next = DeliverySchedule.NextAttempt(Start, c.attempts, now, c.asked == 0 ? null : TimeSpan.FromSeconds(c.asked), c.jitter / 1_000.0);
            var most = Math.Min(3_600, Math.Pow(2, c.attempts - 1));
            return c.passed >= 86_400
                ? next is null
                : next >= now && next <= Start.AddDays(1) && next - now <= TimeSpan.FromSeconds(Math.Max(most, c.asked)) &&
                    (next == Start.AddDays(1) || next - now >= TimeSpan.FromSeconds(c.asked)) &&
                    (c.jitter < 1_000 || next == Start.AddDays(1) || next - now >= TimeSpan.FromSeconds(most));
        }).Check(Thousands);
    }

    [Fact]
    public void A_message_is_not_outdated_before_it_could_be_sent_and_is_a_day_after()
    {
        var cases = from schedule in Schedules from due in Instants select (schedule, due);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var sendable = DeliverySchedule.SendableAt(c.schedule, TimeZoneInfo.Utc, c.due);
            return sendable >= c.due.AddMinutes(c.schedule.DigestMinutes) &&
                !DeliverySchedule.IsOutdated(c.schedule, TimeZoneInfo.Utc, c.due, null, sendable.AddDays(1)) &&
                DeliverySchedule.IsOutdated(c.schedule, TimeZoneInfo.Utc, c.due, null, sendable.AddDays(1).AddTicks(1));
        }).Check(Thousands);
    }

    private static bool IsQuiet(ChannelSchedule schedule, DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone!)).TimeOfDay;
        var (from, to) = (TimeSpan.Parse(schedule.QuietFrom!, null), TimeSpan.Parse(schedule.QuietTo!, null));
        return from < to ? local >= from && local < to : local >= from || local < to;
    }

    private static string Time(int minute) => $"{minute / 60 % 24:00}:{minute % 60:00}";
}
