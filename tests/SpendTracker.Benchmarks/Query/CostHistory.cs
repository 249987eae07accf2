using System.Globalization;
using Npgsql;
using SpendTracker.Costs;

namespace SpendTracker.Benchmarks.Query;

/// <summary>
/// A year of an organisation's daily rows, made by SQL: recording some billion requests would take hours. Quantities, months
/// and rates are consistent; the amounts are the projection's own, by the statement with which it re-rates.
/// </summary>
internal static class CostHistory
{
    /// <summary>Of each workload: four meters of four models, and its hosting, training and labour.</summary>
    private const int RowsAWorkloadAndDay = 20;

    public const int Days = 365;

    /// <summary>One of the 25 models that the workloads share.</summary>
    public const string Sku = "bench/model-7";

    public static async Task FillAsync(NpgsqlDataSource dataSource, int dailyRows, DateOnly first, CancellationToken cancellationToken)
    {
        var workloads = dailyRows / Days / RowsAWorkloadAndDay;
        await Sql.RunAsync(dataSource, Workloads(workloads), cancellationToken);
        await Sql.RunAsync(dataSource, Rates(first), cancellationToken);
        await Sql.RunAsync(dataSource, Daily(workloads, first), cancellationToken);
        await Sql.RunAsync(dataSource, Monthly, cancellationToken);
        await using (var rate = dataSource.CreateCommand(CostTables.ReRate))
        {
            rate.CommandTimeout = 600;
            rate.Parameters.Add(new() { Value = await Sql.ScalarAsync<string[]>(dataSource, "select array_agg(distinct sku) from daily_usage", cancellationToken) });
            await rate.ExecuteNonQueryAsync(cancellationToken);
        }

        // As autovacuum would have done in the course of the year.
        foreach (var statement in (string[])["vacuum analyze daily_usage", "vacuum full analyze monthly_cost", "analyze rate", "analyze workload", "checkpoint"])
        {
            await Sql.RunAsync(dataSource, statement, cancellationToken);
        }
    }

    private static string Workloads(int count) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        insert into workload (tenant_id, workload, name, team, approach, cost_centre, environment, changed_at)
        select '*DEFAULT*', 'workload-' || w, 'Workload ' || w, 'team-' || w % 20,
               (array['prompt-engineering', 'fine-tuning', 'hybrid'])[1 + w % 3], 'cc-' || w % 10, 'production', now()
        from generate_series(1, {count}) as w
        """);

    /// <summary>Three prices of each in the year.</summary>
    private static string Rates(DateOnly first) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        insert into rate (tenant_id, sku, meter, effective_from, seq_id, price, per, unit_price, currency, source, note, published_at)
        select '*DEFAULT*', sku, meter, date '{first:yyyy-MM-dd}' + n * 120, 0, price, per, trim_scale(price / per), 'USD', 'Benchmark', '', now()
        from (select 'bench/model-' || s, meter, 0.5 + s, 1000000
              from generate_series(0, 24) as s, unnest(array['input-tokens', 'cached-input-tokens', 'output-tokens', 'requests']) as meter
              union all values ('bench/gpu', 'hosting-hours', 7, 1), ('bench/gpu', 'gpu-hours', 5, 1), ('labour/ml-engineer', 'labour-hours', 90, 1),
                               ('labour/prompt-engineer', 'labour-hours', 80, 1)) as priced (sku, meter, price, per),
             generate_series(0, 2) as n
        """);

    private static string Daily(int workloads, DateOnly first) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        insert into daily_usage (tenant_id, sku, day, meter, workload, approach, component, variant, recorded_on, quantity, events)
        select '*DEFAULT*', sku, day, meter, 'workload-' || w, (array['prompt-engineering', 'fine-tuning', 'hybrid'])[1 + w % 3], component, variant, day,
               1000 + (w * 31 + day.n * 17) % 500, 10
        from generate_series(1, {workloads}) as w,
             (select date '{first:yyyy-MM-dd}' + n, n from generate_series(0, {Days - 1}) as n) as day (day, n),
             lateral (
                select 'bench/model-' || (w * 4 + m) % 25, meter, 'usage', 'few-shot/v' || w % 3
                from generate_series(0, 3) as m, unnest(array['input-tokens', 'cached-input-tokens', 'output-tokens', 'requests']) as meter
                union all values ('bench/gpu', 'hosting-hours', 'hosting', ''), ('bench/gpu', 'gpu-hours', 'training', 'run-' || w),
                                 ('labour/ml-engineer', 'labour-hours', 'labour', ''), ('labour/prompt-engineer', 'labour-hours', 'labour', '')
             ) as used (sku, meter, component, variant)
        order by sku, day
        """);

    private const string Monthly =
        """
        insert into monthly_cost (tenant_id, month, workload, approach, component, sku, meter, variant, quantity, events, amount, unpriced)
        select tenant_id, date_trunc('month', day)::date, workload, approach, component, sku, meter, variant, sum(quantity), sum(events), 0, 0
        from daily_usage
        group by 1, 2, 3, 4, 5, 6, 7, 8
        """;
}
