using Npgsql;
using SpendTracker.Costs;

namespace SpendTracker.Comparison;

/// <summary>Some months of what a filter covers, as SQL. A month's team, cost centre and environment are those that its costs have.</summary>
/// <param name="Day">The day whose knowledge is asked for, as a parameter; null for now.</param>
/// <param name="IsOfRegistry">Whether the registry is needed.</param>
/// <param name="Where">Conditions on rows <c>c</c> and <c>w</c>.</param>
internal sealed record ScopedQuestion(string? Day, bool IsOfRegistry, string Where, DateOnly? KnownOn)
{
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
        var where = string.Concat(conditions.Select(condition =>
        {
            command.Parameters.Add(new() { Value = condition.Value });
            return $" and {condition.Dimension.Sql} = ${command.Parameters.Count}";
        }));
        command.CommandText = sql(new ScopedQuestion(span.KnownOn is null ? null : "$4", conditions.Any(condition => condition.Dimension.IsOfRegistry), where,
            span.KnownOn));
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

    /// <summary>Rows <c>u</c> of the months from a parameter on, up to the last day.</summary>
    public string Days(string from) => $"u.day >= {from} and u.day < $3 + interval '1 month' and u.day <= $4{(Day is null ? "" : " and u.recorded_on <= $4")}";

    /// <summary>The month of a row <c>u</c>, which only the registry asks for.</summary>
    public string Month => IsOfRegistry ? "date_trunc('month', u.day)::date" : "$3::date";

    /// <summary>What a row <c>l</c> of lines is priced as.</summary>
    public string Sku => Day is null ? "l.sku" : $"coalesce(({Rates.PriceSql.Alias(Day)}), l.reported_sku)";
}
