using Npgsql;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Forecasts;

/// <summary>
/// Prices that changed in the past four weeks, or are published for a day to come: by how much each of these weeks' days would cost
/// another amount at the later price. Exchange rates stay those of today.
/// </summary>
internal static class RestatedPrices
{
    public static async Task<IReadOnlyList<Restated>> ReadAsync(NpgsqlDataSource dataSource, DateOnly today, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with line as materialized (
                select c.line_id, c.tenant_id, c.sku, c.meter, c.above_tokens, c.workload, c.approach, c.component, {CostDimension.Model("c")} as model,
                       {CostDimension.Variant("c")} as variant, false as is_once, {DailyCostReading.RoleOf("c")} as role
                from spend.cost_line as c
                where c.tenant_id = $1 and not {DailyCostReading.IsOnce("c")} and (
                    exists (select from spend.rate as r where r.tenant_id = $1 and r.sku = c.sku and {Changes("r")})
                    or exists (select from spend.discount as d where d.tenant_id = $1 and c.sku like d.sku_like and {Changes("d")}))),
            used as materialized (
                select l.tenant_id, l.sku, l.meter, l.above_tokens, l.workload, l.approach, l.component, l.model, l.variant, l.is_once, l.role || a.activity as work, u.day,
                       sum(a.quantity) as quantity
                from line as l
                cross join lateral (select day, recorded_on, quantity from spend.daily_usage as d where d.line_id = l.line_id and d.day >= $2 - {Habit.Window} and d.day < $2 offset 0) as u
                cross join lateral (
                    select p.part as activity, p.quantity
                    from spend.daily_part as p where l.role <> '' and (p.line_id, p.day, p.recorded_on) = (l.line_id, u.day, u.recorded_on)
                    union all
                    select '', u.quantity - coalesce(sum(p.quantity), 0)
                    from spend.daily_part as p where l.role <> '' and (p.line_id, p.day, p.recorded_on) = (l.line_id, u.day, u.recorded_on)) as a
                group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
            changed as materialized (
                select $2::date as day
                union select effective_from from spend.rate where tenant_id = $1 and effective_from > $2
                union select effective_from from spend.discount where tenant_id = $1 and effective_from > $2
                union select effective_to + 1 from spend.discount where tenant_id = $1 and effective_to >= $2 and effective_to < 'infinity'),
            price as materialized (
                select p.tenant_id, p.sku, p.meter, p.above_tokens, p.day, p.unit_price * coalesce(p.exchange_rate, x.rate) as price
                from ({PriceSql.Priced("(select distinct tenant_id, sku, meter, above_tokens, day from used union select distinct u.tenant_id, u.sku, u.meter, u.above_tokens, c.day from used as u cross join changed as c)")}) as p
                cross join lateral (select p.tenant_id, $2::date as day) as n
                left join lateral ({PriceSql.ExchangeRate("n", "p.currency")}) as x on true)
            select u.workload, u.approach, u.component, u.model, u.variant, u.is_once, u.work, u.day, later.day, {PriceSql.Sum("u.quantity * (later.price - coalesce(earlier.price, 0))")}
            from used as u
            join price as earlier using (tenant_id, sku, meter, above_tokens, day)
            join price as later on (later.tenant_id, later.sku, later.meter, later.above_tokens) = (u.tenant_id, u.sku, u.meter, u.above_tokens) and later.day >= $2
            where later.price is not null
            group by 1, 2, 3, 4, 5, 6, 7, 8, 9
            having sum(u.quantity * (later.price - coalesce(earlier.price, 0))) <> 0
            """);
        command.CommandTimeout = BookedCosts.LongestForThePast;
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = today });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Restated> restated = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            restated.Add(new(DailyCostReading.PartOf(reader, 0), reader.GetFieldValue<DateOnly>(7), reader.GetFieldValue<DateOnly>(8), reader.GetDecimal(9)));
        }

        return restated;
    }

    private static string Changes(string row) =>
        $"({row}.effective_from > $2 - {Habit.Window} or {row}.effective_to >= $2 - {Habit.Window} and {row}.effective_to < 'infinity')";
}
