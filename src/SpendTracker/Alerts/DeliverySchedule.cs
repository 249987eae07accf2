using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Alerts;

/// <summary>A message that waits to be sent over a channel.</summary>
/// <param name="DueAt">When it was decided to send it.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Digest">The digest that it is part of already.</param>
public sealed record WaitingMessage(Guid Message, NoticeKind Kind, DateTimeOffset DueAt, int Attempts = 0, Guid? Digest = null)
{
    public bool IsBegun => Attempts > 0 || Digest is not null;
}

/// <summary>What becomes of waiting messages: each is in one of the two.</summary>
/// <param name="Now">What to send now, in this order; several messages in one are a digest.</param>
/// <param name="Later">What has to wait, and until when.</param>
public sealed record DeliveryPlan(IReadOnlyList<IReadOnlyList<WaitingMessage>> Now, IReadOnlyList<(WaitingMessage Message, DateTimeOffset Until)> Later);

/// <summary>When messages are sent, and which together. Nothing here looks at a clock or a database.</summary>
public static class DeliverySchedule
{
    /// <summary>A message that nobody took for so long is given up.</summary>
    public static readonly TimeSpan LongestTry = TimeSpan.FromHours(24);

    /// <summary>Most messages in a digest: more than anybody reads, and little enough for every receiver.</summary>
    public const int MostInDigest = 100;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>
    /// When to try again. Twice as long as before at most, from a second up to an hour, and anything below that by chance, so that
    /// many who failed together do not come back together. Source: exponential back-off with full jitter, AWS Architecture Blog.
    /// </summary>
    /// <param name="first">When it was tried first.</param>
    /// <param name="attempts">How often it was tried.</param>
    /// <param name="retryAfter">What the other side asks for; it is not tried sooner.</param>
    /// <param name="jitter">From 0 to 1, drawn anew each time.</param>
    /// <returns>Null where it is given up. The last attempt is a day after the first.</returns>
    public static DateTimeOffset? NextAttempt(DateTimeOffset first, int attempts, DateTimeOffset now, TimeSpan? retryAfter, double jitter)
    {
        var end = first + LongestTry;
        if (now >= end)
        {
            return null;
        }

        var most = TimeSpan.FromSeconds(Math.Min(Hour.TotalSeconds, Math.Pow(2, Math.Min(attempts, 30) - 1)));
        var wait = most * jitter;
        var asked = retryAfter ?? TimeSpan.Zero;
        wait = asked > wait ? asked : wait;
        return wait < end - now ? now + wait : end;
    }

    /// <summary>Whether a message waited for so long that it says nothing new any more: since its first attempt, or since it could have been sent.</summary>
    public static bool IsOutdated(ChannelSchedule schedule, TimeZoneInfo reportingTimeZone, DateTimeOffset dueAt, DateTimeOffset? firstAttemptAt, DateTimeOffset now) =>
        now > (firstAttemptAt ?? SendableAt(schedule, reportingTimeZone, dueAt)) + LongestTry;

