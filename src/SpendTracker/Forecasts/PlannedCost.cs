using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Estimates;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Rates;
using SpendTracker.Workloads;

namespace SpendTracker.Forecasts;

/// <summary>
/// What the plan that a workload follows says of a month: what is paid once, and hosting. Or what an estimate says of a workload without
/// such a plan, of what its history says nothing of.
/// </summary>
/// <param name="Plan">Null for an estimate, like the version and the option.</param>
/// <param name="Amount">As planned, in the reporting currency; null where the plan had no price for it, or its currency has no exchange rate today.</param>
public sealed record PlannedLine(string? Plan, int? Version, string? Option, BillingPeriod Month, string Workload, string Component, decimal? Amount)
{
    public string Approach => Part.Approach;

    /// <summary>Of which costs it will be.</summary>
    internal CostPart Part { get; init; }

    /// <summary>Whether it is paid once: it counts beside what the workload has of the component already.</summary>
    internal bool IsOnce { get; init; }

    /// <summary>What of it is still to come: neither recorded yet, nor expected by habit.</summary>
    public decimal ToCome { get; internal init; }
}

/// <summary>What is planned, and what of it forecasts lack.</summary>
internal static class PlannedCost
{
    /// <summary>Days without any cost after which a workload's estimate no longer counts. A plan says itself that it is followed.</summary>
    private const int Stopped = 62;

    /// <param name="until">The last day that is forecast.</param>
    public static async Task<IReadOnlyList<PlannedLine>> ReadAsync(NpgsqlDataSource dataSource, DateOnly today, DateOnly until, CancellationToken cancellationToken) =>
        [.. await PlansAsync(dataSource, today, cancellationToken), .. await EstimatesAsync(dataSource, today, until, cancellationToken)];

    /// <summary>
    /// Of the plans that are followed, and watch a workload: the option that it runs. Of a workload's plans the one that was submitted last
    /// counts. Exchange rates are today's.
    /// </summary>
    private static async Task<IReadOnlyList<PlannedLine>> PlansAsync(NpgsqlDataSource dataSource, DateOnly today, CancellationToken cancellationToken)
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
            _ = BillingPeriod.TryParse(reader.GetString(5), out var month);
            lines.Add(new(reader.GetString(0), reader.GetInt32(1), reader.GetString(2), month, workload, component, reader.IsDBNull(10) ? null : Math.Round(reader.GetDecimal(10), 6))
            {
                Part = PartOf(workload, reader.GetString(4), component, reader.GetString(8) == "amount" ? "" : sku),
                IsOnce = !reader.IsDBNull(9) && reader.GetBoolean(9),
            });
        }

        return lines;
    }

    /// <summary>
    /// Estimates of workloads without a plan that is followed, for the approaches that each runs: those that were recorded, and by the
    /// registry's word its own. An estimate of another approach is an alternative that nobody has taken.
    /// </summary>
    private static async Task<IReadOnlyList<PlannedLine>> EstimatesAsync(NpgsqlDataSource dataSource, DateOnly today, DateOnly until, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with registered as materialized {WorkloadProjection.KnownSql(null)}
            select e.month, e.workload, e.approach, e.component, e.sku, round(e.amount, 6)
            from {EstimateProjection.KnownSql(null)} as e
            where e.workload not in (
                    select p.outline -> 'watch' ->> 'workload' from spend.plan as p
                    where p.tenant_id = $1 and p.retired_at is null and p.outline -> 'watch' ->> 'workload' is not null)
              and ((e.workload, e.approach) in (
                    select l.workload, l.approach from spend.cost_line as l where l.tenant_id = $1
                    union select w.workload, w.approach from registered as w)
                or e.workload in (select w.workload from registered as w where w.approach = 'hybrid'))
            order by e.workload, e.month, e.approach, e.line
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = BillingPeriod.Of(today).Start });
        command.Parameters.Add(new() { Value = until });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<PlannedLine> lines = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var (workload, component) = (reader.GetString(1), reader.GetString(3));
            lines.Add(new(null, null, null, BillingPeriod.Of(reader.GetFieldValue<DateOnly>(0)), workload, component, reader.GetDecimal(5))
            {
                Part = PartOf(workload, reader.GetString(2), component, reader.GetString(4)),
            });
        }

        return lines;
    }

    private static CostPart PartOf(string workload, string approach, string component, string sku) =>
        new(workload, approach, component, component is "usage" or "hosting" or "training" && sku != "" ? sku : CostDimension.None, CostDimension.None, IsOnce: true);

    /// <summary>Without estimates of workloads that had costs, and have none any more. Pure.</summary>
    public static IEnumerable<PlannedLine> OfLiving(IReadOnlyList<PlannedLine> lines, IReadOnlyList<ComponentSeries> components, DateOnly today)
    {
        var estimated = lines.Where(line => line.Plan is null).Select(line => line.Workload).ToHashSet();
        var parts = components.SelectMany(component => component.Parts).Where(part => estimated.Contains(part.Part.Workload)).ToLookup(part => part.Part.Workload);
        estimated.RemoveWhere(workload => !parts.Contains(workload) || parts[workload].Any(part => part.Ahead.Count > 0 || part.Costs.AsSpan(Math.Max(0, part.Costs.Length - Stopped)..).ContainsAnyExcept(0m)));
        return lines.Where(line => line.Plan is not null || !estimated.Contains(line.Workload));
    }

    /// <summary>
    /// What of the planned lines is still to come. Of a month and component of a workload it is what is planned, less what is recorded of it
    /// and what is expected anyhow, in proportion to its lines: work that has begun does not count twice. Hosting counts until the workload
    /// has any, and of this month for the days left. So does what is estimated, on which day nobody said; and beside what was recorded only
    /// where all of that goes on by no habit, like invoices and training: less those of them that are scheduled. Pure.
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
            var isOver = own.All(part => part.Part.Part.IsOnce); // None of it is expected again.
            var planned = group.Where(line => line.IsOnce || own.Length == 0 || (line.Plan is null && isOver)).ToArray();
            var sum = planned.Sum(line => Of(line));
            var whole = planned.Sum(line => line.Plan is null ? line.Amount ?? 0 : Of(line));
            var rest = sum <= 0 ? 0 : Math.Clamp(whole - own.Sum(part => Booked(part.Part, part.First, month)) - outlooks[(workload, component)].Sum(outlook => Expected(outlook, month)), 0, sum);
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

            return sum + outlook.Scheduled.Where(charge => BillingPeriod.Of(charge.Day) == month).Sum(charge => charge.Amount);
        }
    }
}
