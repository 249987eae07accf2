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

    [Fact]
    public void The_other_channel_is_told_so_long_after_the_first_moment_at_which_this_one_may_tell()
    {
        var cases = from schedule in Schedules from escalate in Gen.Elements(0, 1, 30, 600) from crossed in Instants select (schedule, escalate, crossed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var schedule = c.schedule with { EscalateMinutes = c.escalate, EscalateTo = "boss" };
            var gathered = c.crossed.AddMinutes(schedule.DigestMinutes);
            if (DeliverySchedule.EscalateAt(schedule, TimeZoneInfo.Utc, c.crossed) is not { } at)
            {
                return c.escalate == 0;
            }

            var told = at.AddMinutes(-c.escalate);
            return c.escalate > 0 && (IsQuiet(schedule, gathered)
                ? told > gathered && !IsQuiet(schedule, told) && IsQuiet(schedule, told.AddTicks(-1))
                : told == gathered);
        }).Check(Thousands);
    }

    [Fact]
    public void What_has_no_room_in_the_hour_waits_until_the_first_moment_that_has_some_and_retries_go_first()
    {
        Prop.ForAll(Situations.ToArbitrary(), situation =>
        {
            var (schedule, now, waiting, sent) = (situation.Schedule with { DigestMinutes = 0, QuietFrom = null, QuietTo = null }, situation.Now, situation.Waiting, situation.Sent);
            var plan = DeliverySchedule.Plan(schedule, TimeZoneInfo.Utc, now, waiting, sent);
            int InHourBefore(DateTimeOffset at) => sent.Concat(plan.Now.Select(_ => now)).Count(one => one > at.AddHours(-1));
            return plan.Later.All(later => sent.Length == 0
                    ? later.Until == now.AddHours(1)
                    : InHourBefore(later.Until) < schedule.MostPerHour + plan.Now.Count && sent.Count(one => one > later.Until.AddTicks(-1).AddHours(-1)) >= Math.Min(schedule.MostPerHour, sent.Length))
                && plan.Now.SkipWhile(unit => unit[0].IsBegun).All(unit => !unit[0].IsBegun)
                && (!plan.Later.Any(later => later.Message.IsBegun) || plan.Now.All(unit => unit[0].IsBegun));
        }).Check(Thousands);
    }

    [Theory]
    [InlineData(9, 59, 0, 3)]
    [InlineData(10, 0, 2, 0)] // A digest of each kind, when the window of the first is over.
    public void A_digest_goes_out_when_the_minutes_since_its_first_message_are_over(int minutes, int seconds, int units, int later)
    {
        var now = Start.AddMinutes(minutes).AddSeconds(seconds);
        WaitingMessage[] waiting = [Waiting(NoticeKind.Crossed, Start), Waiting(NoticeKind.Resolved, Start.AddMinutes(9)), Waiting(NoticeKind.Crossed, Start.AddMinutes(5))];

        var plan = DeliverySchedule.Plan(new ChannelSchedule(DigestMinutes: 10), TimeZoneInfo.Utc, now, waiting, []);

        Assert.Equal((units, later), (plan.Now.Count, plan.Later.Count));
        Assert.Equal(units == 0 ? [] : [waiting[0], waiting[2]], plan.Now.FirstOrDefault([]));
        Assert.All(plan.Later, one => Assert.Equal(Start.AddMinutes(10), one.Until));
    }

    [Fact]
    public void A_retry_goes_before_a_digest_where_there_is_room_for_one_and_an_escalation_waits_for_none()
    {
        var retry = Waiting(NoticeKind.Crossed, Start) with { Attempts = 1 };
        WaitingMessage[] waiting = [Waiting(NoticeKind.Crossed, Start), Waiting(NoticeKind.Escalation, Start.AddMinutes(10)), retry];

        Assert.Equal([[retry]], DeliverySchedule.Plan(new(MostPerHour: 1, DigestMinutes: 10), TimeZoneInfo.Utc, Start.AddMinutes(10), waiting, []).Now);
        Assert.Equal([[retry], [waiting[1]]], DeliverySchedule.Plan(new(DigestMinutes: 11), TimeZoneInfo.Utc, Start.AddMinutes(10), waiting, []).Now);
    }

    [Fact]
    public void As_many_as_there_is_room_for_go_out_one_by_one_and_one_more_makes_them_a_digest()
    {
        var sent = new[] { Start.AddMinutes(-50) };
        WaitingMessage[] waiting = [.. Enumerable.Range(0, 3).Select(_ => Waiting(NoticeKind.Crossed, Start))];

        Assert.Equal([1, 1], Units(waiting[..2]));
        Assert.Equal([3], Units(waiting));

        IEnumerable<int> Units(WaitingMessage[] some) =>
            DeliverySchedule.Plan(new ChannelSchedule(MostPerHour: 3), TimeZoneInfo.Utc, Start, some, sent).Now.Select(unit => unit.Count);
    }

    [Fact]
    public void What_happened_in_quiet_hours_comes_together_also_when_they_are_over_and_an_escalation_by_itself()
    {
        var schedule = new ChannelSchedule(QuietFrom: "22:00", QuietTo: "07:00");
        var morning = Start.AddHours(7);
        WaitingMessage[] waiting =
            [Waiting(NoticeKind.Crossed, Start), Waiting(NoticeKind.Escalation, Start), Waiting(NoticeKind.Crossed, morning.AddTicks(-1)), Waiting(NoticeKind.Crossed, morning)];

        Assert.Equal([[waiting[1]]], DeliverySchedule.Plan(schedule, TimeZoneInfo.Utc, morning.AddTicks(-1), waiting, []).Now);
        Assert.Equal([[waiting[0], waiting[2]], [waiting[1]], [waiting[3]]], DeliverySchedule.Plan(schedule, TimeZoneInfo.Utc, morning, waiting, []).Now);
    }

    [Theory]
    [InlineData(0, 60, false)]
    [InlineData(30, 29, false)] // The period is over by then.
    [InlineData(30, 30, false)]
    [InlineData(30, 31, true)]
    public void A_reminder_comes_so_long_after_the_last_but_not_once_the_period_is_over(int minutes, int left, bool comes) =>
        Assert.Equal(comes ? Start.AddMinutes(minutes) : null, DeliverySchedule.RemindAt(new ChannelSchedule(RemindMinutes: minutes), Start, Start.AddMinutes(left)));

    [Fact]
    public void A_message_is_tried_for_a_day_since_its_first_attempt_to_the_tick()
    {
        var end = Start.AddDays(1);
        Assert.Equal(end, DeliverySchedule.NextAttempt(Start, 30, end.AddTicks(-1), null, 1));
        Assert.Null(DeliverySchedule.NextAttempt(Start, 30, end, null, 1));
        Assert.False(DeliverySchedule.IsOutdated(new(), TimeZoneInfo.Utc, Start.AddDays(-1), Start, end));
        Assert.True(DeliverySchedule.IsOutdated(new(), TimeZoneInfo.Utc, Start.AddDays(-1), Start, end.AddTicks(1)));
    }

    [Theory]
    [InlineData(19, 15, false)]
    [InlineData(20, 15, true)]
    [InlineData(100, 14, false)]
    public void A_channel_is_paused_after_20_failures_over_a_quarter_of_an_hour(int failures, int minutes, bool paused) =>
        Assert.Equal(paused, AlertPause.IsDue(failures, Start, Start.AddMinutes(minutes)));

    private static WaitingMessage Waiting(NoticeKind kind, DateTimeOffset due) => new(Guid.NewGuid(), kind, due);

    private static bool IsQuiet(ChannelSchedule schedule, DateTimeOffset at)
    {
        if (schedule.QuietFrom is null)
        {
            return false;
        }

        var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone!)).TimeOfDay;
        var (from, to) = (TimeSpan.Parse(schedule.QuietFrom!, null), TimeSpan.Parse(schedule.QuietTo!, null));
        return from < to ? local >= from && local < to : local >= from || local < to;
    }

    private static string Time(int minute) => $"{minute / 60 % 24:00}:{minute % 60:00}";
}
