using System.Diagnostics;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Settings;

namespace SpendTracker.Costs;

/// <summary>One month's cost of one value of each dimension asked for.</summary>
/// <param name="Month">The billing period that it is booked in.</param>
/// <param name="Keys">Dimension → value.</param>
/// <param name="Actual">In the reporting currency, over what has a rate and an exchange rate, on the days that have come.</param>
/// <param name="Listed">The same at list prices: what discounts and negotiated rates saved is the difference.</param>
/// <param name="Corrections">The part of the actual that corrects closed months.</param>
/// <param name="Estimated">In the reporting currency; 0 where nobody submitted an estimate.</param>
/// <param name="Unpriced">Quantities without a rate, by unit (<c>tokens</c>, <c>hours</c>, <c>items</c>): not in the actual.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: not in the actual.</param>
/// <param name="Incomplete">
/// Quantities that are priced incompletely, by unit: in the actual, at prices that are not all that is asked for them.
/// </param>
public sealed record MonthlyCost(
    string Month, IReadOnlyDictionary<string, string> Keys, decimal Actual, decimal Listed, decimal Corrections, decimal Estimated,
    IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Unconverted, IReadOnlyDictionary<string, decimal> Incomplete)
{
    /// <summary>The part of the estimate that belongs to the days that have passed (<see cref="MonthProgress"/>): all of it if the month is over.</summary>
    public decimal EstimatedToDate { get; init; }

    /// <summary>Actual less what was expected until then: above 0 is more.</summary>
    public decimal Variance => Actual - EstimatedToDate;
}

/// <summary>Which costs: months from first to last, narrowed to some values of some dimensions.</summary>
public sealed record CostFilter(BillingPeriod From, BillingPeriod To)
{
    /// <summary>Dimension → values, of which a cost has one; of each dimension that is here.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Where { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The one workload that is asked for; null where it is several, or all.</summary>
    public string? Workload => Where.TryGetValue("workload", out var workloads) && workloads is [var workload] ? workload : null;

    /// <summary>As it was known at the end of this day, in the reporting time zone; null for all that is known.</summary>
    public DateOnly? KnownOn { get; init; }

    /// <summary>Only what was used in this month, whenever it is booked; null for all.</summary>
    public BillingPeriod? Origin { get; init; }

    /// <summary>Only the first and the last month, none between. What was estimated for those is there all the same.</summary>
    public bool EndsOnly { get; init; }

    /// <summary>What it is narrowed to, as SQL over rows <c>c</c> and <c>w</c> as in <see cref="CostDimension.All"/>, and its parameters.</summary>
    /// <returns>Conditions that each begin with <c>and</c>, and the dimensions that they are of.</returns>
    internal (string Sql, IReadOnlyList<CostDimension> Dimensions) AddTo(NpgsqlCommand command)
    {
        var conditions = Where.Select(condition => (
            Dimension: CostDimension.Find(condition.Key) ?? throw new InvalidOperationException($"'{condition.Key}' is not a dimension."), condition.Value)).ToArray();
        var sql = string.Concat(conditions.Select(condition =>
        {
            var value = condition.Dimension.In(command);
            command.Parameters.Add(new() { Value = condition.Value.ToArray() });
            return $" and {value} = any(${command.Parameters.Count})";
        }));
        return (sql, [.. conditions.Select(condition => condition.Dimension)]);
    }
}

/// <summary>Actual, estimated, unpriced and unconverted by month: what the API and the pages show.</summary>
public sealed class MonthlyCostQuery(NpgsqlDataSource dataSource, ReportingClock clock)
{
    /// <summary>Rows by month and the given dimensions, in the order of month and keys. The parts of any two breakdowns have one sum.</summary>
    public async Task<IReadOnlyList<MonthlyCost>> ByAsync(CostFilter filter, IReadOnlyList<CostDimension> by, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand();
        return await ByAsync(command, filter, by, clock.Now, cancellationToken);
    }

