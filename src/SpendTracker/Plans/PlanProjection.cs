using Npgsql;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Plans;

/// <summary>Plans as they are now, and every alert that they raised. The figures by month stay in the log.</summary>
public sealed class PlanProjection : Projection
{
    private readonly PageStatements _page = new();

    public override string Name => "Plans";

    public override string CreateTables =>
        """
        create table if not exists plan (
            tenant_id text not null,
            plan text not null,
            version int not null,
            outline jsonb not null,
            seq_id bigint not null,
            submitted_at timestamptz not null,
            submitted_by text not null,
            retired_at timestamptz null,
            primary key (tenant_id, plan)
        );

        create table if not exists plan_alert (
            tenant_id text not null,
            alert uuid primary key,
            plan text not null,
            seq_id bigint not null,
            raised jsonb not null,
            raised_at timestamptz not null,
            resolved jsonb null,
            resolved_at timestamptz null,
            acknowledged_at timestamptz null,
            acknowledged_by text null,
            acknowledged_note text null
        );

        do $$ begin
            if to_regclass('plan_alert_plan') is null then
                create index plan_alert_plan on plan_alert (tenant_id, plan, seq_id desc);
                create index plan_alert_seq_id on plan_alert (tenant_id, seq_id desc);
            end if;
        end $$;
        """;

    public override IReadOnlyList<string> Tables => ["plan", "plan_alert"];

    /// <summary>Not acknowledgements, which are in another stream than what they acknowledge.</summary>
    public override IReadOnlyList<string> InlineTypes { get; } = ["plan_submitted", "plan_retired", "plan_alert_raised", "plan_alert_resolved"];

    public override IReadOnlyList<string> EventTypes { get; } = ["plan_submitted", "plan_retired", "plan_alert_raised", "plan_alert_resolved", "alert_acknowledged"];

    /// <exception cref="InvalidDataException">A plan that holds for nobody; only other programs write such events.</exception>
    public override void Apply(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case PlanSubmitted submitted when PlanBook.FaultOf(stored, submitted) is { } fault:
                throw new InvalidDataException(fault);
            case PlanSubmitted submitted:
                _page.Add(
                    """
                    insert into plan as p (tenant_id, plan, version, outline, seq_id, submitted_at, submitted_by) values ($1, $2, 1, $3::jsonb, $4, $5, $6)
                    on conflict (tenant_id, plan) do update set version = p.version + 1, outline = excluded.outline, seq_id = excluded.seq_id, submitted_at = excluded.submitted_at,
                        submitted_by = excluded.submitted_by, retired_at = null
                    """,
                    stored.TenantId, submitted.Plan, Events.EventTypes.TextOf(Outline(submitted)), stored.SeqId, stored.RecordedAt, stored.RecordedBy);
                break;
            case PlanRetired retired:
                _page.Add("update plan set retired_at = $3, seq_id = $4 where tenant_id = $1 and plan = $2", stored.TenantId, retired.Plan, stored.RecordedAt, stored.SeqId);
                break;
            case PlanAlertRaised raised:
                _page.Add(
                    "insert into plan_alert (tenant_id, alert, plan, seq_id, raised, raised_at) values ($1, $2, $3, $4, $5::jsonb, $6)",
                    stored.TenantId, stored.Id, raised.Plan, stored.SeqId, Events.EventTypes.TextOf(raised), stored.RecordedAt);
                break;
            case PlanAlertResolved resolved:
                _page.Add(
                    "update plan_alert set resolved = $3::jsonb, resolved_at = $4 where tenant_id = $1 and alert = $2 and resolved_at is null",
                    stored.TenantId, resolved.Alert, Events.EventTypes.TextOf(resolved), stored.RecordedAt);
                break;
            case AlertAcknowledged acknowledged:
                Acknowledgements.Mark(_page, "plan_alert", "alert", stored, acknowledged);
                break;
        }
    }

    /// <summary>What a list shows: totals and break-evens, without the lines and months.</summary>
    private static PlanSubmitted Outline(PlanSubmitted submitted) => submitted with
    {
        Figures = submitted.Figures with
        {
            Options = [.. submitted.Figures.Options.Select(option => option with { Lines = [], Months = [] })],
            BreakEvens = [.. submitted.Figures.BreakEvens.Select(pair => pair with { Sensitivity = [] })],
        },
    };

    public override void Discard() => _page.Clear();

    public override IReadOnlyList<NpgsqlBatchCommand> Flush() => _page.Take();
}
