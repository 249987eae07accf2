using Npgsql;
using SpendTracker.Costs;

namespace SpendTracker.Comparison;

/// <summary>Some months of what a filter covers, as SQL. A month's team, cost centre and environment are those that its costs have.</summary>
/// <param name="Day">The day whose knowledge is asked for, as a parameter; null for now.</param>
/// <param name="IsOfRegistry">Whether the registry is needed.</param>
/// <param name="Where">Conditions on rows <c>c</c> and <c>w</c>.</param>
/// <param name="Workloads">The workloads that are asked for, as a parameter; null for all.</param>
internal sealed record ScopedQuestion(string? Day, bool IsOfRegistry, string Where, DateOnly? KnownOn, string? Workloads)
{
    private const string OfWorkload = "workload";

    /// <summary>
    /// A command with the parameters of <see cref="BookedCosts.AddParameters"/>, $2 so many months before the first asked for; $5, the first asked for; and
    /// the values of conditions.
    /// </summary>
    /// <param name="months">1 for the months asked for; more for what was paid before and is written off in them.</param>
    public static NpgsqlCommand Command(NpgsqlConnection connection, CostFilter span, int months, DateOnly today, Func<ScopedQuestion, string> sql)
    {
        var command = connection.CreateCommand();
        command.CommandTimeout = span.KnownOn is null ? command.CommandTimeout : BookedCosts.LongestForThePast;
        var earliest = span.From.Start.AddMonths(1 - months);
        BookedCosts.AddParameters(command, BillingPeriod.Of(BillingPeriod.Covers(earliest) ? earliest : new DateOnly(BillingPeriod.FirstYear, 1, 1)), span.To,
            span.KnownOn ?? today);
        command.Parameters.Add(new() { Value = span.From.Start });
        var conditions = span.Where.Select(condition => (
            Dimension: CostDimension.Find(condition.Key) ?? throw new ArgumentException($"'{condition.Key}' is not a dimension.", nameof(span)),
                condition.Value)).ToArray();
        string? workloads = null;
        var where = string.Concat(conditions.Select(condition =>
        {
            var value = condition.Dimension.In(command);
            command.Parameters.Add(new() { Value = condition.Value.ToArray() });
            workloads = condition.Dimension.Name == OfWorkload ? $"${command.Parameters.Count}" : workloads;
            return $" and {value} = any(${command.Parameters.Count})";
        }));
        command.CommandText = sql(new ScopedQuestion(span.KnownOn is null ? null : "$4", conditions.Any(condition => condition.Dimension.IsOfRegistry), where, span.KnownOn, workloads));
        return command;
    }

    public static async Task<List<T>> ListAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            List<T> rows = [];
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }

            return rows;
        }
    }

    /// <summary>The registry, after the expressions of closed months.</summary>
    public string Registry => IsOfRegistry ? $",\n{CostOwners.Registry(Day)}" : "";

    /// <summary>Rows <c>w</c> of the registry beside rows <c>c</c> with workload and month.</summary>
    public string Join => IsOfRegistry
        ? $"cross join lateral (select c.month as used_in) as of_month left join registry as w on w.workload = c.workload and w.position = {CostOwners.PositionOf("of_month.used_in")}"
        : "";

    /// <summary>The beginning of common table expressions, of which one has to follow.</summary>
    public string Begin => IsOfRegistry ? $"with {BookedCosts.Closed("$1", Day ?? "'infinity'")}{Registry}," : "with";

    /// <summary>
    /// Rows <c>u</c> of a table of lines, by day: those of some workloads are found line by line, by the index; of all, the table is read.
    /// </summary>
    /// <param name="from">The first month, as a parameter.</param>
    public string Rows(string table, string from) => Workloads is null
        ? $"(select u.* from spend.{table} as u where {Days(from)}) as u"
        : $"""
          (select l.line_id from spend.cost_line as l where l.tenant_id = $1 and l.workload = any({Workloads})) as of_workload
                  cross join lateral (select u.* from spend.{table} as u where u.line_id = of_workload.line_id and {Days(from)} offset 0) as u
          """;

    /// <summary>Rows with a workload that may be asked for.</summary>
    public string And(string column) => Workloads is null ? "" : $" and {column} = any({Workloads})";

    /// <summary>Rows <c>u</c> of the months from a parameter on, up to the last day.</summary>
    public string Days(string from) => $"u.day >= {from} and u.day < $3 + interval '1 month' and u.day <= $4{(Day is null ? "" : " and u.recorded_on <= $4")}";

    /// <summary>The month of a row <c>u</c>, which only the registry asks for.</summary>
    public string Month => IsOfRegistry ? "date_trunc('month', u.day)::date" : "$3::date";

    /// <summary>What a row <c>l</c> of lines is priced as.</summary>
    public string Sku => Day is null ? "l.sku" : $"coalesce(({Rates.PriceSql.Alias(Day)}), l.reported_sku)";
}
