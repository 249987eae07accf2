using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Rates;

namespace SpendTracker.Costs;

/// <summary>Usage that became known between two days, at the prices known at the second.</summary>
/// <param name="Unpriced">What of the quantity had no rate or no exchange rate at the second day, so that no amount has it.</param>
public sealed record UsageMove(string Workload, Approach Approach, string Sku, string Meter, decimal Quantity, long Events, decimal Amount, decimal Unpriced = 0);

/// <summary>Usage that was known already, and whose price changed between two days.</summary>
/// <param name="SkuBefore">What it was priced as; another than <paramref name="Sku"/> where an alias came or went.</param>
/// <param name="UnitPriceBefore">In the reporting currency; null where there was none.</param>
/// <param name="Before">The publication that priced it; null where there was none, or it was as charged.</param>
/// <param name="Quantity">That was known at the first day.</param>
/// <param name="Currency">Of the price at the second day; of that at the first where there is none.</param>
/// <param name="Free">Whose word it is, where the price at the second day is 0: <see cref="FreePrice.Of"/>.</param>
public sealed record PriceMove(
    string Workload, Approach Approach, string SkuBefore, string Sku, string Meter, decimal Quantity, decimal? UnitPriceBefore, decimal? UnitPriceAfter, Guid? Before, Guid? After,
    DateOnly FirstDay, DateOnly LastDay, string Currency, decimal Amount, string? Free)
{
    /// <summary>What was published or withdrawn between the days, and why the price is another; the earliest first.</summary>
    public IReadOnlyList<PublicationChange> Causes { get; init; } = [];

    /// <summary>Whether a change of the price book is behind it.</summary>
    public bool IsCausedBy(PublicationChange change) => change.Kind switch
    {
        "rate" => change.Publication == Before || change.Publication == After,
        "discount" => change.Subject == Sku || (change.Subject.EndsWith('*') && Sku.StartsWith(change.Subject[..^1], StringComparison.Ordinal)),
        "alias" => SkuBefore != Sku && (change.Subject == Sku || change.Subject == SkuBefore),
        "exchange-rate-age" => UnitPriceBefore is null != UnitPriceAfter is null,
        _ => change.Subject == Currency,
    };
}

/// <summary>What a closing moved between periods: corrections booked in the month, or parts of it booked in a later one.</summary>
/// <param name="Origin">The month of use.</param>
/// <param name="Booked">The month of booking.</param>
public sealed record BookingMove(string Origin, string Booked, decimal Amount);

/// <summary>An event of the month that was corrected: what it counted is taken back, among the usage that became known.</summary>
/// <param name="Event">Its id in the log; its page shows the whole chain.</param>
/// <param name="RecordedOn">The day since which it counts for nothing.</param>
public sealed record CorrectionMove(Guid Event, string Workload, DateOnly RecordedOn);