    /// <summary>The same over a new command of the caller's, and so over its connection and in its transaction.</summary>
    /// <param name="now">In the reporting time zone.</param>
    public static async Task<IReadOnlyList<MonthlyCost>> ByAsync(
        NpgsqlCommand command, CostFilter filter, IReadOnlyList<CostDimension> by, DateTime now, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var keys = by.Where(dimension => dimension.Name != "month").ToArray();
        command.CommandTimeout = filter.KnownOn is null ? command.CommandTimeout : BookedCosts.LongestForThePast;
        BookedCosts.AddParameters(command, filter.From, filter.To, filter.KnownOn ?? DateOnly.FromDateTime(now));
        if (filter.Origin is { } origin)
        {
            command.Parameters.Add(new() { Value = origin.Start });
        }

        var (where, narrowed) = filter.AddTo(command);
        CostDimension[] dimensions = [.. by, .. narrowed];
        var registered = dimensions.Any(dimension => dimension.IsOfRegistry);
        var byModel = dimensions.Any(dimension => dimension.Name == CostDimension.ModelName);
        var columns = string.Concat(keys.Select(key => $", {key.In(command)}"));

        // Most rows have everything but one of these: nulls are passed over, where zeros would be added.
        command.CommandText =
            $"""
            {BookedCosts.Sql(filter.KnownOn, filter.Origin is null ? null : "$5", filter.EndsOnly)}{(registered ? $",\n{CostOwners.Registry(filter.KnownOn is null ? null : "$4")}" : "")}
            select to_char(c.month, 'YYYY-MM'){columns}, coalesce({PriceSql.Sum("c.amount")}, 0), coalesce({PriceSql.Sum("c.list_amount")}, 0),
                   coalesce(trim_scale(round(sum(c.amount) filter (where c.origin <> c.month), 12)), 0), coalesce({PriceSql.Sum("c.estimated")}, 0),
                   c.unit, trim_scale(sum(c.unpriced)), c.unconverted_in, {PriceSql.Sum("c.unconverted")}, trim_scale(sum(c.incomplete))
            from (
                select month, origin, workload, approach, component, sku, variant, amount, list_amount, null::numeric as estimated,
                       {UnitSql} as unit, nullif(unpriced, 0) as unpriced, case when {PriceSql.IsUnconverted} then currency end as unconverted_in,
                       case when {PriceSql.IsUnconverted} then unconverted end as unconverted, nullif(incomplete, 0) as incomplete, position
                from booked
                union all
                select month, month, workload, approach, component, sku, '', null, null, amount, null, null, null, null, null, position
                from {EstimatedCosts.Sql(filter.KnownOn, byModel)} as e) as c
            {(registered ? "left join registry as w using (workload, position)" : "")}
            where {(filter.Origin is null ? "true" : "c.origin = $5")}{where}
            group by c.month{columns}, c.unit, c.unconverted_in
            order by c.month{columns}
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = await ReadAsync(reader, keys, filter.KnownOn?.AddDays(1).ToDateTime(TimeOnly.MinValue) ?? now, cancellationToken);
        CostMetrics.QueryDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return rows;
    }

    private static readonly string UnitSql = $"case when unpriced = 0 and incomplete = 0 then null else {PriceSql.Unit} end";

    /// <summary>The rows come apart by unit of what is unpriced or incomplete, and currency of what is unconverted; here they come together again.</summary>
    private static async Task<List<MonthlyCost>> ReadAsync(NpgsqlDataReader reader, CostDimension[] keys, DateTime moment, CancellationToken cancellationToken)
    {
        List<MonthlyCost> rows = [];
        string? last = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var values = Enumerable.Range(0, keys.Length + 1).Select(reader.GetString).ToArray();
            var at = keys.Length + 1;
            var row = new MonthlyCost(
                values[0], keys.Select((key, i) => (key.Name, values[i + 1])).ToDictionary(k => k.Name, k => k.Item2),
                reader.GetDecimal(at), reader.GetDecimal(at + 1), reader.GetDecimal(at + 2), reader.GetDecimal(at + 3),
                Named(reader, at + 4, at + 5), Named(reader, at + 6, at + 7), Named(reader, at + 4, at + 8))
            {
                EstimatedToDate = MonthProgress.ToDate(reader.GetDecimal(at + 3), BillingPeriod.TryParse(values[0], out var month) ? month : default, moment),
            };
            var identity = string.Join('\n', values);
            if (identity == last)
            {
                rows[^1] = Total(row.Month, [rows[^1], row]) with { Keys = row.Keys };
            }
            else
            {
                rows.Add(row);
                last = identity;
            }
        }

        return rows;
    }

    private static Dictionary<string, decimal> Named(NpgsqlDataReader reader, int name, int value) =>
        reader.IsDBNull(name) || reader.IsDBNull(value) ? [] : new() { [reader.GetString(name)] = reader.GetDecimal(value) };

    /// <summary>The sum of rows, in the given month's name or, for several months, another.</summary>
    public static MonthlyCost Total(string month, IEnumerable<MonthlyCost> rows)
    {
        var all = rows as IReadOnlyCollection<MonthlyCost> ?? rows.ToArray();
        return new MonthlyCost(
            month, new Dictionary<string, string>(), all.Sum(row => row.Actual), all.Sum(row => row.Listed), all.Sum(row => row.Corrections),
            all.Sum(row => row.Estimated), Sum(all.Select(row => row.Unpriced)), Sum(all.Select(row => row.Unconverted)), Sum(all.Select(row => row.Incomplete)))
        {
            EstimatedToDate = all.Sum(row => row.EstimatedToDate),
        };
    }

    /// <summary>Adds quantities unit by unit, or amounts currency by currency.</summary>
    public static IReadOnlyDictionary<string, decimal> Sum(IEnumerable<IReadOnlyDictionary<string, decimal>> parts) =>
        parts.SelectMany(part => part).GroupBy(unit => unit.Key).ToDictionary(unit => unit.Key, unit => unit.Sum(part => part.Value));
}
