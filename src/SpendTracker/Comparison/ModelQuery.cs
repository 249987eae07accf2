using System.Data;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Settings;

namespace SpendTracker.Comparison;

/// <summary>What each version of a workload's fine-tuned model cost in all, and its training runs.</summary>
public sealed class ModelQuery(NpgsqlDataSource dataSource, OrganisationSettings settings, ReportingClock clock)
{
    /// <summary>In the order in which they came into use; what is not used yet last. Empty if nothing was fine-tuned.</summary>
    public async Task<IReadOnlyList<ModelVersion>> ListAsync(string workload, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var costs = await ScopedQuestion.ListAsync(Command(CostsSql, connection, workload), Cost, cancellationToken);
        var runs = await ScopedQuestion.ListAsync(Command(RunsSql, connection, workload), Run, cancellationToken);
        return ModelVersions.Of(costs, runs, settings.ReportingTimeZone);
    }

    private NpgsqlCommand Command(string sql, NpgsqlConnection connection, string workload)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = BookedCosts.LongestForThePast }; // It looks at daily rows.
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = workload });
        command.Parameters.Add(new() { Value = EnumName.Of(Approach.FineTuning) });
        command.Parameters.Add(new() { Value = clock.Today });
        return command;
    }

    /// <summary>Hours of evaluation are parts of lines of labour: they are taken off there, and told apart.</summary>
    private static readonly string CostsSql =
        $"""
        with line as materialized (select * from spend.cost_line where tenant_id = $1 and workload = $2 and approach = $3),
        used as materialized (
            select l.tenant_id, l.component, l.sku, l.meter, l.above_tokens, l.variant, u.day, false as is_evaluation, sum(u.quantity) as quantity, sum(u.events) as events
            from line as l join spend.daily_usage as u using (line_id)
            where u.day <= $4
            group by l.line_id, l.tenant_id, l.component, l.sku, l.meter, l.above_tokens, l.variant, u.day
            union all
            select l.tenant_id, l.component, l.sku, l.meter, l.above_tokens, l.variant, u.day, s.is_evaluation, sum(s.sign * u.quantity), 0
            from line as l join spend.daily_part as u using (line_id) cross join (values (true, 1), (false, -1)) as s (is_evaluation, sign)
            where u.day <= $4 and l.component = 'labour' and u.part = '{EnumName.Of(LabourActivity.Evaluation)}'
            group by l.line_id, l.tenant_id, l.component, l.sku, l.meter, l.above_tokens, l.variant, u.day, s.is_evaluation),
        priced as materialized ({PriceSql.Priced("(select distinct tenant_id, sku, meter, above_tokens, day from used)")})
        select day, component, variant, is_evaluation, coalesce(sum(quantity) filter (where meter = 'requests'), 0), {PriceSql.Sum("amount")}, unit,
               trim_scale(sum(unpriced)), trim_scale(sum(incomplete)), unconverted_in, trim_scale(round(sum(unconverted), 12))
        from (
            select u.day, u.component, case when u.sku like 'charge/%' and u.component in ('usage', 'hosting') then '' else u.variant end as variant, u.is_evaluation, u.meter, u.quantity,
                   case when p.exchange_rate is null then 0 else coalesce(u.quantity * p.unit_price * p.exchange_rate, 0) end as amount,
                   case when p.is_unpriced or p.is_incomplete then {PriceSql.Unit} end as unit, case when p.is_unpriced then u.quantity else 0 end as unpriced,
                   case when p.is_incomplete then u.quantity else 0 end as incomplete, case when p.unit_price is not null and p.exchange_rate is null then p.currency end as unconverted_in,
                   case when p.unit_price is not null and p.exchange_rate is null then u.quantity * p.unit_price else 0 end as unconverted
            from used as u join priced as p using (tenant_id, sku, meter, above_tokens, day)) as c
        group by day, component, variant, is_evaluation, unit, unconverted_in
        having sum(quantity) <> 0 or sum(amount) <> 0
        """;

    private const string RunsSql =
        """
        select run_id, provider || '/' || model, completed_at, trained_tokens, epochs, gpu_hours, stopped_early, training_loss, validation_loss
        from spend.training_run
        where tenant_id = $1 and workload = $2 and approach = $3 and taken_back_on is null and day <= $4
        order by completed_at, run_id, event_id
        """;

    private static ModelCost Cost(NpgsqlDataReader row) => new(
        row.GetFieldValue<DateOnly>(0), EnumName.Parse<Component>(row.GetString(1)), row.GetString(2), row.GetBoolean(3), row.GetDecimal(4), row.GetDecimal(5),
        row.IsDBNull(6) ? null : row.GetString(6), row.GetDecimal(7), row.GetDecimal(8), row.IsDBNull(9) ? null : row.GetString(9), row.GetDecimal(10));

    private static ModelRun Run(NpgsqlDataReader row)
    {
        var validation = row.GetFieldValue<decimal[]>(8);
        return new(
            row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.IsDBNull(3) ? null : row.GetDecimal(3), row.GetDecimal(4),
                row.IsDBNull(5) ? null : row.GetDecimal(5),
            row.GetBoolean(6), row.GetFieldValue<decimal[]>(7), validation, null, TrainingCurve.Of(validation), null);
    }
}
