using System.Data;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Settings;

namespace SpendTracker.Costs;

/// <summary>A quantity that no rate covers, or that is priced incompletely, and who used it.</summary>
/// <param name="Meter">Whose rate is missing; of a part that is priced incompletely, the part.</param>
/// <param name="Sku">What it would be priced as; as reported where no alias names it.</param>
/// <param name="AboveTokens">The highest context step among it.</param>
/// <param name="ReportedSkus">The names that it was reported under.</param>
/// <param name="UsedBy">Who used it, the largest quantity first.</param>
public sealed record UnpricedUsage(
    string Sku, string Meter, int AboveTokens, decimal Quantity, long Events, string FirstMonth, string LastMonth, DateOnly FirstDay,
    IReadOnlyList<string> ReportedSkus, IReadOnlyList<UnpricedUse> UsedBy)
{
    public IEnumerable<string> Workloads => UsedBy.Select(use => use.Workload);
}

/// <param name="Month">The last in which the workload used it.</param>
public sealed record UnpricedUse(string Workload, string Month);

/// <summary>An amount that no exchange rate covers.</summary>
/// <param name="LastRate">The day of the newest rate that is stale at the end of the last month, or today; null where there is none.</param>
public sealed record UnconvertedAmount(
    string Currency, decimal Amount, string FirstMonth, string LastMonth, IReadOnlyList<string> Skus, IReadOnlyList<string> Workloads, DateOnly? LastRate = null)
{
    /// <summary>The workloads, each with the last month in which it has some.</summary>
    public IReadOnlyList<UnpricedUse> UsedBy { get; init; } = [];
}

/// <summary>What a workload used in a month of what is in no amount: the way to the events behind it.</summary>
/// <param name="Currency">Of an amount without an exchange rate; otherwise empty.</param>
/// <param name="Quantity">That no rate covers, or that is priced incompletely; of an amount, in its currency.</param>
/// <param name="Events">Behind the line, also of days that have a rate.</param>
/// <param name="IsIncomplete">Whether it has a price, and not all that is asked for it.</param>
public sealed record MissingPrice(string Currency, string Sku, string Meter, string Workload, string Month, decimal Quantity, long Events, bool IsIncomplete = false);

/// <param name="Uses">The sums of the lists taken apart by workload and month; by SKU and meter, the latest month first.</param>
public sealed record MissingPrices(
    IReadOnlyList<UnpricedUsage> Unpriced, IReadOnlyList<UnconvertedAmount> Unconverted, IReadOnlyList<UnpricedUsage> Incomplete, IReadOnlyList<MissingPrice> Uses);

/// <summary>What has a quantity but no rate, or not all rates, or an amount but no exchange rate, so that somebody can publish one.</summary>
public sealed class UnpricedQuery(NpgsqlDataSource dataSource, ReportingClock clock)
{
    private static readonly string[] UnpricedColumns = ["unpriced"];
    private static readonly string[] IncompleteColumns = ["incomplete"];
    private static readonly string[] UnconvertedColumns = ["unconverted", "unconverted_events"]; // Amounts may come to nothing.

    /// <summary>All lists, and what is behind them, as they were at one moment.</summary>
    public async Task<MissingPrices> ReadAsync(BillingPeriod? from, BillingPeriod? to, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var asked = new Asked(connection, from, to, knownOn, clock.Today);
        return new MissingPrices(
            await ListAsync(asked, UnpricedColumns, cancellationToken), await ListUnconvertedAsync(asked, cancellationToken),
            await ListAsync(asked, IncompleteColumns, cancellationToken), await ListUsesAsync(asked, cancellationToken));
    }

    /// <summary>
    /// Largest quantity first; of some months, or of all time. What was accepted at a closing is in it still. A month has what was
    /// used in it, and what of closed months nobody has accepted and it has to answer for.
    /// </summary>
    /// <param name="knownOn">As it was known at the end of this day; null for now.</param>
    public async Task<IReadOnlyList<UnpricedUsage>> ListAsync(BillingPeriod? from, BillingPeriod? to, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await ListAsync(new Asked(connection, from, to, knownOn, clock.Today), UnpricedColumns, cancellationToken);
    }

    /// <summary>What is priced incompletely, the largest quantity first; otherwise as above.</summary>
    public async Task<IReadOnlyList<UnpricedUsage>> ListIncompleteAsync(BillingPeriod? from, BillingPeriod? to, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await ListAsync(new Asked(connection, from, to, knownOn, clock.Today), IncompleteColumns, cancellationToken);
    }

    /// <summary>By currency, the largest first; otherwise as above.</summary>
    public async Task<IReadOnlyList<UnconvertedAmount>> ListUnconvertedAsync(BillingPeriod? from, BillingPeriod? to, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await ListUnconvertedAsync(new Asked(connection, from, to, knownOn, clock.Today), cancellationToken);
    }

