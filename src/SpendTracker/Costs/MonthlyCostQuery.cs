using System.Diagnostics;
using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>One month's cost of one value of each dimension asked for.</summary>
/// <param name="Keys">Dimension → value.</param>
/// <param name="Actual">In the reporting currency, over what has a rate.</param>
/// <param name="Estimated">In the reporting currency; 0 where nobody submitted an estimate.</param>
/// <param name="Unpriced">Quantities without a rate, by unit (<c>tokens</c>, <c>hours</c>, <c>items</c>, <c>amounts</c>): not in the actual.</param>
public sealed record MonthlyCost(
    string Month, IReadOnlyDictionary<string, string> Keys, decimal Actual, decimal Estimated, IReadOnlyDictionary<string, decimal> Unpriced)
{
    /// <summary>Actual less estimate: above 0 is more than expected.</summary>
    public decimal Variance => Actual - Estimated;
}

/// <summary>Which costs: months from first to last, narrowed to some values of some dimensions.</summary>
public sealed record CostFilter(BillingPeriod From, BillingPeriod To)
{
    public IReadOnlyDictionary<string, string> Where { get; init; } = new Dictionary<string, string>();
}

/// <summary>Actual, estimated and unpriced by month: what the API and the pages show.</summary>
public sealed class MonthlyCostQuery(NpgsqlDataSource dataSource)
{
    /// <summary>Rows by month and the given dimensions, in the order of month and keys. The parts of any two breakdowns have one sum.</summary>
    public async Task<IReadOnlyList<MonthlyCost>> ByAsync(CostFilter filter, IReadOnlyList<CostDimension> by, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var keys = by.Where(dimension => dimension.Name != "month").ToArray();
        await using var command = dataSource.CreateCommand();
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = filter.From.Start });
        command.Parameters.Add(new() { Value = filter.To.Start });
        var where = filter.Where.Select(condition =>
        {
            command.Parameters.Add(new() { Value = condition.Value });
            var dimension = CostDimension.Find(condition.Key) ?? throw new ArgumentException($"'{condition.Key}' is not a dimension.", nameof(filter));
            return $" and {dimension.Sql} = ${command.Parameters.Count}";
        });
        var columns = string.Concat(keys.Select(key => $", {key.Sql}"));
        command.CommandText =
            $"""
            select to_char(c.month, 'YYYY-MM'){columns}, {CostTables.Sum("c.amount")}, {CostTables.Sum("c.estimated")}, c.unit, sum(c.unpriced)
            from (
                select tenant_id, month, workload, approach, component, sku, variant, amount, 0 as estimated, {UnitSql} as unit, unpriced
                from spend.monthly_cost where tenant_id = $1 and month between $2 and $3
                union all
                select tenant_id, month, workload, approach, component, sku, '', 0, amount, null, 0
                from spend.monthly_estimate where tenant_id = $1 and month between $2 and $3) as c
            left join spend.workload as w using (tenant_id, workload)
            where true{string.Concat(where)}
            group by c.month{columns}, c.unit
            order by c.month{columns}
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = await ReadAsync(reader, keys, cancellationToken);
        CostMetrics.QueryDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return rows;
    }

    private const string UnitSql =
        """
        case when unpriced = 0 then null
             when meter like '%hours' then 'hours' when meter = 'items' then 'items' when meter = 'amount' then 'amounts' else 'tokens' end
        """;

    /// <summary>The rows come apart by unit of what is unpriced; here they come together again.</summary>
    private static async Task<List<MonthlyCost>> ReadAsync(NpgsqlDataReader reader, CostDimension[] keys, CancellationToken cancellationToken)
    {
        List<MonthlyCost> rows = [];
        string? last = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var values = Enumerable.Range(0, keys.Length + 1).Select(reader.GetString).ToArray();
            var (actual, estimated) = (reader.GetDecimal(keys.Length + 1), reader.GetDecimal(keys.Length + 2));
            Dictionary<string, decimal> unpriced = [];
            if (!reader.IsDBNull(keys.Length + 3))
            {
                unpriced.Add(reader.GetString(keys.Length + 3), reader.GetDecimal(keys.Length + 4));
            }

            var identity = string.Join('\n', values);
            if (identity == last)
            {
                var row = rows[^1];
                rows[^1] = row with { Actual = row.Actual + actual, Estimated = row.Estimated + estimated, Unpriced = Sum([row.Unpriced, unpriced]) };
            }
            else
            {
                rows.Add(new MonthlyCost(values[0], keys.Select((key, i) => (key.Name, values[i + 1])).ToDictionary(k => k.Name, k => k.Item2), actual, estimated, unpriced));
                last = identity;
            }
        }

        return rows;
    }

    /// <summary>The sum of rows, in the given month's name or, for several months, another.</summary>
    public static MonthlyCost Total(string month, IEnumerable<MonthlyCost> rows)
    {
        var all = rows as IReadOnlyCollection<MonthlyCost> ?? rows.ToArray();
        return new MonthlyCost(
            month, new Dictionary<string, string>(), all.Sum(row => row.Actual), all.Sum(row => row.Estimated), Sum(all.Select(row => row.Unpriced)));
    }

    /// <summary>Adds quantities unit by unit.</summary>
    public static IReadOnlyDictionary<string, decimal> Sum(IEnumerable<IReadOnlyDictionary<string, decimal>> parts) =>
        parts.SelectMany(part => part).GroupBy(unit => unit.Key).ToDictionary(unit => unit.Key, unit => unit.Sum(part => part.Value));
}
