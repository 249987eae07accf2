using System.Data;
using System.Diagnostics;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Usage;

namespace SpendTracker.Comparison;

/// <summary>Reads what a comparison is worked out from: costs by the month of use, outcomes and evaluations by day.</summary>
public sealed class ComparisonQuery(NpgsqlDataSource dataSource, ReportingClock clock)
{
    private static readonly string SetUp = $"'{EnumName.Of(LabourActivity.PromptCrafting)}', '{EnumName.Of(LabourActivity.Integration)}'";

    private static readonly string OneOff = $"'{EnumName.Of(Component.Training)}', '{EnumName.Of(Component.DatasetPreparation)}'";

    private static readonly string InputMeters = List(Meters.InputTokens, Meters.CachedInputTokens, Meters.CacheWriteTokens);

    private static readonly string OutputMeters = List(Meters.OutputTokens, Meters.ReasoningTokens);

    /// <summary>All numbers are of one moment.</summary>
    public async Task<ComparisonFigures> OfAsync(ComparisonFilter filter, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var costs = await ScopedQuestion.ListAsync(Command(connection, filter, CostsSql), Cost, cancellationToken);
        var setUp = await ScopedQuestion.ListAsync(Command(connection, filter, SetUpSql), SetUpCost, cancellationToken);
        var outcomes = await ScopedQuestion.ListAsync(Command(connection, filter, OutcomesSql), Outcome, cancellationToken);
        var evaluations = await ScopedQuestion.ListAsync(Command(connection, filter, EvaluationsSql), Evaluation, cancellationToken);
        var days = filter.Costs.Workload is not null ? await ScopedQuestion.ListAsync(Command(connection, filter, DaysSql), Day, cancellationToken)
            : [];

        // The work of setting up is in the labour as well; there it is taken off.
        costs.AddRange(setUp.Concat(setUp.Select(cost => cost with { IsOneOff = false, Amount = -cost.Amount })).Where(cost => cost.IsOneOff
            || cost.Month >= filter.Costs.From));
        var figures = Comparisons.Of(filter, new ComparedUsage(costs, outcomes, evaluations, days),
            filter.Costs.KnownOn?.AddDays(1).ToDateTime(TimeOnly.MinValue) ?? clock.Now);
        CostMetrics.QueryDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return figures;
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, ComparisonFilter filter, Func<ScopedQuestion, string> sql) =>
        ScopedQuestion.Command(connection, filter.Costs, filter.AmortisationMonths, clock.Today, sql);

    private static string CostsSql(ScopedQuestion question)
    {
        var (tables, costs) = BookedCosts.OfUse(question.KnownOn);
        return $"""
            with {tables}{question.Registry}
            select case when c.component in ({OneOff}) then c.month else $5 end, c.workload, c.approach, c.component in ({OneOff}) as one_off, c.component = 'usage' as inference,
                   case when c.component in ('usage', 'hosting') and c.sku not like 'charge/%' then c.variant end,
                   coalesce(sum(c.quantity) filter (where c.meter = 'requests'), 0), coalesce(sum(c.quantity) filter (where c.meter in ({InputMeters})), 0),
                   coalesce(sum(c.quantity) filter (where c.meter in ({OutputMeters})), 0), coalesce({PriceSql.Sum("c.amount")}, 0), c.unit, trim_scale(sum(c.unpriced)),
                   trim_scale(sum(c.incomplete)), c.unconverted_in, trim_scale(round(sum(c.unconverted), 12))
            from (
                select month, workload, approach, component, sku, meter, variant, quantity, amount, unpriced, incomplete, unconverted,
                       case when unpriced = 0 and incomplete = 0 then null else {PriceSql.Unit} end as unit, case when {PriceSql.IsUnconverted} then currency end as unconverted_in
                from {costs}
                where tenant_id = $1 and month between $2 and $3 and (month >= $5 or component in ({OneOff})){question.And("workload")}) as c
            {question.Join}
            where true{question.Where}
            group by 1, c.workload, c.approach, 4, 5, 6, c.unit, c.unconverted_in
            """;
    }

    /// <summary>
    /// The work of setting up, by activity, at the price of its day. What of it has no price is among the labour. Lines that are priced alike are a group: days are many, and a
    /// number is compared sooner than names.
    /// </summary>
    private static string SetUpSql(ScopedQuestion question) =>
        $"""
        {question.Begin}
        line as materialized (
            select l.*, dense_rank() over (order by l.sku) as price_group
            from (
                select l.line_id, l.tenant_id, l.workload, l.approach, l.component, {question.Sku} as sku, l.meter, l.above_tokens
                from spend.cost_line as l
                where l.tenant_id = $1 and l.component = 'labour' and l.meter = '{Meters.LabourHours}'{question.And("l.workload")}) as l),
        worked as materialized (
            select l.price_group, u.line_id, u.day, u.quantity
            from {question.Rows("daily_part", "$2")} join line as l on l.line_id = u.line_id
            where u.part in ({SetUp})),
        wanted as materialized (
            select g.*, d.day
            from (select distinct price_group, day from worked) as d
            join (select distinct price_group, tenant_id, sku, meter, above_tokens from line) as g using (price_group)),
        priced as materialized (
            select p.price_group, p.day, p.unit_price * p.exchange_rate as price from ({PriceSql.Priced("wanted", question.Day)}) as p
            where p.unit_price is not null and p.exchange_rate is not null),
        paid as materialized (
            select u.line_id, date_trunc('month', u.day)::date as month, sum(u.quantity * p.price) as amount
            from worked as u join priced as p using (price_group, day)
            group by 1, 2)
        select c.month, c.workload, c.approach, {PriceSql.Sum("c.amount")}
        from (select p.month, l.workload, l.approach, l.component, p.amount from paid as p join line as l using (line_id)) as c
        {question.Join}
        where true{question.Where}
        group by c.month, c.workload, c.approach
        """;

