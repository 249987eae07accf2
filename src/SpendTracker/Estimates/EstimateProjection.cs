using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Estimates;

/// <summary>What each workload was expected to cost a month, by the estimate that was submitted last for it.</summary>
public sealed class EstimateProjection : Projection
{
    private readonly List<(string Tenant, long SeqId, EstimateSubmitted Estimate)> _page = [];

    public override string Name => "Estimates";

    public override string CreateTables =>
        """
        create table if not exists monthly_estimate (
            tenant_id text not null,
            month date not null,
            workload text not null,
            approach text not null,
            line int not null,
            component text not null,
            sku text not null,
            meter text not null,
            quantity numeric null,
            amount numeric not null,
            seq_id bigint not null,
            primary key (tenant_id, month, workload, approach, line)
        )
        """;

    public override IReadOnlyList<string> Tables => ["monthly_estimate"];

    public override IReadOnlyList<string> EventTypes { get; } = ["estimate_submitted"];

    public override void Apply(StoredEvent stored)
    {
        if (stored.Data is EstimateSubmitted estimate)
        {
            _page.Add((stored.TenantId, stored.SeqId, estimate));
        }
    }

    public override void Discard() => _page.Clear();

    /// <summary>One after the other, since a later one replaces an earlier one's months. Estimates are few.</summary>
    public override IReadOnlyList<NpgsqlBatchCommand> Flush()
    {
        List<NpgsqlBatchCommand> commands = [];
        foreach (var (tenant, seqId, estimate) in _page)
        {
            commands.Add(new("delete from monthly_estimate where tenant_id = $1 and workload = $2 and approach = $3 and month between $4 and $5")
            {
                Parameters = { new() { Value = tenant }, new() { Value = estimate.Workload }, new() { Value = EnumName.Of(estimate.Approach) }, First(estimate), Last(estimate) },
            });
            commands.Add(Insert(tenant, seqId, estimate));
        }

        _page.Clear();
        return commands;
    }

    private static NpgsqlBatchCommand Insert(string tenant, long seqId, EstimateSubmitted estimate)
    {
        var lines = estimate.Lines.ToArray();
        return new(
            """
            insert into monthly_estimate (tenant_id, month, workload, approach, line, component, sku, meter, quantity, amount, seq_id)
            select $1, month::date, $2, $3, line, component, sku, meter, quantity, amount, $6
            from generate_series($4::date, $5::date, interval '1 month') as month,
                 unnest($7::text[], $8::text[], $9::text[], $10::numeric[], $11::numeric[]) with ordinality
                     as l (component, sku, meter, quantity, amount, line)
            """)
        {
            Parameters =
            {
                new() { Value = tenant }, new() { Value = estimate.Workload }, new() { Value = EnumName.Of(estimate.Approach) },
                First(estimate), Last(estimate), new() { Value = seqId },
                new() { Value = Array.ConvertAll(lines, line => EnumName.Of(line.Component)) },
                new() { Value = Array.ConvertAll(lines, line => line.Sku ?? "") },
                new() { Value = Array.ConvertAll(lines, line => line.Meter ?? "") },
                new() { Value = Array.ConvertAll(lines, line => line.Quantity) },
                new() { Value = Array.ConvertAll(lines, line => line.Amount ?? 0) },
            },
        };
    }

    private static NpgsqlParameter First(EstimateSubmitted estimate) => new() { Value = MonthOf(estimate.From) };

    private static NpgsqlParameter Last(EstimateSubmitted estimate) => new() { Value = MonthOf(estimate.To) };

    private static DateOnly MonthOf(string month) =>
        BillingPeriod.TryParse(month, out var period) ? period.Start : throw new System.Text.Json.JsonException($"'{month}' is not a month.");
}
