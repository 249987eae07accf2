using Npgsql;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Anomalies;

/// <summary>Every unusual day that was found, and what came of it.</summary>
public sealed class AnomalyProjection : Projection
{
    private readonly PageStatements _page = new();

    public override string Name => "Anomalies";

    public override string CreateTables =>
        """
        create table if not exists anomaly (
            tenant_id text not null,
            anomaly uuid primary key,
            workload text not null,
            day date not null,
            seq_id bigint not null,
            detected jsonb not null,
            detected_at timestamptz not null,
            cleared jsonb null,
            cleared_at timestamptz null,
            acknowledged_at timestamptz null,
            acknowledged_by text null,
            acknowledged_note text null
        );

        do $$ begin
            if to_regclass('anomaly_seq_id') is null then
                create index anomaly_seq_id on anomaly (tenant_id, seq_id desc);
            end if;
        end $$;
        """;

    public override IReadOnlyList<string> Tables => ["anomaly"];

    /// <summary>Not acknowledgements, which are in another stream than what they acknowledge.</summary>
    public override IReadOnlyList<string> InlineTypes { get; } = ["anomaly_detected", "anomaly_cleared"];

    public override IReadOnlyList<string> EventTypes { get; } = ["anomaly_detected", "anomaly_cleared", "alert_acknowledged"];

    public override void Apply(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case AnomalyDetected detected:
                _page.Add(
                    """
                    insert into anomaly (tenant_id, anomaly, workload, day, seq_id, detected, detected_at) values ($1, $2, $3, $4, $5, $6::jsonb, $7)
                    """,
                    stored.TenantId, stored.Id, detected.Workload, detected.Day, stored.SeqId, Events.EventTypes.TextOf(detected), stored.RecordedAt);
                break;
            case AnomalyCleared cleared:
                _page.Add(
                    "update anomaly set cleared = $3::jsonb, cleared_at = $4 where tenant_id = $1 and anomaly = $2 and cleared_at is null",
                    stored.TenantId, cleared.Anomaly, Events.EventTypes.TextOf(cleared), stored.RecordedAt);
                break;
            case AlertAcknowledged acknowledged:
                Acknowledgements.Mark(_page, "anomaly", "anomaly", stored, acknowledged);
                break;
        }
    }

    public override void Discard() => _page.Clear();

    public override IReadOnlyList<NpgsqlBatchCommand> Flush() => _page.Take();
}
