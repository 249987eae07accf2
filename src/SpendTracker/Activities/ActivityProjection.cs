using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Activities;

/// <summary>Where in the log activities are, by who, what and when. What they changed stays in the log.</summary>
public sealed class ActivityProjection : Projection
{
    private readonly List<(StoredEvent Stored, ActivityType Type)> _page = [];
    private readonly List<ApiKeyIssued> _keys = [];

    public override string Name => "Activity";

    public override string CreateTables =>
        """
        create table if not exists activity (
            tenant_id text not null,
            seq_id bigint primary key,
            recorded_at timestamptz not null,
            recorded_by text not null,
            recorded_from text null,
            kind text not null,
            subject text not null,
            type text not null,
            event uuid not null,
            stream text not null,
            version bigint not null,
            trace_parent text null
        );

        create table if not exists activity_key (
            tenant_id text not null,
            key_id text not null,
            name text not null,
            primary key (tenant_id, key_id)
        );

        do $$ begin
            if to_regclass('activity_recorded_at') is null then
                create index activity_recorded_at on activity (tenant_id, recorded_at);
                create index activity_recorded_by on activity (tenant_id, recorded_by, seq_id);
                create index activity_kind on activity (tenant_id, kind, seq_id);
                create index activity_subject on activity (tenant_id, subject, seq_id);
            end if;
        end $$;
        """;

    public override IReadOnlyList<string> Tables => ["activity", "activity_key"];

    public override IReadOnlyList<string> EventTypes { get; } = [.. ActivityType.All.Keys];

    public override bool TakesAnyOrder => true;

    public override void Apply(StoredEvent stored)
    {
        if (ActivityType.All.TryGetValue(stored.Type, out var type))
        {
            _page.Add((stored, type));
            if (stored.Data is ApiKeyIssued issued)
            {
                _keys.Add(issued);
            }
        }
    }

    public override void Discard()
    {
        _page.Clear();
        _keys.Clear();
    }

    public override IReadOnlyList<NpgsqlBatchCommand> Flush()
    {
        var (rows, keys) = (_page.ToArray(), _keys.ToArray());
        Discard();
        return [.. rows.Length > 0 ? [Rows(rows)] : (NpgsqlBatchCommand[])[], .. keys.Length > 0 ? [Names(keys)] : (NpgsqlBatchCommand[])[]];
    }

    private static NpgsqlBatchCommand Rows((StoredEvent Stored, ActivityType Type)[] rows) => new(
        """
        insert into activity (tenant_id, seq_id, recorded_at, recorded_by, recorded_from, kind, subject, type, event, stream, version, trace_parent)
        select * from unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::text[], $11::bigint[], $12::text[])
        """)
    {
        Parameters =
        {
            new() { Value = Array.ConvertAll(rows, row => row.Stored.TenantId) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.SeqId) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.RecordedAt) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.RecordedBy) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.RecordedFrom), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            new() { Value = Array.ConvertAll(rows, row => row.Type.Kind) },
            new() { Value = Array.ConvertAll(rows, row => row.Type.SubjectOf(row.Stored.Data)) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.Type) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.Id) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.Stream) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.Version) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.TraceParent), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        },
    };

    /// <summary>A key keeps its name, so the one of its issue is the one at any time.</summary>
    private static NpgsqlBatchCommand Names(ApiKeyIssued[] keys) => new(
        $"""
        insert into activity_key (tenant_id, key_id, name) select distinct on (key_id) '{Tenant.Default}', key_id, name from unnest($1::text[], $2::text[]) as k (key_id, name) order by key_id, name
        on conflict do nothing
        """)
    {
        Parameters = { new() { Value = Array.ConvertAll(keys, key => key.KeyId) }, new() { Value = Array.ConvertAll(keys, key => key.Name) } },
    };
}
