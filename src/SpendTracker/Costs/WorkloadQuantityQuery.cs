using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>A quantity of a workload in a month, or in the part of it that was asked for.</summary>
/// <param name="Month">The first day of the month used.</param>
/// <param name="Sku">What it is priced as.</param>
/// <param name="Part">Of the quantity: requests that succeeded or failed, hours of an activity; empty for all of it.</param>
public sealed record WorkloadQuantity(DateOnly Month, Approach Approach, Component Component, string Sku, string Meter, string Variant, string Part, decimal Quantity)
{
    /// <summary>Requests that gave what the caller wanted.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>Requests that did not.</summary>
    public const string Failed = "failed";
}

/// <summary>What a workload used.</summary>
/// <param name="FirstUse">The first day of any usage of a model; null if there was none.</param>
/// <param name="Quantities">By month; corrections are taken into account.</param>
public sealed record WorkloadQuantities(DateOnly? FirstUse, IReadOnlyList<WorkloadQuantity> Quantities);

/// <summary>Reads what a workload used, by month, from daily rows: the base of planning from what happened.</summary>
public sealed class WorkloadQuantityQuery(NpgsqlDataSource dataSource)
{
    private const string LinesOf = "spend.cost_line as l where l.tenant_id = $1 and l.workload = $2";

    /// <param name="until">The first day that is not counted any more.</param>
    public async Task<WorkloadQuantities> ReadAsync(string workload, DateOnly from, DateOnly until, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(
            $"""
            select min(first.day) from (select line_id from {LinesOf} and l.meter = 'requests') as l
            cross join lateral (select day from spend.daily_usage as u where u.line_id = l.line_id order by day limit 1) as first
            """)
        {
            Parameters = { new() { Value = Tenant.Default }, new() { Value = workload } },
        });
        batch.BatchCommands.Add(new(
            $"""
            select date_trunc('month', q.day)::date, l.approach, l.component, l.sku, l.meter, l.variant, q.part, trim_scale(sum(q.quantity))
            from (select * from {LinesOf}) as l
            cross join lateral (
                select day, '' as part, quantity from spend.daily_usage as u where u.line_id = l.line_id and u.day >= $3 and u.day < $4
                union all
                select day, part, quantity from spend.daily_part as p where p.line_id = l.line_id and p.day >= $3 and p.day < $4
                union all
                select o.day, part.name, part.quantity from spend.daily_outcome as o
                cross join lateral (values ('{WorkloadQuantity.Succeeded}', o.succeeded), ('{WorkloadQuantity.Failed}', o.failed)) as part (name, quantity)
                where o.line_id = l.line_id and o.day >= $3 and o.day < $4) as q
            group by 1, 2, 3, 4, 5, 6, 7
            having sum(q.quantity) <> 0
            order by 1, 2, 3, 4, 5, 6, 7
            """)
        {
            Parameters = { new() { Value = Tenant.Default }, new() { Value = workload }, new() { Value = from }, new() { Value = until } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        DateOnly? first = reader.IsDBNull(0) ? null : reader.GetFieldValue<DateOnly>(0);
        await reader.NextResultAsync(cancellationToken);
        List<WorkloadQuantity> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new WorkloadQuantity(
                reader.GetFieldValue<DateOnly>(0), EnumName.Parse<Approach>(reader.GetString(1)), EnumName.Parse<Component>(reader.GetString(2)),
                reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.GetDecimal(7)));
        }

        return new WorkloadQuantities(first, rows);
    }
}