/// <summary>Why a month's total at the end of one day is another at the end of a later day. The moves add up to the difference.</summary>
public sealed record Explanation(
    BillingPeriod Month, DateOnly From, DateOnly To, decimal Before, decimal After, IReadOnlyList<UsageMove> Usage, IReadOnlyList<PriceMove> Prices,
    IReadOnlyList<BookingMove> Bookings, IReadOnlyList<CorrectionMove> Corrections)
{
    /// <summary>Each amount is rounded by itself, so that many together may miss the difference by a little in the last decimals.</summary>
    public bool AddsUp => Math.Abs(Before + Explained - After) <= Moves.Append(Before).Append(After).Sum(MostRoundedOff);

    public decimal Explained => Moves.Sum();

    private IEnumerable<decimal> Moves => [.. Usage.Select(move => move.Amount), .. Prices.Select(move => move.Amount), .. Bookings.Select(move => move.Amount)];

    /// <summary>Of a sum to 18 decimals, with room; of one that is too large for as many, to millionths (<see cref="PriceSql.Sum"/>).</summary>
    private static decimal MostRoundedOff(decimal amount) => Math.Abs(amount) >= PriceSql.MostWithAllDecimals ? 0.0000005m : 0.0000000000001m;
}

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
        var (before, bookedBefore) = await BookedAsync(month, from, workload, cancellationToken);
        var (after, bookedAfter) = await BookedAsync(month, to, workload, cancellationToken);
        var bookings = bookedBefore.Keys.Union(bookedAfter.Keys)
            .Select(key => new BookingMove(key.Origin, key.Booked, bookedAfter.GetValueOrDefault(key) - bookedBefore.GetValueOrDefault(key)))
            .Where(move => move.Amount != 0).OrderBy(move => move.Origin, StringComparer.Ordinal).ThenBy(move => move.Booked, StringComparer.Ordinal);
        var prices = await PricesAsync(month, from, to, workload, cancellationToken);
        var changes = prices.Count > 0 ? await publications.BetweenAsync(from, to, cancellationToken) : [];
        return new Explanation(
            month, from, to, before, after, await UsageAsync(month, from, to, workload, cancellationToken),
            [.. prices.Select(move => move with { Causes = [.. changes.Where(move.IsCausedBy)] })], [.. bookings],
            await CorrectionsAsync(month, from, to, workload, cancellationToken));
    }

    /// <summary>The month's total, and the parts that came from or went to other months; what went counts against it.</summary>
    private async Task<(decimal Total, Dictionary<(string Origin, string Booked), decimal> Moved)> BookedAsync(
        BillingPeriod month, DateOnly knownOn, string? workload, CancellationToken cancellationToken)
    {
        var where = workload is null ? [] : new Dictionary<string, string> { ["workload"] = workload };
        CostDimension[] by = [CostDimension.Find("origin")!];
        var here = await monthly.ByAsync(new CostFilter(month, month) { KnownOn = knownOn, Where = where }, by, cancellationToken);
        var elsewhere = await monthly.ByAsync(new CostFilter(month.Next, new(2199, 12)) { KnownOn = knownOn, Where = where, Origin = month }, by, cancellationToken);
        var costs = here.Concat(elsewhere).ToArray();
        var name = month.ToString();
        return (
            costs.Where(cost => cost.Month == name).Sum(cost => cost.Actual),
            costs.Where(cost => (cost.Month == name) != (cost.Keys["origin"] == name))
                .ToDictionary(cost => (cost.Keys["origin"], cost.Month), cost => cost.Month == name ? cost.Actual : -cost.Actual));
    }

    private async Task<IReadOnlyList<UsageMove>> UsageAsync(BillingPeriod month, DateOnly from, DateOnly to, string? workload, CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"""
            select workload, approach, sku_after, meter, trim_scale(sum(after - before)), sum(events)::bigint, {PriceSql.Sum("(after - before) * coalesce(price_after, 0)")},
                   trim_scale(coalesce(sum(after - before) filter (where price_after is null), 0))
            from moved
            group by 1, 2, 3, 4
            having bool_or(after <> before)
            order by sum((after - before) * coalesce(price_after, 0)) desc, 1, 2, 3, 4
            """, month, from, to, workload);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<UsageMove> moves = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            moves.Add(new UsageMove(
                reader.GetString(0), EnumName.Parse<Approach>(reader.GetString(1)), reader.GetString(2), reader.GetString(3), reader.GetDecimal(4), reader.GetInt64(5), reader.GetDecimal(6), reader.GetDecimal(7)));
        }

        return moves;
    }

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
                   min(day), max(day), currency, {PriceSql.Sum(Amount)}, r.source, r.kind
            from moved left join lateral (
                select source, kind from spend.rate as r where r.publication = publication_after and r.meter = moved.meter and r.unit_price = 0 limit 1) as r on true
            where before <> 0 and (price_before is distinct from price_after or publication_before is distinct from publication_after or sku_before <> sku_after)
              and (price_before is not null or price_after is not null)
            group by workload, approach, sku_before, sku_after, meter, price_before, price_after, publication_before, publication_after, currency, r.source, r.kind
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
                reader.IsDBNull(7) || reader.IsDBNull(14) ? null : FreePrice.Of(reader.GetDecimal(7), EnumName.Parse<RateKind>(reader.GetString(15)), reader.GetString(14))));
        }

        return moves;
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
            moved as materialized (
                select u.*, b.unit_price * b.exchange_rate as price_before, b.publication as publication_before,
                       a.unit_price * a.exchange_rate as price_after, a.publication as publication_after,
                       coalesce(nullif(a.currency, ''), b.currency) as currency
                from used as u
                join price_before as b on (b.sku, b.meter, b.above_tokens, b.day) = (u.sku_before, u.meter, u.above_tokens, u.day)
                join price_after as a on (a.sku, a.meter, a.above_tokens, a.day) = (u.sku_after, u.meter, u.above_tokens, u.day))
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
