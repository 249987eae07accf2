using Npgsql;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Budgets;

/// <summary>Budgets as they are now, and every alert that they raised.</summary>
public sealed class BudgetProjection : Projection
{
    public const string ProjectionName = "Budgets";

    /// <summary>The name of its checkpoint.</summary>
    internal const string CheckpointName = $"SpendTracker.{ProjectionName}:All";

    private readonly PageStatements _page = new();

    public override string Name => ProjectionName;

    public override string CreateTables =>
        """
        create table if not exists budget (
            tenant_id text not null,
            budget text not null,
            version int not null,
            terms jsonb not null,
            seq_id bigint not null,
            set_at timestamptz not null,
            set_by text not null,
            removed_at timestamptz null,
            removed_by text null,
            removed_because text null,
            primary key (tenant_id, budget)
        );

        create table if not exists budget_alert (
            tenant_id text not null,
            alert uuid primary key,
            budget text not null,
            version int not null,
            period_start date not null,
            threshold text not null,
            seq_id bigint not null,
            crossed jsonb not null,
            crossed_at timestamptz not null,
            trace_parent text null,
            replaced_by uuid null,
            resolved jsonb null,
            resolved_at timestamptz null,
            acknowledged_at timestamptz null,
            acknowledged_by text null,
            acknowledged_note text null
        );

        do $$ begin
            if to_regclass('budget_alert_budget') is null then
                create index budget_seq_id on budget (tenant_id, seq_id);
                create index budget_alert_budget on budget_alert (tenant_id, budget, seq_id desc);
                create index budget_alert_open on budget_alert (tenant_id, seq_id desc) where resolved_at is null and replaced_by is null;
            end if;
        end $$;
        """;

    public override IReadOnlyList<string> Tables => ["budget", "budget_alert"];

    /// <summary>Not acknowledgements, which are in another stream than what they acknowledge.</summary>
    public override IReadOnlyList<string> InlineTypes { get; } = ["budget_set", "budget_removed", "budget_threshold_crossed", "budget_threshold_resolved"];

    public override IReadOnlyList<string> EventTypes { get; } =
        ["budget_set", "budget_removed", "budget_threshold_crossed", "budget_threshold_resolved", "alert_acknowledged"];

    /// <exception cref="InvalidDataException">Terms that hold for nobody; only other programs write such events.</exception>
    public override void Apply(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case BudgetSet set when BudgetBook.FaultOf(stored, set) is { } fault:
                throw new InvalidDataException(fault);
            case BudgetSet set:
                _page.Add(
                    """
                    insert into budget as b (tenant_id, budget, version, terms, seq_id, set_at, set_by) values ($1, $2, 1, $3::jsonb, $4, $5, $6)
                    on conflict (tenant_id, budget) do update set version = b.version + 1, terms = excluded.terms, seq_id = excluded.seq_id, set_at = excluded.set_at, set_by = excluded.set_by,
                        removed_at = null, removed_by = null, removed_because = null
                    """,
                    stored.TenantId, set.Budget, Events.EventTypes.TextOf(set), stored.SeqId, stored.RecordedAt, stored.RecordedBy);
                break;
            case BudgetRemoved removed:
                _page.Add(
                    "update budget set removed_at = $3, removed_by = $4, removed_because = $5, seq_id = $6 where tenant_id = $1 and budget = $2",
                    stored.TenantId, removed.Budget, stored.RecordedAt, stored.RecordedBy, removed.Reason, stored.SeqId);
                break;
            case BudgetThresholdCrossed crossed:
                AddCrossing(stored, crossed);
                break;
            case BudgetThresholdResolved resolved:
                _page.Add(
                    "update budget_alert set resolved = $3::jsonb, resolved_at = $4 where tenant_id = $1 and alert = $2 and resolved_at is null",
                    stored.TenantId, resolved.Alert, Events.EventTypes.TextOf(resolved), stored.RecordedAt);
                Touch(stored, resolved.Budget);
                break;
            case AlertAcknowledged acknowledged:
                Acknowledgements.Mark(_page, "budget_alert", "alert", stored, acknowledged);
                break;
        }
    }

    private void AddCrossing(StoredEvent stored, BudgetThresholdCrossed crossed)
    {
        _page.Add(
            """
            insert into budget_alert (tenant_id, alert, budget, version, period_start, threshold, seq_id, crossed, crossed_at, trace_parent)
            values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10::text)
            """,
            stored.TenantId, stored.Id, crossed.Budget, crossed.Version, crossed.PeriodStart, Thresholds.KeyOf(crossed.Threshold), stored.SeqId, Events.EventTypes.TextOf(crossed),
            stored.RecordedAt, stored.TraceParent);
        Touch(stored, crossed.Budget);
        if (crossed.Replaces is { } replaced)
        {
            _page.Add("update budget_alert set replaced_by = $3 where tenant_id = $1 and alert = $2", stored.TenantId, replaced, stored.Id);
        }
    }

    /// <summary>Who keeps budgets in memory reads one again when its last event is another.</summary>
    private void Touch(StoredEvent stored, string budget) =>
        _page.Add("update budget set seq_id = $3 where tenant_id = $1 and budget = $2", stored.TenantId, budget, stored.SeqId);

    public override void Discard() => _page.Clear();

    public override IReadOnlyList<NpgsqlBatchCommand> Flush() => _page.Take();
}
