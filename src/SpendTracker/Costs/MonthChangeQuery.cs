using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Settings;

namespace SpendTracker.Costs;

/// <summary>Reads why a month cost another amount than an earlier one: the lines of both, and their split by <see cref="ChangeArithmetic"/>.</summary>
public sealed class MonthChangeQuery(NpgsqlDataSource dataSource, MonthlyCostQuery monthly, ReportingClock clock)
{
    private const int MostReadings = 3;

    /// <param name="filter">From the earlier month to the later one; those between are left out.</param>
    public async Task<MonthChange> OfAsync(CostFilter filter, CancellationToken cancellationToken)
    {
        // Several queries, between which numbers may come in; then the steps do not add up, and it is read again.
        var change = await ReadAsync(filter, cancellationToken);
        for (var again = 0; again < MostReadings && !change.AddsUp; again++)
        {
            change = await ReadAsync(filter, cancellationToken);
        }

        return change;
    }

    private async Task<MonthChange> ReadAsync(CostFilter filter, CancellationToken cancellationToken)
    {
        var moment = filter.KnownOn?.AddDays(1).ToDateTime(TimeOnly.MinValue) ?? clock.Now;
        var totals = await monthly.ByAsync(filter with { EndsOnly = true }, [], cancellationToken);
        var (lines, began, ended) = await LinesAsync(filter, cancellationToken);
        var (before, after) = (DaysOf(filter.From), DaysOf(filter.To));
        return new(
            filter.From, filter.To, before, after, TotalOf(filter.From), TotalOf(filter.To),
            ChangeArithmetic.Of(lines, Math.Max(before, 1), after, began, ended));

        decimal DaysOf(BillingPeriod month) => MonthProgress.DaysPassed(month, moment) ?? month.End.DayNumber - month.Start.DayNumber;

        MonthlyCost TotalOf(BillingPeriod month) => MonthlyCostQuery.Total(month.ToString(), totals.Where(total => total.Month == month.ToString()));
    }

    private async Task<(IReadOnlyList<LineChange> Lines, HashSet<string> Began, HashSet<string> Ended)> LinesAsync(CostFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand();
        command.CommandTimeout = filter.KnownOn is null ? command.CommandTimeout : BookedCosts.LongestForThePast;
        BookedCosts.AddParameters(command, filter.From, filter.To, filter.KnownOn ?? clock.Today);
        var (where, narrowed) = filter.AddTo(command);
        var registered = narrowed.Any(dimension => dimension.IsOfRegistry);
        const string Priced = $"case when {PriceSql.IsUnconverted} and c.amount = 0 then 0 else c.quantity - c.unpriced end";
        command.CommandText =
            $"""
            {BookedCosts.Sql(filter.KnownOn, endsOnly: true)}{(registered ? $",\n{CostOwners.Registry(filter.KnownOn is null ? null : "$4")}" : "")},
            compared as materialized (
                select c.*, month = $3 as is_after, case when origin <> month then origin end as corrects from booked as c),
            present as (
                select workload, bool_or(not is_after) as before, bool_or(is_after) as after from compared where corrects is null and quantity <> 0 group by workload)
            select c.workload, c.approach, c.component, c.sku, c.meter, l.above_tokens, c.corrects, bool_or(coalesce(p.before, false)), bool_or(coalesce(p.after, false)),
                   {Sides("c.quantity")}, {Sides(Priced)}, {Sides("c.amount")}
            from compared as c join spend.cost_line as l on l.line_id = c.line_id left join present as p on p.workload = c.workload
            {(registered ? "left join registry as w on (w.workload, w.position) = (c.workload, c.position)" : "")}
            where true{where}
            group by 1, 2, 3, 4, 5, 6, 7
            order by 1, 2, 3, 4, 5, 6, 7
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<LineChange> lines = [];
        HashSet<string> began = [], ended = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var line = new LineChange(
                reader.GetString(0), EnumName.Parse<Approach>(reader.GetString(1)), EnumName.Parse<Component>(reader.GetString(2)), reader.GetString(3), reader.GetString(4),
                reader.GetInt32(5), reader.IsDBNull(6) ? null : BillingPeriod.Of(reader.GetFieldValue<DateOnly>(6)),
                new(reader.GetDecimal(9), reader.GetDecimal(11), reader.GetDecimal(13)), new(reader.GetDecimal(10), reader.GetDecimal(12), reader.GetDecimal(14)));
            if (line.Before == default && line.After == default)
            {
                continue;
            }

            lines.Add(line);
            if (line.Origin is null && reader.GetBoolean(7) != reader.GetBoolean(8))
            {
                (reader.GetBoolean(8) ? began : ended).Add(line.Workload);
            }
        }

        return (lines, began, ended);
    }

    private static string Sides(string column) =>
        $"coalesce({PriceSql.Sum($"case when not c.is_after then {column} end")}, 0), coalesce({PriceSql.Sum($"case when c.is_after then {column} end")}, 0)";
}
