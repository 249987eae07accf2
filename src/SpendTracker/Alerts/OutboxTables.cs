namespace SpendTracker.Alerts;

/// <summary>What delivery keeps outside of the log: no replay gives it.</summary>
internal static class OutboxTables
{
    public static IReadOnlyList<string> Names { get; } = ["alert_duty", "alert_message", "channel_health", "channel_address"];

    public const string Sql =
        """
        -- What has to be known of an alert to go on telling of it.
        create table if not exists alert_duty (
            alert uuid primary key,
            tenant_id text not null,
            budget text not null, -- Or the plan, or the workload of an anomaly.
            crossed_at timestamptz not null,
            until timestamptz not null,
            acknowledged_at timestamptz null,
            ended_at timestamptz null,
            ended_because text null
        );

        -- A message to a channel. States: pending, sent, failed, dropped; carried: an alert that this one replaces was told there.
        -- Where it says that something is wrong, "resolution" is the id of the message that will say that it is not any more;
        -- in that one, "resolved" is the event.
        create table if not exists alert_message (
            message uuid primary key,
            tenant_id text not null,
            alert uuid not null,
            channel text not null,
            channel_kind text null,
            kind text not null,
            n int not null default 0,
            resolution uuid null,
            resolved uuid null,
            due_at timestamptz not null,
            state text not null,
            attempts int not null default 0,
            first_attempt_at timestamptz null,
            next_attempt_at timestamptz not null,
            leased_until timestamptz null,
            settled_at timestamptz null,
            last_reason text null,
            digest uuid null
        );

        -- How many attempts failed in a row, and since when.
        create table if not exists channel_health (
            tenant_id text not null,
            channel text not null,
            failures int not null,
            failing_since timestamptz not null,
            primary key (tenant_id, channel)
        );

        create table if not exists channel_address (
            address uuid primary key,
            tenant_id text not null,
            channel text not null,
            protected text not null,
            saved_at timestamptz not null
        );

        do $$ begin
            if to_regclass('alert_message_due') is null then
                create index alert_message_due on alert_message (channel, next_attempt_at) where state = 'pending';
                create index alert_message_sent on alert_message (channel, settled_at) where state = 'sent';
                create index alert_message_alert on alert_message (alert);
                create index channel_address_channel on channel_address (tenant_id, channel);
            end if;
        end $$;
        """;
}

/// <summary>Why a message is not sent, where that is not only known in one place.</summary>
public static class DroppedBecause
{
    public const string Old = "It was hours old when it was first seen here.";
    public const string Unknown = "There was no such channel.";
    public const string Removed = "The channel was removed.";
}

/// <summary>The outbox's statements on its rows.</summary>
internal static class OutboxSql
{
    /// <summary>What is acknowledged stays so when the budget changes: $6 is the alert that this one replaces.</summary>
    public const string AddDuty =
        """
        insert into alert_duty (alert, tenant_id, budget, crossed_at, until, acknowledged_at)
        values ($1, $2, $3, $4, $5, (select acknowledged_at from alert_duty where alert = $6::uuid))
        on conflict (alert) do nothing
        """;

    /// <summary>
    /// People who were told of an alert are not told anew because the budget changed. A program is: it keeps a list, and needs the
    /// alert that will be resolved.
    /// </summary>
    public const string AddCrossed =
        """
        insert into alert_message (message, tenant_id, alert, channel, channel_kind, kind, resolution, due_at, next_attempt_at, state, last_reason, settled_at)
        select $1, $2, $3, $4, $5::text, 'crossed', $9, $6, $6, s.state, $7::text, case when s.state = 'pending' then null else $6 end
        from (select case when $7::text is not null then 'dropped'
                          when $5::text <> 'alertmanager' and exists (
                              select from alert_message as m where m.alert = $8::uuid and m.channel = $4 and m.kind = 'crossed' and m.state in ('sent', 'carried')) then 'carried'
                          else 'pending' end as state) as s
        on conflict (message) do nothing
        """;

    public const string AddReport =
        """
        insert into alert_message (message, tenant_id, alert, channel, channel_kind, kind, due_at, next_attempt_at, state, last_reason, settled_at)
        select $1, $2, $3, $4, $5::text, 'made', $6, $6, case when $7::text is null then 'pending' else 'dropped' end, $7::text, case when $7::text is null then null else $6 end
        on conflict (message) do nothing
        """;

    /// <summary>Once for an alert, also over the versions of its budget. $7: the message that is escalated.</summary>
    public const string AddEscalation =
        """
        insert into alert_message (message, tenant_id, alert, channel, channel_kind, kind, resolution, due_at, next_attempt_at, state)
        select $1, $2, $3, $4, $5::text, 'escalation', $9, $6, $6, 'pending'
        where exists (select from alert_message where message = $7 and state = 'pending')
            and not exists (select from alert_message where alert = $8::uuid and channel = $4 and kind = 'escalation')
            and exists (select from alert_duty where alert = $3 and acknowledged_at is null)
        on conflict (message) do nothing
        """;

    /// <summary>Reminders and escalations of an alert become those of the one that replaces it, where that is not told anew.</summary>
    public const string CarryOn =
        """
        update alert_message as m set alert = $1
        where alert = $2 and state = 'pending' and attempts = 0 and digest is null
            and (kind = 'escalation' or kind = 'reminder' and exists (
                select from alert_message as c where c.alert = $1 and c.channel = m.channel and c.kind = 'crossed' and c.state = 'carried'))
        """;

    /// <summary>To every channel that was told, or may have been. $4: only to Alertmanager, since a period's end is no news.</summary>
    public const string AddResolved =
        """
        insert into alert_message (message, tenant_id, alert, channel, channel_kind, kind, resolved, due_at, next_attempt_at, state)
        select m.resolution, m.tenant_id, m.alert, m.channel, m.channel_kind, 'resolved', $2, $3, $3, 'pending'
        from (select distinct on (channel) * from alert_message
              where alert = $1 and kind in ('crossed', 'escalation') and (state in ('sent', 'carried') or state = 'pending' and attempts > 0) order by channel) as m
        where not $4 or m.channel_kind = 'alertmanager'
        on conflict (message) do nothing
        """;

    /// <summary>Looks again at what waits for a channel: now, not when it was put off to.</summary>
    public const string Hurry = "update alert_message set next_attempt_at = due_at where channel = $1 and tenant_id = $2 and state = 'pending' and leased_until is null";

    /// <summary>$1: the reason, $2: when. What may have been received already goes on, unless said otherwise, so that its receiver can rely on what it was told.</summary>
    public static string Drop(string where, bool tried = false) =>
        $"""
        update alert_message set state = 'dropped', last_reason = $1, settled_at = $2
        where {where} and state = 'pending' and {(tried ? "leased_until is null" : "attempts = 0")}
        """;
}
