using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Rates;

namespace SpendTracker.Costs;

/// <summary>
/// Takes the difference of a month's total between two days apart: (Q₂ − Q₁) × P₂ for what became known, Q₁ × (P₂ − P₁) for
/// prices, line by line and day by day, and what closings moved between periods. Source of the split: price and volume
/// variance as in cost accounting, at the later price, so that the two sum to the whole.
/// </summary>
public sealed class ExplainQuery(NpgsqlDataSource dataSource, MonthlyCostQuery monthly, PublicationChanges publications)
{
    /// <summary>Most corrections that an explanation names.</summary>
    public const int MostCorrections = 200;

    private const int MostReadings = 3;

    /// <param name="workload">Only what this one moved; null for all.</param>
    public async Task<Explanation> OfAsync(BillingPeriod month, DateOnly from, DateOnly to, string? workload, CancellationToken cancellationToken)
    {
        // Several queries, between which numbers may come in; then the moves do not add up, and it is read again.
        var explanation = await ReadAsync(month, from, to, workload, cancellationToken);
        for (var again = 0; again < MostReadings && !explanation.AddsUp; again++)
        {
            explanation = await ReadAsync(month, from, to, workload, cancellationToken);
        }

        return explanation;
    }

    private async Task<Explanation> ReadAsync(BillingPeriod month, DateOnly from, DateOnly to, string? workload, CancellationToken cancellationToken)
    {
        var before = await BookedAsync(month, from, workload, cancellationToken);
        var after = await BookedAsync(month, to, workload, cancellationToken);
        var bookings = before.Moved.Keys.Union(after.Moved.Keys).Select(key => Booking(key, before.Moved.GetValueOrDefault(key), after.Moved.GetValueOrDefault(key)))
            .Where(move => !move.IsNothing()).OrderBy(move => move.Origin, StringComparer.Ordinal).ThenBy(move => move.Booked, StringComparer.Ordinal);
        var prices = await PricesAsync(month, from, to, workload, cancellationToken);
        var changes = prices.Count > 0 ? await publications.BetweenAsync(from, to, cancellationToken) : [];
        return new Explanation(
            month, from, to, before.Total, after.Total, await UsageAsync(month, from, to, workload, cancellationToken),
            [.. prices.Select(move => move with { Causes = [.. changes.Where(move.IsCausedBy)] })], [.. bookings],
            await CorrectionsAsync(month, from, to, workload, cancellationToken)) { LackingBefore = before.Lacking, LackingAfter = after.Lacking };

        // What went to another month counts against this one.
        BookingMove Booking((string Origin, string Booked) key, MonthlyCost? first, MonthlyCost? last)
        {
            var (less, more) = key.Booked == month.ToString() ? (first, last) : (last, first);
            var lacking = Of(more).Less(Of(less));
            return new(key.Origin, key.Booked, (more?.Actual ?? 0) - (less?.Actual ?? 0), lacking.Unpriced, lacking.Incomplete, lacking.Unconverted);
        }

        static LackingTotal Of(MonthlyCost? cost) => LackingTotal.Of(cost is null ? [] : [cost]);
    }

    private sealed record Booked(decimal Total, LackingTotal Lacking, IReadOnlyDictionary<(string Origin, string Booked), MonthlyCost> Moved);

    /// <summary>The month's total, and the parts that came from or went to other months.</summary>
    private async Task<Booked> BookedAsync(BillingPeriod month, DateOnly knownOn, string? workload, CancellationToken cancellationToken)
    {
        var where = workload is null ? [] : new Dictionary<string, IReadOnlyList<string>> { ["workload"] = [workload] };
        CostDimension[] by = [CostDimension.Find("origin")!];
        var here = await monthly.ByAsync(new CostFilter(month, month) { KnownOn = knownOn, Where = where }, by, cancellationToken);
        var elsewhere = await monthly.ByAsync(new CostFilter(month.Next, new(2199, 12)) { KnownOn = knownOn, Where = where, Origin = month }, by, cancellationToken);
        var name = month.ToString();
        return new Booked(
            here.Sum(cost => cost.Actual), LackingTotal.Of(here),
            here.Where(cost => cost.Keys["origin"] != name).Concat(elsewhere).ToDictionary(cost => (cost.Keys["origin"], cost.Month)));
    }

