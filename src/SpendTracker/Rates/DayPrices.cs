using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>The price that holds for a quantity on its day.</summary>
/// <param name="Sku">What it is priced as, by the aliases.</param>
/// <param name="EffectiveFrom">Since when the rate holds; null for an amount of money, which is worth itself.</param>
/// <param name="Price">The rate's price, for <paramref name="Per"/> units, before discount.</param>
/// <param name="UnitPrice">Of one unit, discount taken off, in the currency.</param>
/// <param name="Currency">Of the price.</param>
/// <param name="DiscountPercent">What came off the list price; null where nothing did.</param>
/// <param name="ExchangeRate">Units of the reporting currency for one of the currency; null where nobody published one.</param>
/// <param name="Negotiated">Whether it is a rate of ours.</param>
public sealed record DayPrice(
    string Sku, DateOnly? EffectiveFrom, decimal Price, decimal Per, decimal UnitPrice, string Currency, decimal? DiscountPercent,
    decimal? ExchangeRate, bool Negotiated, string Source)
{
    /// <summary><see cref="FreePrice.Of"/>.</summary>
    public string? Free => FreePrice.Of(Price, Negotiated ? RateKind.Negotiated : RateKind.List, Source);
}

/// <summary>What holds for a quantity on its day.</summary>
/// <param name="Price">Null where there is none.</param>
/// <param name="IsUnpriced">Whether it may be owed, and no rate covers it.</param>
/// <param name="IsIncomplete">Whether not all that is asked for it is in the price; of a part, in its whole's.</param>
public readonly record struct DayPricing(DayPrice? Price, bool IsUnpriced, bool IsIncomplete);

/// <summary>The prices of single quantities, by the formula that prices the sums.</summary>
public sealed class DayPrices
{
    private readonly Dictionary<(string Sku, string Meter, int AboveTokens, DateOnly Day), DayPricing> _prices = [];

    private DayPrices()
    {
    }

    /// <param name="knownOn">As they were known at the end of this day; null for now.</param>
    public static async Task<DayPrices> LoadAsync(NpgsqlDataSource dataSource, IEnumerable<UsageQuantity> quantities, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        var wanted = quantities.Select(quantity => (quantity.Sku, quantity.Meter, quantity.AboveTokens, quantity.Day)).Distinct().ToArray();
        var known = knownOn is null ? null : "$6";
        await using var command = dataSource.CreateCommand(
            $"""
            with wanted as materialized (
                select l.*, coalesce(a.sku, l.reported_sku) as sku
                from (select $1::text as tenant_id, * from unnest($2::text[], $3::text[], $4::int[], $5::date[]) as w (reported_sku, meter, above_tokens, day)) as l
                left join lateral ({PriceSql.Alias(known)}) as a on true),
            priced as ({PriceSql.Priced("wanted", known)})
            select p.reported_sku, p.meter, p.above_tokens, p.day, p.sku, r.effective_from, trim_scale(coalesce(r.price, 1)), trim_scale(coalesce(r.per, 1)),
                   trim_scale(p.unit_price), p.currency, trim_scale(p.percent), trim_scale(p.exchange_rate), coalesce(r.kind = 'negotiated', false), coalesce(r.source, 'As charged'),
                   p.is_unpriced, p.is_incomplete
            from priced as p
            left join lateral (
                select r.* from rate as r
                where r.publication = p.publication and r.meter = p.meter and r.above_tokens <= p.above_tokens
                order by r.above_tokens desc limit 1) as r on true
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = Array.ConvertAll(wanted, w => w.Sku) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(wanted, w => w.Meter) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(wanted, w => w.AboveTokens) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(wanted, w => w.Day) });
        command.Parameters.Add(new() { Value = (object?)knownOn ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var prices = new DayPrices();
        while (await reader.ReadAsync(cancellationToken))
        {
            var price = reader.IsDBNull(8) ? null : new DayPrice(
                reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetFieldValue<DateOnly>(5), reader.GetDecimal(6), reader.GetDecimal(7), reader.GetDecimal(8),
                reader.GetString(9), reader.IsDBNull(10) ? null : reader.GetDecimal(10), reader.IsDBNull(11) ? null : reader.GetDecimal(11),
                reader.GetBoolean(12), reader.GetString(13));
            prices._prices[(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetFieldValue<DateOnly>(3))] = new(price, reader.GetBoolean(14), reader.GetBoolean(15));
        }

        return prices;
    }

    /// <param name="quantity">One that was loaded.</param>
    public DayPricing Of(UsageQuantity quantity) => _prices[(quantity.Sku, quantity.Meter, quantity.AboveTokens, quantity.Day)];
}
