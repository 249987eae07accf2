using Npgsql;
using NpgsqlTypes;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>A quantity that no rate covers, and who used it.</summary>
/// <param name="Sku">What it would be priced as; as reported where no alias names it.</param>
/// <param name="AboveTokens">The highest context step among it.</param>
/// <param name="ReportedSkus">The names that it was reported under.</param>
/// <param name="UsedBy">Who used it, the largest quantity first.</param>
public sealed record UnpricedUsage(
    string Sku, string Meter, int AboveTokens, decimal Quantity, long Events, string FirstMonth, string LastMonth, DateOnly FirstDay,
    IReadOnlyList<string> ReportedSkus, IReadOnlyList<UnpricedUse> UsedBy)
{
    public IEnumerable<string> Workloads => UsedBy.Select(use => use.Workload);
}

/// <param name="Month">The last in which the workload used it.</param>
public sealed record UnpricedUse(string Workload, string Month);

/// <summary>An amount that no exchange rate covers.</summary>
public sealed record UnconvertedAmount(string Currency, decimal Amount, string FirstMonth, string LastMonth, IReadOnlyList<string> Skus, IReadOnlyList<string> Workloads);

/// <summary>What has a quantity but no rate, or an amount but no exchange rate, so that somebody can publish one.</summary>
public sealed class UnpricedQuery(NpgsqlDataSource dataSource)
{
    /// <summary>Largest quantity first; of some months, or of all time. As things are: what was accepted at a closing is in it still.</summary>
    public async Task<IReadOnlyList<UnpricedUsage>> ListAsync(BillingPeriod? from, BillingPeriod? to, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select sku, meter, max(above_tokens), trim_scale(sum(unpriced)), sum(events)::bigint, to_char(min(first), 'YYYY-MM'), to_char(max(last), 'YYYY-MM'), min(first_day),
                   (select array_agg(distinct l.reported_sku order by l.reported_sku) from spend.cost_line as l where l.tenant_id = $1 and l.sku = used.sku and l.meter = used.meter),
                   array_agg(workload order by abs(unpriced) desc, workload), array_agg(to_char(last, 'YYYY-MM') order by abs(unpriced) desc, workload)
            from (
                select m.sku, m.meter, m.workload, max(l.above_tokens) as above_tokens, sum(m.unpriced) as unpriced, sum(m.events) as events,
                       min(m.month) as first, max(m.month) as last,
                       (select min(u.day) from spend.daily_usage as u where u.line_id = any(array_agg(m.line_id)) and u.day >= min(m.month)) as first_day
                from spend.monthly_cost as m join spend.cost_line as l using (line_id)
                where m.tenant_id = $1 and m.unpriced <> 0 and m.month between coalesce($2, '-infinity'::date) and coalesce($3, 'infinity'::date)
                group by m.sku, m.meter, m.workload) as used
            group by sku, meter
            order by sum(abs(unpriced)) desc, sku, meter
            """);
        AddPeriods(command, from, to);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<UnpricedUsage> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new UnpricedUsage(
                reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetDecimal(3), reader.GetInt64(4), reader.GetString(5), reader.GetString(6),
                reader.GetFieldValue<DateOnly>(7), reader.GetFieldValue<string[]>(8),
                [.. reader.GetFieldValue<string[]>(9).Zip(reader.GetFieldValue<string[]>(10), (workload, month) => new UnpricedUse(workload, month))]));
        }

        return rows;
    }

    /// <summary>By currency, the largest first.</summary>
    public async Task<IReadOnlyList<UnconvertedAmount>> ListUnconvertedAsync(BillingPeriod? from, BillingPeriod? to, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select currency, trim_scale(round(sum(unconverted), 12)), to_char(min(month), 'YYYY-MM'), to_char(max(month), 'YYYY-MM'),
                   array_agg(distinct sku order by sku), array_agg(distinct workload order by workload)
            from spend.monthly_cost
            where tenant_id = $1 and unconverted <> 0 and month between coalesce($2, '-infinity'::date) and coalesce($3, 'infinity'::date)
            group by currency
            order by sum(abs(unconverted)) desc, currency
            """);
        AddPeriods(command, from, to);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<UnconvertedAmount> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new UnconvertedAmount(
                reader.GetString(0), reader.GetDecimal(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<string[]>(4), reader.GetFieldValue<string[]>(5)));
        }

        return rows;
    }

    private static void AddPeriods(NpgsqlCommand command, BillingPeriod? from, BillingPeriod? to)
    {
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)from?.Start ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)to?.Start ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
    }
}
