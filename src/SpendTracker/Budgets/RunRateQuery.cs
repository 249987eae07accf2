using System.Runtime.InteropServices;
using Npgsql;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Budgets;

/// <summary>
/// What a day of each weekday costs, on average over the last 28 full days. What happens once, training, the preparation of
/// datasets and charges, is not expected again.
/// </summary>
internal sealed class RunRateQuery(NpgsqlDataSource dataSource)
{
    private const int Days = 28;

    /// <summary>Whether what was used on a day counts: not of today, which <see cref="BudgetSpend"/> has.</summary>
    public static bool Counts(DateOnly day, DateOnly today) => day != today && day >= BillingPeriod.Of(today.AddDays(-Days)).Start;

    /// <summary>By what costs are kept apart by. A component of a workload that came after the first of the month in which the 28 days begin is new.</summary>
    public async Task<RunRates> LoadAsync(DateOnly today, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with used as materialized (
                select l.tenant_id, l.workload, l.approach, l.component, l.sku, l.meter, l.above_tokens, l.variant, u.day, sum(u.quantity) as quantity
                from spend.daily_usage as u join spend.cost_line as l using (line_id)
                where l.tenant_id = $1 and u.day >= $3 and u.day <> $2 and l.component not in ('training', 'dataset-preparation') and l.sku not like 'charge/%'
                group by 1, 2, 3, 4, 5, 6, 7, 8, 9),
            known as (
                select workload, component, min(day) as first_day from used group by 1, 2),
            earlier as (
                select distinct workload, component from spend.monthly_cost where tenant_id = $1 and month < $3 and events <> 0),
            priced as materialized ({PriceSql.Priced("(select distinct tenant_id, sku, meter, above_tokens, day from used)")})
            select u.workload, u.approach, u.component, {CostDimension.Model("u")}, {CostDimension.Variant("u")},
                   case when u.day > $2 then u.day end, extract(dow from u.day)::int,
                   coalesce({PriceSql.Sum($"case when u.day >= $2 - {Days} then {Amount} end")}, 0),
                   coalesce({PriceSql.Sum($"case when u.day >= $4 and u.day < $2 then {Amount} end")}, 0),
                   case when e.workload is not null then {Days} else greatest($2 - min(k.first_day), 0) end
            from used as u join priced as p using (tenant_id, sku, meter, above_tokens, day)
            join known as k on (k.workload, k.component) = (u.workload, u.component)
            left join earlier as e on (e.workload, e.component) = (u.workload, u.component)
            where p.unit_price is not null and p.exchange_rate is not null
            group by 1, 2, 3, 4, 5, 6, 7, e.workload
            """);
        command.CommandTimeout = BookedCosts.LongestForThePast; // It looks at daily rows, and nobody waits for it.
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = today });
        command.Parameters.Add(new() { Value = BillingPeriod.Of(today.AddDays(-Days)).Start });
        command.Parameters.Add(new() { Value = BillingPeriod.Of(today).Start });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<SpendKey, (decimal[] ByWeekday, decimal Before, Dictionary<DateOnly, decimal> Ahead, int Days)> sums = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, SpendQuery.KeyOf(reader, 0), out var known);
            sum = known ? sum : (new decimal[ExpectedSpend.DaysOfWeek], 0, [], reader.GetInt32(9));
            sum.Before += reader.GetDecimal(8);
            if (reader.IsDBNull(5))
            {
                sum.ByWeekday[reader.GetInt32(6)] += reader.GetDecimal(7);
            }
            else
            {
                sum.Ahead.Add(reader.GetFieldValue<DateOnly>(5), reader.GetDecimal(7));
            }
        }

        return new(today, sums.ToDictionary(sum => sum.Key, sum => new RunRate(Average(sum.Value.ByWeekday, sum.Value.Days, today), sum.Value.Before, sum.Value.Ahead)));
    }

    private const string Amount = "u.quantity * p.unit_price * p.exchange_rate";

    /// <summary>Sums by weekday, divided by how often each weekday was among the days. Pure.</summary>
    /// <param name="sums">Sunday first.</param>
    /// <param name="days">Full days that the component of the workload has been in use for. Below a week, every weekday is the average day.</param>
    internal static decimal[] Average(decimal[] sums, int days, DateOnly today)
    {
        days = Math.Min(days, Days);
        if (days < ExpectedSpend.DaysOfWeek)
        {
            return [.. Enumerable.Repeat(sums.Sum() / Math.Max(days, 1), ExpectedSpend.DaysOfWeek)];
        }

        var times = new int[ExpectedSpend.DaysOfWeek];
        for (var back = 1; back <= days; back++)
        {
            times[(int)today.AddDays(-back).DayOfWeek]++;
        }

        return [.. sums.Select((sum, day) => sum / times[day])];
    }
}
