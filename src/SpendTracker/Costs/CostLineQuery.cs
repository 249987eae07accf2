using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>What one meter of one SKU cost.</summary>
/// <param name="Amount">In the reporting currency, over what has a rate.</param>
/// <param name="Unpriced">The part of the quantity that no rate covers.</param>
public sealed record CostLine(Component Component, string Sku, string Meter, decimal Quantity, decimal Amount, decimal Unpriced, long Events);

/// <summary>The lines that a cost is the sum of, down to SKU and meter: the last step before the events themselves.</summary>
public sealed class CostLineQuery(NpgsqlDataSource dataSource)
{
    /// <summary>By component, in each the largest amount first.</summary>
    public async Task<IReadOnlyList<CostLine>> ListAsync(UsageFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select component, sku, meter, trim_scale(sum(quantity)), {CostTables.Sum("amount")},
                   trim_scale(sum(unpriced)), sum(events)::bigint
            from spend.monthly_cost
            where tenant_id = $1 and month = $2 and workload = $3 and ($4 is null or approach = $4) and ($5 is null or component = $5)
              and ($6 is null or sku = $6) and ($7 is null or meter = $7) and ($8 is null or variant = $8)
            group by component, sku, meter
            order by sum(sum(amount)) over (partition by component) desc, component, sum(amount) desc, sku, meter
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = filter.Month.Start });
        command.Parameters.Add(new() { Value = filter.Workload });
        string?[] narrowed = [filter.Approach is { } approach ? EnumName.Of(approach) : null, filter.Component is { } component ? EnumName.Of(component) : null, filter.Sku, filter.Meter, filter.Variant];
        foreach (var value in narrowed)
        {
            command.Parameters.Add(new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<CostLine> lines = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(new CostLine(
                EnumName.Parse<Component>(reader.GetString(0)), reader.GetString(1), reader.GetString(2), reader.GetDecimal(3), reader.GetDecimal(4),
                reader.GetDecimal(5), reader.GetInt64(6)));
        }

        return lines;
    }
}
