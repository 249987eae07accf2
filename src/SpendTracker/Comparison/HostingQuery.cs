using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Settings;

namespace SpendTracker.Comparison;

/// <summary>Hosting side by side: what it cost to keep it available, what of that served requests, and what could have been saved.</summary>
public sealed class HostingQuery(NpgsqlDataSource dataSource, ReportingClock clock)
{
    /// <summary>By workload, approach, SKU and variant, the dearest first; the total last.</summary>
    public async Task<IReadOnlyList<HostedRow>> ListAsync(CostFilter span, int nightFrom, int nightTo, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var hours = await ScopedQuestion.ListAsync(ScopedQuestion.Command(connection, span, 1, clock.Today, Sql), Row, cancellationToken);
        var rows = hours.GroupBy(hour => hour.Key)
            .Select(line => new HostedRow(line.Key.Workload, line.Key.Approach, line.Key.Sku, line.Key.Variant,
                HostingArithmetic.Figures([.. line.Select(hour => hour.Hour)], nightFrom, nightTo)))
            .OrderByDescending(row => row.Figures.Available).ThenBy(row => row.Workload, StringComparer.Ordinal).ThenBy(row => row.Variant,
                StringComparer.Ordinal);
        return [.. rows, new HostedRow(null, null, null, null, HostingArithmetic.Figures([.. hours.Select(hour => hour.Hour)], nightFrom, nightTo))];
    }

    private static string Sql(ScopedQuestion question) =>
        $"""
        {question.Begin}
        hosted as materialized (
            select l.tenant_id, l.workload, l.approach, l.component, l.variant, {question.Sku} as sku, l.meter, l.above_tokens, u.day, u.hour,
                   sum(u.hours) as hours, sum(u.measured) as measured, sum(u.idle) as idle
            from {question.Rows("hosting_hour", "$2")} join spend.cost_line as l on l.line_id = u.line_id
            where l.tenant_id = $1
            group by l.line_id, u.day, u.hour),
        priced as materialized ({PriceSql.Priced("(select distinct tenant_id, sku, meter, above_tokens, day from hosted)", question.Day)})
        select c.workload, c.approach, c.sku, c.variant, c.hour, trim_scale(sum(c.hours)), trim_scale(sum(c.measured)), trim_scale(sum(c.idle)),
               trim_scale(round(max((c.measured - c.idle) / nullif(c.measured, 0)), {Proportion.Decimals})), trim_scale(c.unit_price)
        from (
            select h.*, {question.Month.Replace("u.day", "h.day", StringComparison.Ordinal)} as month, p.unit_price * p.exchange_rate as unit_price
            from hosted as h join priced as p using (tenant_id, sku, meter, above_tokens, day)) as c
        {question.Join}
        where (c.hours <> 0 or c.measured <> 0){question.Where}
        group by c.workload, c.approach, c.sku, c.variant, c.hour, c.unit_price
        """;

    private static ((string Workload, Approach Approach, string Sku, string Variant) Key, HostedHour Hour) Row(NpgsqlDataReader row) => (
        (row.GetString(0), EnumName.Parse<Approach>(row.GetString(1)), row.GetString(2), row.GetString(3)),
        new HostedHour(row.GetInt32(4), row.GetDecimal(5), row.GetDecimal(6), row.GetDecimal(7), row.IsDBNull(8) ? null : row.GetDecimal(8), row.IsDBNull(9)
            ? null : row.GetDecimal(9)));
}