    private static async Task<IReadOnlyList<UnpricedUsage>> ListAsync(Asked asked, string[] columns, CancellationToken cancellationToken)
    {
        var column = columns[0];
        await using var command = Command(
            asked, columns,
            $"""
            select sku, meter, max(above_tokens), trim_scale(sum({column})), sum(events)::bigint, to_char(min(first), 'YYYY-MM'), to_char(max(last), 'YYYY-MM'), min(first_day),
                   (select array_agg(distinct reported_sku order by reported_sku) from lacking as l where (l.sku, l.meter) = (used.sku, used.meter)),
                   array_agg(workload order by abs({column}) desc, workload), array_agg(to_char(last, 'YYYY-MM') order by abs({column}) desc, workload)
            from (
                select sku, meter, workload, max(above_tokens) as above_tokens, sum({column}) as {column}, sum(events) as events,
                       min(month) as first, max(month) as last,
                       (select min(u.day) from spend.daily_usage as u
                        where u.line_id = any(array_agg(l.line_id)) and u.day >= min(l.month) and u.day <= $4{(asked.KnownOn is null ? "" : " and u.recorded_on <= $4")}) as first_day
                from lacking as l
                group by sku, meter, workload) as used
            group by sku, meter
            order by sum(abs({column})) desc, sku, meter
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<UnpricedUsage> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new UnpricedUsage(
                reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetDecimal(3), reader.GetInt64(4), reader.GetString(5), reader.GetString(6),
                reader.GetFieldValue<DateOnly>(7), reader.GetFieldValue<string[]>(8),
                [.. reader.GetFieldValue<string[]>(9).Zip(reader.GetFieldValue<string[]>(10), (workload, month) => new UnpricedUse(workload, month))]));
        }

        return rows;
    }

    private static async Task<IReadOnlyList<UnconvertedAmount>> ListUnconvertedAsync(Asked asked, CancellationToken cancellationToken)
    {
        await using var command = Command(
            asked, UnconvertedColumns,
            $"""
            select currency, trim_scale(round(amount, 12)), to_char(first, 'YYYY-MM'), to_char(last, 'YYYY-MM'), skus, workloads, ({PriceSql.StaleRate("amounts", "amounts.currency", asked.KnownOn is null ? null : "$4")}),
                   array(select to_char(max(l.month), 'YYYY-MM') from lacking as l where l.currency = amounts.currency group by l.workload order by l.workload)
            from (
                select $1 as tenant_id, least((max(month) + interval '1 month')::date - 1, $4) as day, currency, sum(unconverted) as amount, sum(abs(unconverted)) as size, min(month) as first, max(month) as last,
                       array_agg(distinct sku order by sku) as skus, array_agg(distinct workload order by workload) as workloads
                from lacking
                group by currency) as amounts
            order by size desc, currency
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<UnconvertedAmount> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var workloads = reader.GetFieldValue<string[]>(5);
            rows.Add(new UnconvertedAmount(
                reader.GetString(0), reader.GetDecimal(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<string[]>(4), workloads,
                reader.IsDBNull(6) ? null : reader.GetFieldValue<DateOnly>(6))
            {
                UsedBy = [.. workloads.Zip(reader.GetFieldValue<string[]>(7), (workload, month) => new UnpricedUse(workload, month))],
            });
        }

        return rows;
    }

    private static async Task<IReadOnlyList<MissingPrice>> ListUsesAsync(Asked asked, CancellationToken cancellationToken)
    {
        List<MissingPrice> uses = [];
        foreach (var (columns, currency) in ((string[], string)[])[(UnpricedColumns, "''"), (UnconvertedColumns, "currency"), (IncompleteColumns, "''")])
        {
            await using var command = Command(
                asked, columns,
                $"""
                select {currency}, sku, meter, workload, to_char(month, 'YYYY-MM'), trim_scale(round(sum({columns[0]}), 12)), sum(events)::bigint
                from lacking
                group by 1, sku, meter, workload, month
                order by 1, sku, meter, month desc, workload
                """);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                uses.Add(new MissingPrice(
                    reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetDecimal(5), reader.GetInt64(6), columns == IncompleteColumns));
            }
        }

        return uses;
    }

    /// <summary>A query over rows <c>lacking</c>: costs by the month of use that have something in one of some columns.</summary>
    private static NpgsqlCommand Command(Asked asked, string[] columns, string select)
    {
        var (tables, costs) = BookedCosts.OfUse(asked.KnownOn);
        var command = new NpgsqlCommand(
            $"""
            with {tables},
            lacking as materialized (
                select m.line_id, m.month, m.currency, m.workload, m.sku, {PriceSql.RatedMeter("m.meter")} as meter, m.events, m.unpriced, m.unconverted, m.incomplete,
                       l.reported_sku, l.above_tokens
                from (
                    select m.* from {costs} as m where m.tenant_id = $1 and m.month between $2 and $3 and ({string.Join(" or ", columns.Select(column => $"m.{column} <> 0"))})
                    union all
                    select m.* from booking as b join {costs} as m on m.tenant_id = $1 and m.month = b.month
                    where b.books_in between $2 and $3 and m.month not between $2 and $3
                      and ({string.Join(" or ", columns.Select(column => $"{BookedCosts.NotAccepted(column)} <> 0"))})) as m
                join spend.cost_line as l using (line_id))
            {select}
            """, asked.Connection);
        command.CommandTimeout = asked.KnownOn is null ? command.CommandTimeout : BookedCosts.LongestForThePast;
        BookedCosts.AddParameters(command, asked.From ?? new(2000, 1), asked.To ?? new(2199, 12), asked.KnownOn ?? asked.Today);
        return command;
    }

    private sealed record Asked(NpgsqlConnection Connection, BillingPeriod? From, BillingPeriod? To, DateOnly? KnownOn, DateOnly Today);
}
