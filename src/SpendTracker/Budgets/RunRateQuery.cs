using System.Runtime.InteropServices;
using Npgsql;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Budgets;

/// <summary>
/// What a day of each weekday costs, on average over the last 28 full days. What happens once, training, the preparation of
/// datasets and charges, is not expected again; hosting that is recorded for days to come is spent already.
/// </summary>
internal sealed class RunRateQuery(NpgsqlDataSource dataSource)
{
    private const int Days = 28;

    /// <summary>Whether what was used on a day counts.</summary>
    public static bool Counts(DateOnly day, DateOnly today) => day < today && day >= today.AddDays(-Days);

    /// <summary>By what costs are kept apart by: an amount for each weekday, Sunday first, in the reporting currency.</summary>
    public async Task<IReadOnlyDictionary<SpendKey, decimal[]>> LoadAsync(DateOnly today, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with used as materialized (
                select l.line_id, l.tenant_id, l.workload, l.approach, l.component, l.sku, l.meter, l.above_tokens, l.variant, u.day, sum(u.quantity) as quantity
                from spend.daily_usage as u join spend.cost_line as l using (line_id)
                where l.tenant_id = $1 and u.day >= $2::date - {Days} and u.day < $2 and l.component not in ('training', 'dataset-preparation') and l.sku not like 'charge/%'
                  and not exists (select from spend.daily_usage as f where f.line_id = u.line_id and f.day > $2)
                group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
            priced as materialized ({PriceSql.Priced("(select distinct tenant_id, sku, meter, above_tokens, day from used)")})
            select u.workload, u.approach, u.component, {CostDimension.Model("u")}, {CostDimension.Variant("u")},
                   extract(dow from u.day)::int, {PriceSql.Sum("u.quantity * p.unit_price * p.exchange_rate")},
                   greatest($2::date - min(min(u.day)) over (partition by u.workload), 0)
            from used as u join priced as p using (tenant_id, sku, meter, above_tokens, day)
            where p.unit_price is not null and p.exchange_rate is not null
            group by 1, 2, 3, 4, 5, 6
            """);
        command.CommandTimeout = BookedCosts.LongestForThePast; // It looks at daily rows, and nobody waits for it.
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = today });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<SpendKey, decimal[]> rates = [];
        Dictionary<SpendKey, int> since = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = SpendQuery.KeyOf(reader, 0);
            var sums = CollectionsMarshal.GetValueRefOrAddDefault(rates, key, out _) ??= new decimal[BudgetSpend.DaysOfWeek];
            sums[reader.GetInt32(5)] = reader.GetDecimal(6);
            since[key] = reader.GetInt32(7);
        }

        return rates.ToDictionary(rate => rate.Key, rate => Average(rate.Value, since[rate.Key], today));
    }

    /// <summary>Sums by weekday, divided by how often each weekday was among the days. Pure.</summary>
    /// <param name="sums">Sunday first.</param>
    /// <param name="days">Full days that the workload has been in use for, at most 28. Below a week, every weekday is the average day.</param>
    internal static decimal[] Average(decimal[] sums, int days, DateOnly today)
    {
        // A workload that is used on few days has its first one somewhere in the window's first week; it is not new.
        days = days > Days - BudgetSpend.DaysOfWeek ? Days : days;
        if (days < BudgetSpend.DaysOfWeek)
        {
            return [.. Enumerable.Repeat(sums.Sum() / Math.Max(days, 1), BudgetSpend.DaysOfWeek)];
        }

        var times = new int[BudgetSpend.DaysOfWeek];
        for (var back = 1; back <= days; back++)
        {
            times[(int)today.AddDays(-back).DayOfWeek]++;
        }

        return [.. sums.Select((sum, day) => sum / times[day])];
    }
}
