using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Workloads;

/// <summary>The registry of workloads: as they were at the end of each day on which they changed, and so as they are now.</summary>
public sealed class WorkloadProjection(TimeZoneInfo reportingTimeZone) : Projection
{
    private readonly Dictionary<(string Tenant, string Workload, DateOnly RecordedOn), (WorkloadRegistered Details, DateTimeOffset ChangedAt)> _page = [];

    /// <summary>The workloads of the tenant that is a query's first parameter.</summary>
    /// <param name="knownOn">An SQL date: as known at its end. Null: now.</param>
    internal static string KnownSql(string? knownOn) =>
        $"(select distinct on (workload) * from spend.workload where tenant_id = $1 and recorded_on <= {knownOn ?? "'infinity'"} order by workload, recorded_on desc)";

    public override string Name => "Workloads";

    public override string CreateTables =>
        DropEarlierLayout("workload", "tags") +
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
            primary key (tenant_id, workload, recorded_on)
        )
        """;

    public override IReadOnlyList<string> Tables => ["workload"];

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
            _page[(stored.TenantId, details.Workload, BillingPeriod.DayOf(stored.RecordedAt, reportingTimeZone))] = (details, stored.RecordedAt);
        }
    }

    public override void Discard() => _page.Clear();

    public override IReadOnlyList<NpgsqlBatchCommand> Flush()
    {
        if (_page.Count == 0)
        {
            return [];
        }

        var rows = _page.OrderBy(row => row.Key).ToArray();
        _page.Clear();
        return
        [
            new(
                """
                insert into workload (tenant_id, workload, name, team, approach, cost_centre, environment, changed_at, recorded_on, tags)
                select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::date[], $10::jsonb[])
                on conflict (tenant_id, workload, recorded_on) do update set name = excluded.name, team = excluded.team, approach = excluded.approach,
                    cost_centre = excluded.cost_centre, environment = excluded.environment, changed_at = excluded.changed_at, tags = excluded.tags
                """)
            {
                Parameters =
                {
                    new() { Value = Array.ConvertAll(rows, row => row.Key.Tenant) },
                    new() { Value = Array.ConvertAll(rows, row => row.Key.Workload) },
                    new() { Value = Array.ConvertAll(rows, row => row.Value.Details.Name) },
                    new() { Value = Array.ConvertAll(rows, row => row.Value.Details.Team) },
                    new() { Value = Array.ConvertAll(rows, row => EnumName.Of(row.Value.Details.Approach)) },
                    new() { Value = Array.ConvertAll(rows, row => row.Value.Details.CostCentre ?? "") },
                    new() { Value = Array.ConvertAll(rows, row => row.Value.Details.Environment ?? "") },
                    new() { Value = Array.ConvertAll(rows, row => row.Value.ChangedAt) },
                    new() { Value = Array.ConvertAll(rows, row => row.Key.RecordedOn) },
                    new() { Value = Array.ConvertAll(rows, row => JsonSerializer.Serialize(row.Value.Details.Tags ?? new Dictionary<string, string>())), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                },
            },
        ];
    }
}
