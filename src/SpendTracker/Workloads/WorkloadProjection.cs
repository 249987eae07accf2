using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Workloads;

/// <summary>The registry of workloads: as they became by each change, and so as they are now.</summary>
public sealed class WorkloadProjection(TimeZoneInfo reportingTimeZone) : Projection
{
    private readonly List<(StoredEvent Stored, WorkloadRegistered Details)> _page = [];

    /// <summary>The workloads of the tenant that is a query's first parameter.</summary>
    /// <param name="knownOn">An SQL date: as known at its end. Null: now.</param>
    /// <param name="position">An SQL place in the log: as it was there. Null: at its end.</param>
    internal static string KnownSql(string? knownOn, string? position = null) =>
        $"""
        (select distinct on (workload) * from spend.workload
         where tenant_id = $1 and recorded_on <= {knownOn ?? "'infinity'"}{(position is null ? "" : $" and seq_id <= {position}")} order by workload, seq_id desc)
        """;

    public override string Name => "Workloads";

    public override string CreateTables =>
        DropEarlierLayout("workload", "seq_id") +
        """
        create table if not exists workload (
            tenant_id text not null,
            workload text not null,
            name text not null,
            team text not null,
            approach text not null,
            cost_centre text not null,
            environment text not null,
            tags jsonb not null,
            changed_at timestamptz not null,
            recorded_on date not null,
            seq_id bigint not null,
            primary key (tenant_id, workload, seq_id)
        )
        """;

    public override IReadOnlyList<string> Tables => ["workload"];

    public override bool IsInline => true;

    public override IReadOnlyList<string> EventTypes { get; } = ["workload_registered", "workload_changed"];

    public override void Apply(StoredEvent stored)
    {
        var details = stored.Data switch
        {
            WorkloadRegistered registered => registered,
            WorkloadChanged c => new WorkloadRegistered(c.Workload, c.Name, c.Team, c.Approach, c.CostCentre, c.Environment, c.Tags),
            _ => null,
        };
        if (details is not null)
        {
            _page.Add((stored, details));
        }
    }

    public override void Discard() => _page.Clear();

    public override IReadOnlyList<NpgsqlBatchCommand> Flush()
    {
        if (_page.Count == 0)
        {
            return [];
        }

        var rows = _page.ToArray();
        _page.Clear();
        return
        [
            new(
                """
                insert into workload (tenant_id, workload, name, team, approach, cost_centre, environment, changed_at, recorded_on, seq_id, tags)
                select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::date[], $10::bigint[], $11::jsonb[])
                """)
            {
                Parameters =
                {
                    new() { Value = Array.ConvertAll(rows, row => row.Stored.TenantId) },
                    new() { Value = Array.ConvertAll(rows, row => row.Details.Workload) },
                    new() { Value = Array.ConvertAll(rows, row => row.Details.Name) },
                    new() { Value = Array.ConvertAll(rows, row => row.Details.Team) },
                    new() { Value = Array.ConvertAll(rows, row => EnumName.Of(row.Details.Approach)) },
                    new() { Value = Array.ConvertAll(rows, row => row.Details.CostCentre ?? "") },
                    new() { Value = Array.ConvertAll(rows, row => row.Details.Environment ?? "") },
                    new() { Value = Array.ConvertAll(rows, row => row.Stored.RecordedAt) },
                    new() { Value = Array.ConvertAll(rows, row => BillingPeriod.DayOf(row.Stored.RecordedAt, reportingTimeZone)) },
                    new() { Value = Array.ConvertAll(rows, row => row.Stored.SeqId) },
                    new() { Value = Array.ConvertAll(rows, row => JsonSerializer.Serialize(row.Details.Tags ?? new Dictionary<string, string>())), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                },
            },
        ];
    }
}