    /// <summary>A model's requests of a day are a cluster.</summary>
    private static string OutcomesSql(ScopedQuestion question) =>
        $"""
        {question.Begin}
        counted as materialized (
            select u.line_id, {question.Month} as month, sum(u.succeeded) as succeeded, sum(u.succeeded + u.failed) as known, count(*) as clusters,
                   sum(u.succeeded::float8 * u.succeeded::float8) as xx, sum(u.succeeded::float8 * (u.succeeded + u.failed)::float8) as xn,
                   sum((u.succeeded + u.failed)::float8 * (u.succeeded + u.failed)::float8) as nn
            from {question.Rows("daily_outcome", "$5")}
            group by 1, 2)
        select c.workload, c.approach, c.variant, sum(c.succeeded), sum(c.known), sum(c.clusters)::bigint, sum(c.xx), sum(c.xn), sum(c.nn)
        from (select l.workload, l.approach, l.variant, o.* from counted as o join spend.cost_line as l using (line_id) where l.tenant_id = $1) as c
        {question.Join}
        where true{question.Where}
        group by c.workload, c.approach, c.variant
        having sum(c.known) <> 0
        """;

    private static string EvaluationsSql(ScopedQuestion question) =>
        $"""
        {question.Begin}
        evaluated as (
            select u.workload, u.approach, u.variant, u.metric, {question.Month} as month, u.score, u.samples, u.evaluations, u.beyond
            from spend.daily_evaluation as u
            where u.tenant_id = $1 and {question.Days("$5")})
        select c.workload, c.approach, c.variant, c.metric, {PriceSql.Sum("c.score")}, sum(c.samples), sum(c.evaluations)::bigint, sum(c.beyond)::bigint
        from evaluated as c
        {question.Join}
        where true{question.Where}
        group by c.workload, c.approach, c.variant, c.metric
        having sum(c.samples) > 0
        """;

    private static string DaysSql(ScopedQuestion question) =>
        $"""
        {question.Begin}
        counted as materialized (
            select l.workload, l.approach, l.variant, '{Comparisons.Success}' as metric, u.day, sum(u.succeeded) as successes, sum(u.succeeded + u.failed) as samples, 0 as beyond
            from {question.Rows("daily_outcome", "$5")} join spend.cost_line as l on l.line_id = u.line_id
            where l.tenant_id = $1
            group by 1, 2, 3, 5
            union all
            select u.workload, u.approach, u.variant, u.metric, u.day, sum(u.score), sum(u.samples), sum(u.beyond)
            from spend.daily_evaluation as u
            where u.tenant_id = $1 and {question.Days("$5")}{question.And("u.workload")}
            group by 1, 2, 3, 4, 5)
        select c.approach, c.variant, c.metric, c.day, {PriceSql.Sum("c.successes")}, sum(c.samples)
        from (select *, date_trunc('month', day)::date as month from counted) as c
        {question.Join}
        where true{question.Where}
        group by c.approach, c.variant, c.metric, c.day
        having sum(c.samples) > 0 and sum(c.beyond) = 0
        """;

    private static ComparedCost Cost(NpgsqlDataReader row) => new(
        BillingPeriod.Of(row.GetFieldValue<DateOnly>(0)), row.GetString(1), EnumName.Parse<Approach>(row.GetString(2)), row.GetBoolean(3), row.GetBoolean(4),
        row.IsDBNull(5) ? null : row.GetString(5), row.GetDecimal(6), row.GetDecimal(7), row.GetDecimal(8), row.GetDecimal(9), row.IsDBNull(10) ? null
            : row.GetString(10), row.GetDecimal(11),
        row.GetDecimal(12), row.IsDBNull(13) ? null : row.GetString(13), row.GetDecimal(14));

    private static ComparedCost SetUpCost(NpgsqlDataReader row) => new(
        BillingPeriod.Of(row.GetFieldValue<DateOnly>(0)), row.GetString(1), EnumName.Parse<Approach>(row.GetString(2)), true, false, null, 0, 0, 0,
            row.GetDecimal(3), null, 0, 0, null, 0);

    private static ComparedOutcome Outcome(NpgsqlDataReader row) =>
        new(row.GetString(0), EnumName.Parse<Approach>(row.GetString(1)), row.GetString(2), new Clusters(
            new Proportion(row.GetDecimal(3), row.GetDecimal(4)), row.GetInt64(5), row.GetDouble(6), row.GetDouble(7), row.GetDouble(8)));

    private static ComparedEvaluation Evaluation(NpgsqlDataReader row) => new(
        row.GetString(0), EnumName.Parse<Approach>(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetDecimal(4), row.GetDecimal(5),
            row.GetInt64(6), row.GetInt64(7));

    private static ComparedDay Day(NpgsqlDataReader row) => new(
        EnumName.Parse<Approach>(row.GetString(0)), row.GetString(1), row.GetString(2), row.GetFieldValue<DateOnly>(3), new Proportion(row.GetDecimal(4),
            row.GetDecimal(5)));

    /// <summary>Meters in each tier.</summary>
    private static string List(params string[] meters) =>
        string.Join(", ", Enum.GetValues<ServiceTier>().SelectMany(tier => meters.Select(meter => $"'{Meters.InTier(meter, tier)}'")));
}
