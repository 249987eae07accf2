using Npgsql;
using NpgsqlTypes;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Anomalies;

/// <summary>Reads daily usage, tokens and requests alone: hosting, labour and invoices have no days of their own.</summary>
internal sealed class AnomalyQuery(NpgsqlConnection connection)
{
    /// <summary>By weekday, so many weeks before a day are its mean.</summary>
    private const int Weeks = 8;

    private const string Amount = "u.quantity * p.unit_price * p.exchange_rate";

    /// <summary>What days cost each workload by SKU and meter, in the reporting currency, at the prices of the day.</summary>
    /// <param name="days">Only these; null for all of the span. Few are read by the index, line by line.</param>
    /// <param name="add">Takes each.</param>
    public async Task ReadAsync(
        DateOnly from, DateOnly to, IReadOnlyCollection<DateOnly>? days, Action<string, SkuMeter, DateOnly, AnomalyDay> add, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            with used as materialized (
                select l.workload, l.tenant_id, l.sku, l.meter, l.above_tokens, u.day, sum(u.quantity) as quantity, sum(u.events) as events
                from spend.cost_line as l {(days is null ? "join spend.daily_usage as u using (line_id)" : OfLine)}
                where l.tenant_id = $1 and l.component = 'usage' and u.day between $2 and $3
                group by 1, 2, 3, 4, 5, 6),
            priced as materialized ({PriceSql.Priced("(select distinct tenant_id, sku, meter, above_tokens, day from used)")})
            select d.workload, d.sku, d.meter, array_agg(d.day), array_agg(d.amount), array_agg(d.is_used)
            from (
                select u.workload, u.sku, u.meter, u.day, coalesce({PriceSql.Sum(Amount)}, 0) as amount, bool_or(u.events <> 0) as is_used
                from used as u join priced as p using (tenant_id, sku, meter, above_tokens, day)
                group by 1, 2, 3, 4) as d
            group by 1, 2, 3
            """, connection);
        command.CommandTimeout = BookedCosts.LongestForThePast; // It looks at daily rows, and nobody waits for it.
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        if (days is not null)
        {
            command.Parameters.Add(new() { Value = days.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (workload, part) = (reader.GetString(0), new SkuMeter(reader.GetString(1), reader.GetString(2)));
            var (amounts, isUsed) = (reader.GetFieldValue<decimal[]>(4), reader.GetFieldValue<bool[]>(5));
            foreach (var (at, day) in reader.GetFieldValue<DateOnly[]>(3).Index())
            {
                add(workload, part, day, new(amounts[at], isUsed[at]));
            }
        }
    }

    /// <summary>By SKU and meter: a workload's day, and the mean of its weekday in the eight weeks before, of the weeks that it has been in use for.</summary>
    /// <param name="first">The first day that it reported.</param>
    public async Task<(IReadOnlyList<MeterDay> Day, IReadOnlyList<MeterDay> Before, (OutcomeDay Day, OutcomeDay Before) Outcomes)> MetersAsync(
        string workload, DateOnly day, DateOnly first, CancellationToken cancellationToken)
    {
        DateOnly[] before = [.. Enumerable.Range(1, Weeks).Select(week => day.AddDays(-7 * week)).Where(past => past >= first)];
        await using var command = new NpgsqlCommand(
            $"""
            with used as materialized (
                select l.tenant_id, l.sku, l.meter, l.above_tokens, u.day, sum(u.quantity) as quantity
                from spend.cost_line as l {OfLine}
                where l.tenant_id = $1 and l.component = 'usage' and l.workload = $2
                group by 1, 2, 3, 4, 5)
            select p.sku, p.meter, p.day = $3, sum(p.quantity), coalesce({PriceSql.Sum("p.quantity * p.unit_price * p.exchange_rate")}, 0)
            from ({PriceSql.Priced("used")}) as p
            group by 1, 2, 3
            union all
            select null, null, o.day = $3, sum(o.succeeded), sum(o.failed)
            from spend.cost_line as l join spend.daily_outcome as o using (line_id)
            where l.tenant_id = $1 and l.component = 'usage' and l.workload = $2 and o.day = any($4)
            group by 3
            """, connection);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = workload });
        command.Parameters.Add(new() { Value = day });
        command.Parameters.Add(new() { Value = before.Append(day).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<MeterDay> ofDay = [];
        List<MeterDay> ofBefore = [];
        (OutcomeDay Day, OutcomeDay Before) outcomes = default;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(0))
            {
                var (succeeded, failed) = (reader.GetDecimal(3), reader.GetDecimal(4));
                outcomes = reader.GetBoolean(2) ? (new(succeeded, failed), outcomes.Before) : (outcomes.Day, new(succeeded / before.Length, failed / before.Length));
                continue;
            }

            var (sku, meter, quantity, amount) = (reader.GetString(0), reader.GetString(1), reader.GetDecimal(3), reader.GetDecimal(4));
            if (reader.GetBoolean(2))
            {
                ofDay.Add(new(sku, meter, quantity, amount));
            }
            else
            {
                ofBefore.Add(new(sku, meter, quantity / before.Length, amount / before.Length));
            }
        }

        return (ofDay, ofBefore, outcomes);
    }

    /// <summary>$4: the days.</summary>
    private const string OfLine =
        " cross join lateral (select day, quantity, events from spend.daily_usage as u where u.line_id = l.line_id and u.day = any($4) offset 0) as u ";
}