    /// <summary>When the quiet hours end that an instant lies in; null where it lies in none.</summary>
    public static DateTimeOffset? QuietUntil(ChannelSchedule schedule, TimeZoneInfo reportingTimeZone, DateTimeOffset at)
    {
        if (schedule is not { QuietFrom: { } from, QuietTo: { } to })
        {
            return null;
        }

        var zone = schedule.TimeZone is { } name ? TimeZoneInfo.FindSystemTimeZoneById(name) : reportingTimeZone;
        var (begin, end) = (Time(from), Time(to));
        if (!IsQuiet(at))
        {
            return null;
        }

        // By the minute, asking the zone each time: a clock that is put forward over the end, or back over it, needs no rule.
        var minute = at.AddTicks(-(at.UtcTicks % TimeSpan.TicksPerMinute)).ToUniversalTime();
        do
        {
            minute = minute.AddMinutes(1);
        }
        while (IsQuiet(minute));
        return minute;

        bool IsQuiet(DateTimeOffset instant)
        {
            var time = TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(instant, zone).TimeOfDay);
            return time.IsBetween(begin, end); // Also over midnight.
        }
    }

    /// <summary>When a message goes out if nothing goes wrong: at the end of its digest's window and of the quiet hours.</summary>
    public static DateTimeOffset SendableAt(ChannelSchedule schedule, TimeZoneInfo reportingTimeZone, DateTimeOffset dueAt)
    {
        var gathered = dueAt.AddMinutes(schedule.DigestMinutes);
        return QuietUntil(schedule, reportingTimeZone, gathered) ?? gathered;
    }

    /// <summary>
    /// When the other channel is told; null for never. It counts from when this channel may tell: who wants a quiet night must not
    /// be woken by the other for the same. It does not wait for this channel to succeed: that it fails is a reason to tell the other.
    /// </summary>
    public static DateTimeOffset? EscalateAt(ChannelSchedule schedule, TimeZoneInfo reportingTimeZone, DateTimeOffset crossedAt) =>
        schedule.EscalateMinutes == 0 ? null : SendableAt(schedule, reportingTimeZone, crossedAt).AddMinutes(schedule.EscalateMinutes);

    /// <summary>When to remind of what was told; null for never.</summary>
    /// <param name="until">When the budget's period is over.</param>
    public static DateTimeOffset? RemindAt(ChannelSchedule schedule, DateTimeOffset toldAt, DateTimeOffset until) =>
        schedule.RemindMinutes > 0 && toldAt.AddMinutes(schedule.RemindMinutes) is var at && at < until ? at : null;

    /// <summary>
    /// What to send now. Retries go first, as they are. In quiet hours only escalations are sent: somebody named this channel for
    /// what nobody has answered. What waited through them comes together, one message a kind. So does what is more than the limit
    /// of the hour leaves room for; what has no room then waits until there is.
    /// </summary>
    /// <param name="sent">When each message of the last hour was sent, the oldest first; what is being sent counts.</param>
    public static DeliveryPlan Plan(
        ChannelSchedule schedule, TimeZoneInfo reportingTimeZone, DateTimeOffset now, IReadOnlyList<WaitingMessage> waiting, IReadOnlyList<DateTimeOffset> sent)
    {
        List<(WaitingMessage, DateTimeOffset)> later = [];
        var ready = waiting;
        if (QuietUntil(schedule, reportingTimeZone, now) is { } end)
        {
            later.AddRange(waiting.Where(message => message.Kind != NoticeKind.Escalation).Select(message => (message, end)));
            ready = [.. waiting.Where(message => message.Kind == NoticeKind.Escalation)];
        }

        var gathered = ready.Where(message => !message.IsBegun && message.Kind != NoticeKind.Escalation &&
            (schedule.DigestMinutes > 0 || QuietUntil(schedule, reportingTimeZone, message.DueAt) is not null)).ToArray();
        if (gathered.Length > 0 && gathered.Min(message => message.DueAt).AddMinutes(schedule.DigestMinutes) is var full && full > now)
        {
            later.AddRange(gathered.Select(message => (message, full)));
            ready = [.. ready.Except(gathered)];
            gathered = [];
        }

        var begun = ready.Where(message => message.IsBegun).GroupBy(message => message.Digest ?? message.Message).Select(unit => (IReadOnlyList<WaitingMessage>)[.. unit]).ToArray();
        var single = ready.Where(message => !message.IsBegun).Except(gathered).ToArray();
        var room = Math.Max(0, schedule.MostPerHour - sent.Count);
        IReadOnlyList<WaitingMessage>[] units = [.. begun, .. Together(gathered)];
        units = units.Length + single.Length > room ? [.. units, .. Together(single)] : [.. units, .. single.Select(message => (WaitingMessage[])[message])];
        var next = (sent.Count > 0 ? sent[Math.Max(0, sent.Count - schedule.MostPerHour)] : now) + Hour;
        later.AddRange(units.Skip(room).SelectMany(unit => unit).Select(message => (message, next)));
        return new DeliveryPlan([.. units.Take(room)], later);
    }

    /// <summary>Digests of a kind each, the one with the oldest message first.</summary>
    private static IEnumerable<IReadOnlyList<WaitingMessage>> Together(IEnumerable<WaitingMessage> messages) =>
        messages.OrderBy(message => message.DueAt).GroupBy(message => message.Kind).SelectMany(kind => kind.Chunk(MostInDigest));

    private static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);
}
