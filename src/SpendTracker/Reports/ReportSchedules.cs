using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Reports;

/// <summary>A schedule as its stream says.</summary>
/// <param name="Terms">Null once it is removed.</param>
/// <param name="Version">How many events its stream has.</param>
/// <param name="SetAt">When the terms were set.</param>
public sealed record ReportScheduleState(ReportScheduleSet? Terms, int Version, DateTimeOffset SetAt, string SetBy) : IStreamState<ReportScheduleState>
{
    public static ReportScheduleState Apply(ReportScheduleState? state, StoredEvent stored) => stored.Data switch
    {
        ReportScheduleSet set => new(set, (int)stored.Version, stored.RecordedAt, stored.RecordedBy),
        _ => new(null, (int)stored.Version, stored.RecordedAt, stored.RecordedBy),
    };
}

/// <summary>When schedules are due. Pure; times are those of the reporting time zone.</summary>
public static class ReportTimes
{
    /// <summary>The time in a month: its last day where it has no such day, and the next hour where clocks leave one out.</summary>
    public static DateTimeOffset AtOf(ReportScheduleSet terms, BillingPeriod month, TimeZoneInfo zone)
    {
        var day = month.Start.AddDays(Math.Min(terms.Day, month.End.DayNumber - month.Start.DayNumber) - 1);
        var local = day.ToDateTime(new TimeOnly(terms.Hour, 0));
        while (zone.IsInvalidTime(local))
        {
            local = local.AddHours(1);
        }

        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>The first time after an instant.</summary>
    public static DateTimeOffset NextAfter(ReportScheduleSet terms, DateTimeOffset instant, TimeZoneInfo zone)
    {
        var month = BillingPeriod.Of(instant, zone);
        return AtOf(terms, month, zone) is var at && at > instant ? at : AtOf(terms, month.Next, zone);
    }

    /// <summary>The month of the last time that has come, and that came while the terms held; null if there is none. Of several that were missed, the last one.</summary>
    public static BillingPeriod? DueIn(ReportScheduleState schedule, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (schedule.Terms is not { } terms)
        {
            return null;
        }

        var month = BillingPeriod.Of(now, zone);
        month = AtOf(terms, month, zone) <= now ? month : month.Previous;
        return AtOf(terms, month, zone) > schedule.SetAt ? month : null;
    }
}

/// <summary>
/// Sets, removes and lists schedules, and records the reports that they had made. They are few and short, so that they are read from their
/// streams. A report's id follows from schedule and month: whichever host makes it, and however often it starts, there is one.
/// </summary>
public sealed class ReportSchedules(EventStore store, EventLog log, Channels channels, OrganisationSettings settings)
{
    public const int ReasonLength = 1_000;

    /// <summary>Schedules together, with those that were removed.</summary>
    public const int Most = 100;

    private const string Streams = "report/schedule-";

    private static readonly Guid Names = new("0f4fe1b5-7a53-4f7e-a1a2-2b0d2f2f7f3c");

    /// <summary>Why terms cannot be.</summary>
    public async Task<IReadOnlyList<FieldReason>> CheckAsync(string id, ReportScheduleRequest wanted, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.Id("schedule", id);
        check.Text("channel", wanted.Channel, TextLength.Key);
        check.Range("day", wanted.Day, 1, 31);
        check.Range("hour", wanted.Hour, 0, 23);
        if (check.Reasons.Count == 0)
        {
            var channel = await channels.FindAsync(wanted.Channel, cancellationToken);
            check.That("channel", channel is not null, "There is no such channel.");
            check.That("channel", channel?.Kind != ChannelKind.Alertmanager, "An Alertmanager takes alerts, and no reports.");
        }

        return check.Reasons;
    }

    /// <summary>Sets terms that were checked. The same again change nothing.</summary>
    /// <param name="expected">See <see cref="StreamVersion"/>.</param>
    /// <returns>The version that it was at, 0 for none; null if it was another than expected, or there are as many as there may be.</returns>
    public async Task<int?> SetAsync(string id, ReportScheduleRequest wanted, int? expected, Recorder recorder, CancellationToken cancellationToken)
    {
        var terms = new ReportScheduleSet(id, wanted.Channel, wanted.Day, wanted.Hour);
        var isFull = (await store.StreamsAsync(Streams, cancellationToken)).Count >= Most;
        return await store.Streams.DecideAsync<ReportScheduleState, int?>(
            Streams + id,
            state =>
            {
                var version = state?.Terms is null ? 0 : state.Version;
                return !StreamVersion.Is(expected, version) || (isFull && state is null) ? new(null)
                    : state?.Terms == terms ? new(version)
                    : new(version, terms);
            },
            recorder, cancellationToken);
    }

    /// <returns>False if there is no such schedule.</returns>
    public Task<bool> RemoveAsync(string id, string reason, Recorder recorder, CancellationToken cancellationToken) => store.Streams.DecideAsync<ReportScheduleState, bool>(
        Streams + id, state => state?.Terms is null ? new(false) : new(true, new ReportScheduleRemoved(id, reason)), recorder, cancellationToken);

    /// <summary>Null if there is none.</summary>
    public async Task<ReportScheduleState?> FindAsync(string id, CancellationToken cancellationToken) =>
        EventStreams.Fold<ReportScheduleState>(await store.ReadStreamAsync(Streams + id, cancellationToken)) is { Terms: not null } found ? found : null;

    /// <summary>Those that hold, by id.</summary>
    public async Task<IReadOnlyList<ReportScheduleState>> ListAsync(CancellationToken cancellationToken)
    {
        var streams = await store.ReadStreamsAsync(await store.StreamsAsync(Streams, cancellationToken), cancellationToken);
        return [.. streams.Values.Select(EventStreams.Fold<ReportScheduleState>).OfType<ReportScheduleState>().Where(state => state.Terms is not null).OrderBy(state => state.Terms!.Schedule, StringComparer.Ordinal)];
    }

    /// <summary>The schedules whose time has come, and whose report of the month was not made yet; each with the month in which it is due.</summary>
    public async Task<IReadOnlyList<(ReportScheduleSet Terms, BillingPeriod DueIn)>> DueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = (await ListAsync(cancellationToken)).Select(schedule => (Terms: schedule.Terms!, DueIn: ReportTimes.DueIn(schedule, now, settings.ReportingTimeZone)))
            .Where(schedule => schedule.DueIn is not null).Select(schedule => (schedule.Terms, DueIn: schedule.DueIn!.Value)).ToArray();
        var made = due.Length == 0 ? new Dictionary<Guid, LoggedEvent>() : await log.FindAsync([.. due.Select(schedule => IdOf(schedule.Terms.Schedule, schedule.DueIn))], cancellationToken);
        return [.. due.Where(schedule => !made.ContainsKey(IdOf(schedule.Terms.Schedule, schedule.DueIn)))];
    }

    /// <summary>Records a report that was due. If another host has, nothing is recorded.</summary>
    public Task RecordAsync(ReportMade made, BillingPeriod dueIn, Recorder recorder, CancellationToken cancellationToken) => store.Streams.RecordOnceAsync(
        [new EventToAppend($"report/made-{made.Schedule}", IdOf(made.Schedule, dueIn), made, recorder)], cancellationToken);

    /// <summary>The same for the same schedule and month, whichever host makes it.</summary>
    internal static Guid IdOf(string schedule, BillingPeriod dueIn) => EventId.Version5(Names, $"{schedule}:{dueIn}");
}