    private async Task<IReadOnlyList<UsageMove>> UsageAsync(BillingPeriod month, DateOnly from, DateOnly to, string? workload, CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"""
            select workload, approach, sku_after, meter, trim_scale(sum(quantity)), sum(events)::bigint, {PriceSql.Sum("amount")}, trim_scale(sum(unpriced)), trim_scale(sum(incomplete)),
                   array_agg(currency) filter (where unconverted <> 0), array_agg(trim_scale(round(unconverted, 12))) filter (where unconverted <> 0),
                   array_agg(distinct array[free_kind, free_source]) filter (where free_source is not null and is_free), coalesce(bool_and(is_free), false)
            from (
                select workload, approach, sku_after, meter, case when exchange_rate_after is null then currency_after end as currency, free_kind, free_source,
                       sum(after - before) as quantity, sum(events) as events, sum((after - before) * coalesce(price_after, 0)) as amount,
                       coalesce(sum(after - before) filter (where unpriced_after), 0) as unpriced, coalesce(sum(after - before) filter (where incomplete_after), 0) as incomplete,
                       coalesce(sum((after - before) * own_after) filter (where exchange_rate_after is null), 0) as unconverted,
                       bool_and(coalesce(price_after = 0, false)) filter (where after <> before) as is_free, bool_or(after <> before) as has_moved
                from moved
                group by 1, 2, 3, 4, 5, 6, 7) as u
            group by 1, 2, 3, 4
            having bool_or(has_moved)
            order by sum(amount) desc, 1, 2, 3, 4
            """, month, from, to, workload);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<UsageMove> moves = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            moves.Add(new UsageMove(
                reader.GetString(0), EnumName.Parse<Approach>(reader.GetString(1)), reader.GetString(2), reader.GetString(3), reader.GetDecimal(4), reader.GetInt64(5), reader.GetDecimal(6),
                new(reader.GetDecimal(7), reader.GetDecimal(8), Amounts(reader, 9)), Free(reader)));
        }

        return moves;

        static string? Free(NpgsqlDataReader reader)
        {
            if (!reader.GetBoolean(12) || reader.IsDBNull(11))
            {
                return null;
            }

            var by = reader.GetFieldValue<string[,]>(11);
            return string.Join(", ", Enumerable.Range(0, by.GetLength(0)).Select(i => FreePrice.Of(0, EnumName.Parse<RateKind>(by[i, 0]), by[i, 1])));
        }
    }

    private static Dictionary<string, decimal> Amounts(NpgsqlDataReader reader, int at) =>
        reader.IsDBNull(at) ? [] : reader.GetFieldValue<string[]>(at).Zip(reader.GetFieldValue<decimal[]>(at + 1)).ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>The latest first, at most so many as a person reads.</summary>
    private async Task<IReadOnlyList<CorrectionMove>> CorrectionsAsync(BillingPeriod month, DateOnly from, DateOnly to, string? workload, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select event_id, workload, recorded_on from spend.applied_correction
            where tenant_id = $1 and month = $2 and recorded_on > $3 and recorded_on <= $4 and ($5 is null or workload = $5)
            order by recorded_on desc, workload, event_id limit {MostCorrections}
            """);
        command.Parameters.Add(new() { Value = Events.Tenant.Default });
        command.Parameters.Add(new() { Value = month.Start });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        command.Parameters.Add(new() { Value = (object?)workload ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<CorrectionMove> moves = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            moves.Add(new CorrectionMove(reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2)));
        }

        return moves;
    }

    private async Task<IReadOnlyList<PriceMove>> PricesAsync(BillingPeriod month, DateOnly from, DateOnly to, string? workload, CancellationToken cancellationToken)
    {
        const string Amount = "before * (coalesce(price_after, 0) - coalesce(price_before, 0))";
        await using var command = Command(
            $"""
            select workload, approach, sku_before, sku_after, meter, trim_scale(sum(before)), trim_scale(price_before), trim_scale(price_after), publication_before, publication_after,
                   min(day), max(day), coalesce(nullif(currency_after, ''), currency_before), {PriceSql.Sum(Amount)}, free_source, free_kind,
                   trim_scale(sum(before * (unpriced_after::int - unpriced_before::int))), trim_scale(sum(before * (incomplete_after::int - incomplete_before::int))),
                   currency_before, coalesce(trim_scale(round(sum(before * own_before) filter (where exchange_rate_before is null), 12)), 0),
                   currency_after, coalesce(trim_scale(round(sum(before * own_after) filter (where exchange_rate_after is null), 12)), 0)
            from moved
            where before <> 0 and (own_before is not null or own_after is not null or unpriced_before <> unpriced_after or incomplete_before <> incomplete_after)
              and (price_before is distinct from price_after or publication_before is distinct from publication_after or sku_before <> sku_after
                   or own_before is distinct from own_after or unpriced_before <> unpriced_after or incomplete_before <> incomplete_after)
            group by workload, approach, sku_before, sku_after, meter, price_before, price_after, publication_before, publication_after, currency_before, currency_after, free_source, free_kind
            order by abs(sum({Amount})) desc, workload, approach, sku_after, meter
            """, month, from, to, workload);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<PriceMove> moves = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            moves.Add(new PriceMove(
                reader.GetString(0), EnumName.Parse<Approach>(reader.GetString(1)), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetDecimal(5),
                reader.IsDBNull(6) ? null : reader.GetDecimal(6), reader.IsDBNull(7) ? null : reader.GetDecimal(7), reader.IsDBNull(8) ? null : reader.GetGuid(8),
                reader.IsDBNull(9) ? null : reader.GetGuid(9), reader.GetFieldValue<DateOnly>(10), reader.GetFieldValue<DateOnly>(11), reader.GetString(12), reader.GetDecimal(13),
                new(reader.GetDecimal(16), reader.GetDecimal(17), MonthlyCostQuery.Sum([One(reader, 18, -1), One(reader, 20, 1)]).Where(part => part.Value != 0).ToDictionary()),
                reader.IsDBNull(14) ? null : FreePrice.Of(0, EnumName.Parse<RateKind>(reader.GetString(15)), reader.GetString(14))));
        }

        return moves;

        static Dictionary<string, decimal> One(NpgsqlDataReader reader, int at, int sign) => new() { [reader.GetString(at)] = sign * reader.GetDecimal(at + 1) };
    }

    /// <summary>Rows <c>moved</c>, one a line and day: quantities and prices as known at the end of either day.</summary>
    private NpgsqlCommand Command(string select, BillingPeriod month, DateOnly from, DateOnly to, string? workload)
    {
        var command = dataSource.CreateCommand(
            $"""
            with line as materialized (
                select l.*, coalesce((select sku from ({PriceSql.Alias("$4")}) as a), l.reported_sku) as sku_before,
                       coalesce((select sku from ({PriceSql.Alias("$5")}) as a), l.reported_sku) as sku_after
                from (select line_id, tenant_id, workload, approach, reported_sku, meter, above_tokens from spend.cost_line
                      where tenant_id = $1 and ($6::text is null or workload = $6)) as l),
            used as materialized (
                select l.*, u.day, coalesce(sum(u.quantity) filter (where u.recorded_on <= $4 and u.day <= $4), 0) as before, sum(u.quantity) as after,
                       coalesce(sum(u.events) filter (where u.recorded_on > $4 or u.day > $4), 0) as events
                from spend.daily_usage as u join line as l using (line_id)
                where u.day >= $2 and u.day < $3 and u.recorded_on <= $5 and u.day <= $5
                group by l.line_id, l.tenant_id, l.workload, l.approach, l.reported_sku, l.meter, l.above_tokens, l.sku_before, l.sku_after, u.day),
            price_before as materialized ({PriceSql.Priced("(select distinct tenant_id, sku_before as sku, meter, above_tokens, day from used)", "$4")}),
            price_after as materialized ({PriceSql.Priced("(select distinct tenant_id, sku_after as sku, meter, above_tokens, day from used)", "$5")}),
            compared as materialized (
                select u.*, b.unit_price * b.exchange_rate as price_before, b.unit_price as own_before, b.exchange_rate as exchange_rate_before, b.publication as publication_before,
                       b.currency as currency_before, b.is_unpriced as unpriced_before, b.is_incomplete as incomplete_before,
                       a.unit_price * a.exchange_rate as price_after, a.unit_price as own_after, a.exchange_rate as exchange_rate_after, a.publication as publication_after,
                       a.currency as currency_after, a.is_unpriced as unpriced_after, a.is_incomplete as incomplete_after
                from used as u
                join price_before as b on (b.sku, b.meter, b.above_tokens, b.day) = (u.sku_before, u.meter, u.above_tokens, u.day)
                join price_after as a on (a.sku, a.meter, a.above_tokens, a.day) = (u.sku_after, u.meter, u.above_tokens, u.day)),
            free as materialized (
                select distinct on (r.publication, r.meter) r.publication, r.meter, r.kind as free_kind, r.source as free_source
                from spend.rate as r where r.unit_price = 0 and (r.publication, r.meter) in (select publication_after, meter from compared where price_after = 0)),
            moved as (
                select c.*, f.free_kind, f.free_source from compared as c left join free as f on c.price_after = 0 and (f.publication, f.meter) = (c.publication_after, c.meter))
            {select}
            """);
        command.CommandTimeout = BookedCosts.LongestForThePast;
        command.Parameters.Add(new() { Value = Events.Tenant.Default });
        command.Parameters.Add(new() { Value = month.Start });
        command.Parameters.Add(new() { Value = month.End });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        command.Parameters.Add(new() { Value = (object?)workload ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        return command;
    }
}
