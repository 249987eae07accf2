using System.Text.Json;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Alerts;

/// <summary>Channels as they are now.</summary>
public sealed class ChannelProjection : Projection
{
    private readonly PageStatements _page = new();

    public override string Name => "Channels";

    public override string CreateTables =>
        """
        create table if not exists channel (
            tenant_id text not null,
            channel text not null,
            name text not null,
            kind text not null,
            target text not null,
            schedule jsonb not null,
            set_at timestamptz not null,
            set_by text not null,
            paused_at timestamptz null,
            paused_because text null,
            failures int not null default 0,
            primary key (tenant_id, channel)
        )
        """;

    public override IReadOnlyList<string> Tables => ["channel"];

    public override bool IsInline => true;

    public override IReadOnlyList<string> EventTypes { get; } = ["channel_set", "channel_removed", "channel_paused", "channel_resumed"];

    public override void Apply(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case ChannelSet set:
                _page.Add(
                    """
                    insert into channel as c (tenant_id, channel, name, kind, target, schedule, set_at, set_by) values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)
                    on conflict (tenant_id, channel) do update set name = excluded.name, kind = excluded.kind, target = excluded.target, schedule = excluded.schedule,
                        set_at = excluded.set_at, set_by = excluded.set_by
                    """,
                    stored.TenantId, set.Channel, set.Name, EnumName.Of(set.Kind), set.Target, JsonSerializer.Serialize(set.Schedule, ContractsJson.Default.ChannelSchedule),
                    stored.RecordedAt, stored.RecordedBy);
                break;
            case ChannelRemoved removed:
                _page.Add("delete from channel where tenant_id = $1 and channel = $2", stored.TenantId, removed.Channel);
                break;
            case ChannelPaused paused:
                _page.Add(
                    "update channel set paused_at = $3, paused_because = $4, failures = $5 where tenant_id = $1 and channel = $2",
                    stored.TenantId, paused.Channel, stored.RecordedAt, paused.Reason, paused.Failures);
                break;
            case ChannelResumed resumed:
                _page.Add(
                    "update channel set paused_at = null, paused_because = null, failures = 0 where tenant_id = $1 and channel = $2",
                    stored.TenantId, resumed.Channel);
                break;
        }
    }

    public override void Discard() => _page.Clear();

    public override IReadOnlyList<NpgsqlBatchCommand> Flush() => _page.Take();
}
