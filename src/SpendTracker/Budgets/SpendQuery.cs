using System.Text.Json;
using Npgsql;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Budgets;

/// <summary>What has changed since somebody looked last.</summary>
/// <param name="Costs">Of costs.</param>
/// <param name="Budgets">Budgets whose streams have something new behind what was asked for, with the place of it.</param>
/// <param name="BudgetsAll">Up to here all that is of budgets was in the tables. What comes after may be there in any order.</param>
/// <param name="Owners">Another text when the registry has changed, or which months are closed.</param>
internal sealed record SpendChanges(CostsSince Costs, IReadOnlyDictionary<string, long> Budgets, long BudgetsAll, string Owners);

/// <summary>Reads what budgets are made of, over one connection: in one transaction it is of one moment.</summary>
internal sealed class SpendQuery(NpgsqlConnection connection)
{
    /// <summary>An event that was set aside counts as well: nobody may go on by the terms before it as if it were not there.</summary>
    private const string ChangedBudgets =
        $"""
        select budget, max(seq_id) from (
            select budget, seq_id from spend.budget where tenant_id = $1 and seq_id > $2
            union all
            select substr(e.stream_id, length($4) + 1), seq_id from spend.event_set_aside join {LogTables.Events} as e using (seq_id)
            where projection = $3 and seq_id > $2 and tenant_id = $1 and starts_with(e.stream_id, $4)) as changed
        group by budget
        """;

    /// <param name="budgetsAfter">Up to here all that is of budgets is known.</param>
    /// <param name="costsAfter">The place of the newest change of costs that is known.</param>
    public async Task<SpendChanges> ChangesAsync(long budgetsAfter, long costsAfter, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        CostsSince.AddTo(batch, costsAfter);
        Add(batch, $"select coalesce({LogTables.Checkpoint("$1")}, 0)", BudgetProjection.CheckpointName);
        Add(batch, ChangedBudgets, Tenant.Default, budgetsAfter, BudgetProjection.ProjectionName, BudgetBook.StreamOf(""));
        Add(
            batch,
            """
            select concat(count(*), ' ', max(seq_id), ' ', (select count(*) from spend.period_closing where tenant_id = $1), ' ', (select count(*) from spend.period_reopening))
            from spend.workload where tenant_id = $1
            """, Tenant.Default);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var costs = await CostsSince.ReadAsync(reader, costsAfter, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var budgetsAll = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        Dictionary<string, long> budgets = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            budgets.Add(reader.GetString(0), reader.GetInt64(1));
        }

        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new SpendChanges(costs, budgets, budgetsAll, reader.GetString(0));
    }

    /// <summary>
    /// What is booked in some months. What lacks a price is added up by size, row by row: what a correction takes back must not
    /// hide it, and a credit no invoice of another workload.
    /// </summary>
    /// <param name="today">Later days do not count yet.</param>
    public async Task<ILookup<BillingPeriod, SpendRow>> MonthsAsync(BillingPeriod from, BillingPeriod to, DateOnly today, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            {BookedCosts.Sql(null)}
            select s.*, case when s.unconverted_in is not null then ({PriceSql.StaleRate("s", "s.unconverted_in")}) end
            from (
            select c.month, c.workload, c.approach, c.component, {CostDimension.Model("c")}, {CostDimension.Variant("c")}, c.position,
                   {PriceSql.Unit}, case when {PriceSql.IsUnconverted} then c.currency end as unconverted_in, {PriceSql.Sum("c.amount")},
                   trim_scale(coalesce(sum(greatest(abs(c.quantity), abs(c.unpriced))) filter (where c.meter not in ({PriceSql.InformationalMeters}) or c.meter = '{Meters.RequestsWithoutTokens}'), 0)),
                   trim_scale(sum(abs(c.unpriced))), {PriceSql.Sum("abs(c.unconverted)")}, trim_scale(sum(abs(c.incomplete))),
                   $1 as tenant_id, least((max(c.origin) + interval '1 month')::date - 1, $4) as day
            from booked as c
            group by 1, 2, 3, 4, 5, 6, 7, 8, 9) as s
            """, connection);
        BookedCosts.AddParameters(command, from, to, today);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(BillingPeriod Month, SpendRow Row)> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add((BillingPeriod.Of(reader.GetFieldValue<DateOnly>(0)), new SpendRow(
                KeyOf(reader, 1) with { Position = reader.GetInt64(6) }, reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetString(8),
                reader.GetDecimal(9), reader.GetDecimal(10), reader.GetDecimal(11), reader.GetDecimal(12), reader.GetDecimal(13),
                reader.IsDBNull(16) ? null : reader.GetFieldValue<DateOnly>(16))));
        }

        return rows.ToLookup(row => row.Month, row => row.Row);
    }

    /// <summary>Whom costs are of, by the rule of every breakdown of costs.</summary>
    public async Task<SpendOwners> OwnersAsync(CancellationToken cancellationToken)
    {
        static string Or(string text) => text == "" ? CostDimension.None : text;
        await using var command = new NpgsqlCommand(
            $"""
            with {BookedCosts.Closed("$1")},
            {CostOwners.Registry(null)}
            select null::date, position, workload, team, cost_centre, environment, tags::text from registry
            union all
            select month, position, '', '', '', '', '' from closed
            """, connection);
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<(string, long), WorkloadFacts> facts = [];
        Dictionary<BillingPeriod, long> closed = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.IsDBNull(0))
            {
                closed.Add(BillingPeriod.Of(reader.GetFieldValue<DateOnly>(0)), reader.GetInt64(1));
                continue;
            }

            facts.Add((reader.GetString(2), reader.GetInt64(1)), new WorkloadFacts(
                reader.GetString(3), Or(reader.GetString(4)), Or(reader.GetString(5)), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(6))!));
        }

        return new SpendOwners(facts, closed);
    }

    /// <summary>What each currency is worth on each day; without those that nobody has published until then.</summary>
    public async Task<IReadOnlyDictionary<(string Currency, DateOnly Day), BudgetRate>> ExchangeRatesAsync(
        IReadOnlyCollection<(string Currency, DateOnly Day)> wanted, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select w.currency, w.day, x.rate, ({PriceSql.StaleRate("w", "w.currency")})
            from (select $1::text as tenant_id, * from unnest($2::text[], $3::date[]) as w (currency, day)) as w
            left join lateral ({PriceSql.ExchangeRate("w", "w.currency")}) as x on true
            """, connection);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = wanted.Select(pair => pair.Currency).ToArray() });
        command.Parameters.Add(new() { Value = wanted.Select(pair => pair.Day).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<(string, DateOnly), BudgetRate> rates = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rates.Add((reader.GetString(0), reader.GetFieldValue<DateOnly>(1)), new(
                reader.IsDBNull(2) ? null : reader.GetDecimal(2), reader.IsDBNull(2) && !reader.IsDBNull(3) ? reader.GetFieldValue<DateOnly>(3) : null));
        }

        return rates;
    }

    internal static SpendKey KeyOf(NpgsqlDataReader reader, int at) =>
        new(reader.GetString(at), reader.GetString(at + 1), reader.GetString(at + 2), reader.GetString(at + 3), reader.GetString(at + 4));

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
