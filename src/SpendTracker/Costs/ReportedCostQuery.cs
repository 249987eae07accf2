using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>Compares our prices with what providers report, where events carry it.</summary>
public sealed class ReportedCostQuery(NpgsqlDataSource dataSource, ReportingClock clock)
{
    /// <summary>By month, workload and SKU; the largest difference of a month first.</summary>
    /// <param name="knownOn">As it was known at the end of this day; null for now.</param>
    public async Task<IReadOnlyList<ReportedCost>> ListAsync(BillingPeriod from, BillingPeriod to, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        var (tables, costs) = BookedCosts.OfUse(knownOn);
        await using var command = dataSource.CreateCommand(
            $"""
            with {tables},
            cost as materialized (
                select m.tenant_id, m.line_id, m.month, m.workload, m.sku, m.meter, m.amount, m.events
                from {costs} as m where m.tenant_id = $1 and m.month between $2 and $3 and m.component = 'usage'),
            reported as (
                select u.month, u.workload, u.sku, u.reported_currency as currency, sum(u.quantity) as reported,
                       case when bool_and(x.rate is not null) then sum(u.quantity * x.rate) end as converted, sum(u.events) as events
                from (select c.tenant_id, c.month, c.workload, c.sku, l.reported_currency, u.day, u.quantity, u.events
                      from (select distinct tenant_id, line_id, month, workload, sku from cost where meter = '{Meters.ReportedCost}') as c
                      join spend.cost_line as l using (line_id)
                      join spend.daily_usage as u on u.line_id = c.line_id and u.day >= c.month and u.day < c.month + interval '1 month'
                      where u.day <= $4{(knownOn is null ? "" : " and u.recorded_on <= $4")}) as u
                left join lateral ({PriceSql.ExchangeRate("u", "u.reported_currency", knownOn is null ? null : "$4")}) as x on true
                group by 1, 2, 3, 4),
            computed as (
                select month, workload, sku, sum(amount) as amount, sum(events) filter (where meter = '{Meters.Requests}') as events
                from cost group by 1, 2, 3)
            select to_char(r.month, 'YYYY-MM'), r.workload, r.sku, r.currency, trim_scale(round(r.reported, 12)), trim_scale(round(r.converted, 12)),
                   trim_scale(round(c.amount, 12)), least(1, round(r.events / nullif(c.events, 0), 4))
            from reported as r join computed as c using (month, workload, sku)
            order by r.month desc, abs(c.amount - coalesce(r.converted, 0)) desc, r.workload, r.sku, r.currency
            """);
        command.CommandTimeout = knownOn is null ? command.CommandTimeout : BookedCosts.LongestForThePast;
        BookedCosts.AddParameters(command, from, to, knownOn ?? clock.Today);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<ReportedCost> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new ReportedCost(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetDecimal(4),
                reader.IsDBNull(5) ? null : reader.GetDecimal(5), reader.GetDecimal(6), reader.IsDBNull(7) ? 0 : reader.GetDecimal(7)));
        }

        return rows;
    }
}
