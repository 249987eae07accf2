using System.Globalization;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;

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
        await InsertLinesAsync(dataSource, workloads, cancellationToken);
        await Sql.RunAsync(dataSource, Daily(first), cancellationToken);
        await Sql.RunAsync(dataSource, Quality(first), cancellationToken);
        await using (var rate = dataSource.CreateCommand(CostTables.ReRate))
        {
            rate.CommandTimeout = 600;
            rate.Parameters.Add(new() { Value = await Sql.ScalarAsync<Guid[]>(dataSource, "select array_agg(distinct publication) from rate", cancellationToken) });
            await rate.ExecuteNonQueryAsync(cancellationToken);
        }

        // As autovacuum would have done in the course of the year.
        foreach (var statement in (string[])["vacuum full analyze daily_usage", "vacuum analyze daily_outcome", "analyze daily_part", "analyze daily_evaluation", "analyze cost_line", "vacuum full analyze monthly_cost", "analyze rate", "analyze workload", "checkpoint"])
        {
            await Sql.RunAsync(dataSource, statement, cancellationToken);
        }
    }

    private static string Workloads(int count) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        insert into workload (tenant_id, workload, name, team, approach, cost_centre, environment, tags, changed_at, recorded_on, seq_id)
        select '*DEFAULT*', 'workload-' || w, 'Workload ' || w, 'team-' || w % 20,
               (array['prompt-engineering', 'fine-tuning', 'hybrid'])[1 + w % 3], 'cc-' || w % 10, 'production', jsonb_build_object(), now(), current_date, w
        from generate_series(1, {count}) as w
        """);

    /// <summary>Three prices of each in the year.</summary>
    private static string Rates(DateOnly first) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        insert into rate (tenant_id, sku, meter, kind, effective_from, effective_to, seq_id, above_tokens, price, per, unit_price, not_carried, currency, source, note,
                          publication, published_at, recorded_on, recorded_by)
        select '*DEFAULT*', sku, meter, 'list', date '{first:yyyy-MM-dd}' + n * 120, 'infinity', 0, 0, price, per, trim_scale(price / per), '', 'USD', 'Benchmark', '',
               gen_random_uuid(), now(), current_date, 'benchmark'
        from (select 'bench/model-' || s, meter, 0.5 + s, 1000000
              from generate_series(0, 24) as s, unnest(array['input-tokens', 'cached-input-tokens', 'output-tokens', 'requests']) as meter
              union all values ('bench/gpu', 'hosting-hours', 7, 1), ('bench/gpu', 'gpu-hours', 5, 1), ('labour/ml-engineer', 'labour-hours', 90, 1),
                               ('labour/prompt-engineer', 'labour-hours', 80, 1)) as priced (sku, meter, price, per),
             generate_series(0, 2) as n
        """);

    private static IEnumerable<CostLineKey> Lines(int workloads)
    {
        string[] meters = ["input-tokens", "cached-input-tokens", "output-tokens", "requests"];
        for (var w = 1; w <= workloads; w++)
        {
            foreach (var m in Enumerable.Range(w * 4, 4))
            {
                foreach (var meter in meters)
                {
                    yield return Line(w, Component.Usage, $"bench/model-{m % 25}", meter, $"few-shot/v{w % 3}");
                }
            }

            yield return Line(w, Component.Hosting, "bench/gpu", "hosting-hours");
            yield return Line(w, Component.Training, "bench/gpu", "gpu-hours", $"run-{w}");
            yield return Line(w, Component.Labour, "labour/ml-engineer", "labour-hours");
            yield return Line(w, Component.Labour, "labour/prompt-engineer", "labour-hours");
        }
    }

    private static CostLineKey Line(int workload, Component component, string sku, string meter, string variant = "") =>
        new($"workload-{workload}", (Approach)(workload % 3), component, sku, meter, 0, "", variant);

    /// <summary>As the projection would, with the names that it would give them.</summary>
    private static async Task InsertLinesAsync(NpgsqlDataSource dataSource, int workloads, CancellationToken cancellationToken)
    {
        var names = new CostLines();
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(CostLines.Insert(Lines(workloads).Select(line => (names.IdOf(Tenant.Default, line), Tenant.Default, line))));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Every line has each day.</summary>
    private static string Daily(DateOnly first) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        insert into daily_usage (line_id, day, recorded_on, quantity, events)
        select line_id, day, day, 1000 + (hashtext(line_id::text) & 255 + n * 17) % 500, 10
        from (select date '{first:yyyy-MM-dd}' + n, n from generate_series(0, {Days - 1}) as n) as day (day, n), cost_line
        order by day, line_id
        """);

    /// <summary>Every line of requests has outcomes each day; every variant is evaluated each second week; a third of the labour of one role is setting up.</summary>
    private static string Quality(DateOnly first) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        insert into daily_outcome (line_id, day, recorded_on, succeeded, failed)
        select line_id, day, recorded_on, quantity - (hashtext(line_id::text) & 15), hashtext(line_id::text) & 15
        from daily_usage join cost_line using (line_id) where meter = 'requests';
        insert into daily_part (line_id, day, recorded_on, part, quantity)
        select line_id, day, recorded_on, 'integration', quantity / 3 from daily_usage join cost_line using (line_id) where sku = 'labour/prompt-engineer';
        insert into daily_evaluation (tenant_id, workload, approach, variant, metric, day, recorded_on, score, samples, evaluations, beyond)
        select distinct tenant_id, workload, approach, variant, 'accuracy', day, day, 90, 100, 1, 0
        from cost_line, (select date '{first:yyyy-MM-dd}' + n * 14 from generate_series(0, {(Days - 1) / 14}) as n) as day (day)
        where component = 'usage'
        """);
}
