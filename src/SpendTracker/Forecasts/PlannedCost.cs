using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Rates;

namespace SpendTracker.Forecasts;

/// <summary>What the plan that a workload follows says of a month: what is paid once, and hosting.</summary>
/// <param name="Amount">As planned, in the reporting currency; null where the plan had no price for it, or its currency has no exchange rate today.</param>
public sealed record PlannedLine(string Plan, int Version, string Option, BillingPeriod Month, string Workload, string Component, decimal? Amount)
{
    /// <summary>Of which costs it will be.</summary>
    internal CostPart Part { get; init; }

    internal bool IsOnce { get; init; }

    /// <summary>What of it is still to come: neither recorded yet, nor expected by habit.</summary>
    public decimal ToCome { get; internal init; }
}

/// <summary>What is planned, and what of it forecasts lack.</summary>
internal static class PlannedCost
{
    /// <summary>
    /// Of the plans that are followed, and watch a workload: the option that it runs. Of a workload's plans the one that was submitted last
    /// counts. Exchange rates are today's.
    /// </summary>
    public static async Task<IReadOnlyList<PlannedLine>> ReadAsync(NpgsqlDataSource dataSource, DateOnly today, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with watching as materialized (
                select distinct on (workload) p.tenant_id, p.plan, p.version, p.seq_id, p.outline -> 'watch' ->> 'workload' as workload,
                       p.outline -> 'watch' ->> 'option' as option, p.outline ->> 'currency' as currency, $2::date as day
                from spend.plan as p
                where p.tenant_id = $1 and p.retired_at is null and p.outline -> 'watch' ->> 'workload' is not null
                order by workload, p.seq_id desc)
            select w.plan, w.version, w.option, w.workload, o ->> 'approach', l ->> 'month', l ->> 'component', l ->> 'sku', l ->> 'meter', l ->> 'isOnce' = 'true',
                   (l ->> 'amount')::numeric * x.rate
            from watching as w
            join {LogTables.Events} as e on e.seq_id = w.seq_id
            left join lateral ({PriceSql.ExchangeRate("w", "w.currency")}) as x on true
            cross join lateral jsonb_array_elements(e.data -> 'figures' -> 'options') as o
            cross join lateral jsonb_array_elements(o -> 'lines') as l
            where o ->> 'name' = w.option and l ->> 'month' >= to_char($2::date, 'YYYY-MM') and (l ->> 'isOnce' = 'true' or l ->> 'component' = 'hosting')
            order by w.plan, l ->> 'month', l ->> 'component', l ->> 'sku'
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = today });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<PlannedLine> lines = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var (workload, component, sku) = (reader.GetString(3), reader.GetString(6), reader.GetString(7));
            var hasModel = component is "usage" or "hosting" or "training" && reader.GetString(8) != "amount";
            _ = BillingPeriod.TryParse(reader.GetString(5), out var month);
            lines.Add(new(reader.GetString(0), reader.GetInt32(1), reader.GetString(2), month, workload, component, reader.IsDBNull(10) ? null : Math.Round(reader.GetDecimal(10), 6))
            {
                Part = new(workload, reader.GetString(4), component, hasModel ? sku : CostDimension.None, CostDimension.None, IsOnce: true),
                IsOnce = !reader.IsDBNull(9) && reader.GetBoolean(9),
            });
        }

        return lines;
    }

    /// <summary>
    /// What of the planned lines is still to come. Of a month and component of a workload it is what is planned, less what is recorded of it
    /// and what is expected anyhow, in proportion to its lines: work that has begun does not count twice. Hosting counts until the workload
    /// has any, and of this month for the days left. Pure.
    /// </summary>
    /// <param name="outlooks">Of the components, by workload and component.</param>
    public static IReadOnlyList<PlannedLine> ToCome(
        IReadOnlyList<PlannedLine> lines, IReadOnlyList<ComponentSeries> components, ILookup<(string Workload, string Component), Outlook> outlooks, DateOnly today)
    {
        var series = components.SelectMany(component => component.Parts.Select(part => (component.First, Part: part))).ToLookup(part => (part.Part.Part.Workload, part.Part.Part.Component));
        List<PlannedLine> toCome = [];
        foreach (var group in lines.GroupBy(line => (line.Workload, line.Component, line.Month)))
        {
            var (workload, component, month) = group.Key;
            var own = series[(workload, component)].ToArray();
            var planned = group.Where(line => line.IsOnce || own.Length == 0).ToArray();
            var sum = planned.Sum(line => Of(line));
            var rest = sum <= 0 ? 0 : Math.Max(0, sum - own.Sum(part => Booked(part.Part, part.First, month)) - outlooks[(workload, component)].Sum(outlook => Expected(outlook, month)));
            toCome.AddRange(planned.Select(line => line with { ToCome = rest == 0 ? 0 : Math.Round(Of(line) * rest / sum, 6) }));
        }

        return toCome;

        decimal Of(PlannedLine line) => line.Amount is not { } amount ? 0
            : line.IsOnce || line.Month != BillingPeriod.Of(today) ? amount
            : amount * (line.Month.End.DayNumber - today.DayNumber) / (line.Month.End.DayNumber - line.Month.Start.DayNumber);

        decimal Booked(PartSeries part, DateOnly first, BillingPeriod month)
        {
            var (start, end) = (Math.Max(0, month.Start.DayNumber - first.DayNumber), Math.Min(today.DayNumber, month.End.DayNumber - 1) - first.DayNumber);
            return start > end ? 0 : part.Costs.AsSpan(start..(end + 1)).ToArray().Sum();
        }

        decimal Expected(Outlook outlook, BillingPeriod month)
        {
            var day = month.Start > today ? month.Start : today.AddDays(1);
            var sum = month == BillingPeriod.Of(today) ? outlook.RestOfToday : 0;
            for (; day < month.End; day = day.AddDays(1))
            {
                sum += outlook.On(day);
            }

            return sum;
        }
    }
}
