using Npgsql;
using NpgsqlTypes;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>What a workload used in a month of what is in no amount.</summary>
/// <param name="Currency">Of an amount without an exchange rate; empty for a quantity without a rate.</param>
/// <param name="Quantity">That no rate covers; of an amount, in its currency.</param>
/// <param name="Events">Behind the line, also of days that have a rate.</param>
public sealed record MissingPrice(string Currency, string Sku, string Meter, string Workload, string Month, decimal Quantity, long Events);

/// <summary>Takes the sums of <see cref="UnpricedQuery"/> apart by workload and month: the way to the events behind them.</summary>
public sealed class MissingPriceQuery(NpgsqlDataSource dataSource)
{
    /// <summary>By SKU and meter, the latest month first; of some months, or of all time.</summary>
    public async Task<IReadOnlyList<MissingPrice>> ListAsync(BillingPeriod? from, BillingPeriod? to, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select currency, sku, meter, workload, to_char(month, 'YYYY-MM'), trim_scale(round(sum(quantity), 12)), sum(events)::bigint
            from (
                select '' as currency, sku, meter, workload, month, unpriced as quantity, events, tenant_id from spend.monthly_cost where unpriced <> 0
                union all
                select currency, sku, meter, workload, month, unconverted, events, tenant_id from spend.monthly_cost where unconverted <> 0) as missing
            where tenant_id = $1 and month between coalesce($2, '-infinity'::date) and coalesce($3, 'infinity'::date)
            group by currency, sku, meter, workload, month
            order by currency, sku, meter, month desc, workload
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)from?.Start ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)to?.Start ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<MissingPrice> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new MissingPrice(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetDecimal(5), reader.GetInt64(6)));
        }

        return rows;
    }
}
