using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Alerts;

/// <summary>
/// Reads from the log what has to be sent, each message once: its row and the checkpoint commit together, and its id follows from
/// what it tells. Not a read model: a rebuild must not send again, so there is none, and it may look at the clock.
/// </summary>
public sealed class AlertOutbox(EventStore store, TimeZoneInfo reportingTimeZone, TimeProvider clock) : Projection
{
    /// <summary>
    /// A crossing that is older when it is first seen here is not sent: a database that was restored elsewhere, or a log that
    /// alerts are sent from for the first time, must not tell what is long known.
    /// </summary>
    public static readonly TimeSpan TooOld = TimeSpan.FromHours(6);

    public const string OutboxName = "AlertOutbox";

    /// <summary>A plan has no period, and no anomaly has one: for so long people are reminded.</summary>
    private const int DaysOfReminders = 31;

    private readonly List<StoredEvent> _page = [];
    private readonly Dictionary<string, Channel?> _channels = [];

    public override string Name => OutboxName;

    public override bool IsReplayable => false;

    /// <summary>So that an event that was set aside is applied by itself later; a rebuild is impossible.</summary>
    public override bool TakesAnyOrder => true;

    public override string CreateTables => OutboxTables.Sql;

    public override IReadOnlyList<string> Tables => OutboxTables.Names;

    public override IReadOnlyList<string> EventTypes { get; } =
        ["budget_threshold_crossed", "budget_threshold_resolved", "plan_alert_raised", "plan_alert_resolved", "anomaly_detected", "anomaly_cleared",
         "report_made", "alert_acknowledged", "channel_set", "channel_removed", "channel_resumed"];

    public override void Apply(StoredEvent stored) => _page.Add(stored);

    public override void Discard() => _page.Clear();

    /// <summary>Looks up the channels that are to be told, and those that they escalate to: from the log, which no read model is behind of.</summary>
    public override async Task CompleteAsync(NpgsqlConnection connection, PageBounds page, CancellationToken cancellationToken)
    {
        _channels.Clear();
        await FindAsync(_page.Select(stored => stored.Data).OfType<IAlertRaised>().SelectMany(raised => raised.ToldTo), cancellationToken);
        await FindAsync(_channels.Values.Select(channel => channel?.Schedule.EscalateTo).OfType<string>().ToArray(), cancellationToken);
    }

