using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>A quantity that no rate covers, and who used it.</summary>
public sealed record UnpricedUsage(
    string Sku, string Meter, decimal Quantity, long Events, string FirstMonth, string LastMonth, IReadOnlyList<string> Workloads);

/// <summary>What has a quantity but no rate, so that somebody can publish one.</summary>
public sealed class UnpricedQuery(NpgsqlDataSource dataSource)
{
    /// <summary>Largest quantity first; of some months, or of all time.</summary>
    public async Task<IReadOnlyList<UnpricedUsage>> ListAsync(BillingPeriod? from, BillingPeriod? to, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select sku, meter, trim_scale(sum(unpriced)), sum(events)::bigint, to_char(min(month), 'YYYY-MM'), to_char(max(month), 'YYYY-MM'),
                   array_agg(distinct workload order by workload)
            from spend.monthly_cost
            where tenant_id = $1 and unpriced <> 0 and month between coalesce($2, '-infinity'::date) and coalesce($3, 'infinity'::date)
            group by sku, meter
            order by sum(abs(unpriced)) desc, sku, meter
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)from?.Start ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)to?.Start ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<UnpricedUsage> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new UnpricedUsage(
                reader.GetString(0), reader.GetString(1), reader.GetDecimal(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5),
                reader.GetFieldValue<string[]>(6)));
        }

        return rows;
    }
}
