using System.Data;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Settings;

namespace SpendTracker.Budgets;

/// <summary>What a day's usage costs, in the budget's currency.</summary>
public sealed record DailySpend(DateOnly Day, decimal Amount);

/// <summary>
/// What a budget's scope spent on each day of a period, by the day of use and at today's prices. A closed month is booked as
/// it was frozen, and what differs from it in a later month: so the days need not add up to what the period spent.
/// </summary>
public sealed class DailySpendQuery(NpgsqlDataSource dataSource, OrganisationSettings settings, ReportingClock clock)
{
    private const string Covered =
        " join unnest($4::uuid[], $5::date[]) as covered (line_id, month) on covered.line_id = u.line_id and u.day >= covered.month and u.day < covered.month + interval '1 month'";

    /// <summary>Days with usage up to today, oldest first; null where there is no exchange rate into the budget's currency.</summary>
    public async Task<IReadOnlyList<DailySpend>?> ListAsync(BudgetSet terms, BudgetSpan span, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var query = new SpendQuery(connection);
        if ((await BudgetRates.LoadAsync(query, settings.ReportingCurrency, [(terms, span)], cancellationToken)).Of(terms.Currency, span.Start) is not { } rate)
        {
            return null;
        }

        var covered = terms.Scope.Count == 0 ? null : await LinesAsync(connection, terms, span, await query.OwnersAsync(cancellationToken), cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            with used as materialized (
                select l.tenant_id, l.sku, l.meter, l.above_tokens, u.day, sum(u.quantity) as quantity
                from spend.daily_usage as u join spend.cost_line as l using (line_id){(covered is null ? "" : Covered)}
                where l.tenant_id = $1 and u.day >= $2 and u.day < $3
                group by 1, 2, 3, 4, 5)
            select p.day, {PriceSql.Sum("p.quantity * p.unit_price * p.exchange_rate")}
            from ({PriceSql.Priced("used")}) as p
            where p.unit_price is not null and p.exchange_rate is not null
            group by p.day order by p.day
            """, connection);
        command.CommandTimeout = BookedCosts.LongestForThePast; // It looks at daily rows.
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = span.Start });
        command.Parameters.Add(new() { Value = clock.Today < span.End ? clock.Today.AddDays(1) : span.End });
        if (covered is not null)
        {
            command.Parameters.Add(new() { Value = covered.Select(line => line.Line).ToArray() });
            command.Parameters.Add(new() { Value = covered.Select(line => line.Month).ToArray() });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<DailySpend> days = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            days.Add(new(reader.GetFieldValue<DateOnly>(0), reader.GetDecimal(1) / rate));
        }

        return days;
    }

    /// <summary>
    /// The lines that the scope covers, and in which month: few thousands in all, so that the rule need not be told a second time
    /// in SQL.
    /// </summary>
    private static async Task<List<(Guid Line, DateOnly Month)>> LinesAsync(
        NpgsqlConnection connection, BudgetSet terms, BudgetSpan span, SpendOwners owners, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select c.workload, c.approach, c.component, {CostDimension.Model("c")}, {CostDimension.Variant("c")}, c.line_id from spend.cost_line as c where c.tenant_id = $1", connection);
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(Guid Line, DateOnly Month)> lines = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var (any, line) = (SpendQuery.KeyOf(reader, 0), reader.GetGuid(5));
            foreach (var month in span.Months)
            {
                var key = owners.In(month, any);
                if (BudgetScope.Covers(terms.Scope, key, owners.Of(key)))
                {
                    lines.Add((line, month.Start));
                }
            }
        }

        return lines;
    }
}