    private async Task FindAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.Where(id => !_channels.ContainsKey(id)).Distinct().ToArray();
        foreach (var (id, channel) in await Channels.FindAsync(store, wanted, cancellationToken))
        {
            _channels[id] = channel;
        }
    }

    public override IReadOnlyList<NpgsqlBatchCommand> Flush()
    {
        var statements = new PageStatements();
        foreach (var stored in _page)
        {
            Add(statements, stored);
        }

        _page.Clear();
        return statements.Take();
    }

    private void Add(PageStatements statements, StoredEvent stored)
    {
        switch (stored.Data)
        {
            case BudgetThresholdCrossed crossed:
                AddRaised(statements, stored, crossed, crossed.Budget, EndOf(crossed.PeriodEnd), crossed.Replaces);
                break;
            case PlanAlertRaised raised:
                AddRaised(statements, stored, raised, raised.Plan, EndOf(raised.To.AddDays(DaysOfReminders)), null);
                break;
            case BudgetThresholdResolved resolved:
                AddResolution(statements, stored, resolved, EnumName.Of(resolved.Because), resolved.Because == ResolvedBecause.PeriodOver);
                break;
            case AnomalyDetected detected:
                AddRaised(statements, stored, detected, detected.Workload, EndOf(BillingPeriod.DayOf(stored.RecordedAt, reportingTimeZone).AddDays(DaysOfReminders)), null);
                break;
            case AnomalyCleared cleared:
                AddResolution(statements, stored, cleared, EnumName.Of(cleared.Because), silently: false);
                break;
            case PlanAlertResolved resolved:
                AddResolution(statements, stored, resolved, EnumName.Of(resolved.Because), resolved.Because == PlanResolvedBecause.PlanOver);
                break;
            case ReportMade made:
                AddReport(statements, stored, made.Channel);
                break;
            case AlertAcknowledged acknowledged:
                statements.Add("update alert_duty set acknowledged_at = $2 where alert = $1 and acknowledged_at is null", acknowledged.Alert, stored.RecordedAt);
                statements.Add(
                    OutboxSql.Drop("alert = $3 and kind in ('reminder', 'escalation')"), "It was acknowledged before.", stored.RecordedAt, acknowledged.Alert);
                break;
            case ChannelRemoved removed:
                statements.Add(OutboxSql.Drop("channel = $3 and tenant_id = $4", tried: true), DroppedBecause.Removed, stored.RecordedAt, removed.Channel, stored.TenantId);
                statements.Add("delete from channel_health where channel = $1 and tenant_id = $2", removed.Channel, stored.TenantId);
                break;
            case ChannelResumed resumed:
                statements.Add(OutboxSql.Hurry, resumed.Channel, stored.TenantId);
                statements.Add("delete from channel_health where channel = $1 and tenant_id = $2", resumed.Channel, stored.TenantId);
                break;
            case ChannelSet set:
                statements.Add(OutboxSql.Hurry, set.Channel, stored.TenantId); // Its quiet hours may be others now.
                break;
        }
    }

    private DateTimeOffset EndOf(DateOnly end) =>
        BillingPeriod.EndOfDay(new DateTimeOffset(end.AddDays(-1).ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero), reportingTimeZone);

    /// <param name="of">The id of the budget or the plan.</param>
    /// <param name="until">Nobody is reminded of it after that.</param>
    /// <param name="replaces">The alert of an earlier version that this one goes on from.</param>
    private void AddRaised(PageStatements statements, StoredEvent stored, IAlertRaised raised, string of, DateTimeOffset until, Guid? replaces)
    {
        statements.Add(OutboxSql.AddDuty, stored.Id, stored.TenantId, of, stored.RecordedAt, until, replaces);
        foreach (var id in raised.ToldTo.Distinct())
        {
            var channel = _channels.GetValueOrDefault(id);
            var dropped = clock.GetUtcNow() - stored.RecordedAt > TooOld ? DroppedBecause.Old : channel is null ? DroppedBecause.Unknown : null;
            var message = MessageId(stored.Id, id, NoticeKind.Crossed);
            statements.Add(
                OutboxSql.AddCrossed, message, stored.TenantId, stored.Id, id, channel is null ? null : EnumName.Of(channel.Kind), stored.RecordedAt, dropped, replaces,
                MessageId(stored.Id, id, NoticeKind.Resolved));
            if (dropped is null && channel is { Schedule: { EscalateTo: { } other } schedule } && DeliverySchedule.EscalateAt(schedule, reportingTimeZone, stored.RecordedAt) is { } at)
            {
                var kind = _channels.GetValueOrDefault(other) is { } target ? EnumName.Of(target.Kind) : null;
                statements.Add(
                    OutboxSql.AddEscalation, MessageId(stored.Id, other, NoticeKind.Escalation), stored.TenantId, stored.Id, other, kind, at, message, replaces,
                    MessageId(stored.Id, other, NoticeKind.Resolved));
            }
        }

        if (replaces is { } replaced)
        {
            statements.Add(OutboxSql.CarryOn, stored.Id, replaced);
            End(statements, replaced, "replaced", "An alert of the budget's new version goes on from it.", stored.RecordedAt);
        }
    }

    /// <summary>A report is told once: nobody is reminded of it, and nobody else is told.</summary>
    private void AddReport(PageStatements statements, StoredEvent stored, string id)
    {
        var channel = _channels.GetValueOrDefault(id);
        var dropped = clock.GetUtcNow() - stored.RecordedAt > TooOld ? DroppedBecause.Old : channel is null ? DroppedBecause.Unknown : null;
        statements.Add(
            OutboxSql.AddReport, MessageId(stored.Id, id, NoticeKind.Made), stored.TenantId, stored.Id, id, channel is null ? null : EnumName.Of(channel.Kind), stored.RecordedAt, dropped);
    }

    /// <param name="silently">A period's end is no news; only a program that keeps a list is told.</param>
    private static void AddResolution(PageStatements statements, StoredEvent stored, IAlertResolved resolved, string because, bool silently)
    {
        End(statements, resolved.Alert, because, "It was over before it was told.", stored.RecordedAt);
        statements.Add(OutboxSql.AddResolved, resolved.Alert, stored.Id, stored.RecordedAt, silently);
    }

    private static void End(PageStatements statements, Guid alert, string because, string reason, DateTimeOffset at)
    {
        statements.Add("update alert_duty set ended_at = $2, ended_because = $3 where alert = $1 and ended_at is null", alert, at, because);
        statements.Add(OutboxSql.Drop("alert = $3"), reason, at, alert);
    }

    /// <summary>The same for the same message, whichever host makes it: a receiver knows it by this.</summary>
    /// <param name="n">1, 2, … of reminders.</param>
    internal static Guid MessageId(Guid alert, string channel, NoticeKind kind, int n = 0) => EventId.Version5(alert, $"{channel}/{EnumName.Of(kind)}/{n}");
}
