using System.Runtime.InteropServices;
using Npgsql;
using SpendTracker.Rates;

namespace SpendTracker.Forecasts;

/// <summary>
/// What a unit cost on each day, in the reporting currency, for groups of cost lines that are priced alike. Prices are looked up on the
/// days on which one changes, which are few, instead of on each day; and as they were known before one was published for days that were
/// over. Exchange rates are those known now.
/// </summary>
internal sealed class DailyPrices
{
    private readonly Dictionary<int, List<Step>> _steps = []; // By group; days in their order.

    /// <summary>
    /// Continues a statement with <c>price_group</c>: price_group, tenant_id, sku, meter and above_tokens. $1: the tenant, $2: the first
    /// day, $3: the last. Of a price's digits as many as a decimal has.
    /// </summary>
    public static readonly string UnitPrices =
        $"""
        of_sku as materialized (
            select price_group, sku from price_group
            union select g.price_group, a.sku from price_group as g join spend.alias as a on a.tenant_id = $1 and a.model like '%*%' and g.sku like a.model_like),
        published as materialized (
            select s.price_group, r.effective_from, r.effective_to, r.recorded_on, r.publication from of_sku as s join spend.rate as r on r.tenant_id = $1 and r.sku = s.sku
            union
            select s.price_group, d.effective_from, d.effective_to, d.recorded_on, d.publication from of_sku as s join spend.discount as d on d.tenant_id = $1 and s.sku like d.sku_like),
        changed as (
            select price_group, $2::date as day from price_group
            union select price_group, effective_from from published
            union select price_group, effective_to + 1 from published where effective_to < 'infinity'),
        known as (
            select price_group, date 'infinity' as known_until from price_group
            union select price_group, recorded_on - 1 from published where recorded_on > effective_from
            union select p.price_group, w.recorded_on - 1 from published as p join spend.withdrawal as w using (publication)),
        step as materialized (
            select g.*, c.day, k.known_until
            from price_group as g join changed as c using (price_group) join known as k using (price_group)
            where c.day between $2 and $3 and k.known_until >= c.day)
        select p.price_group, p.day, p.known_until, p.currency, trim_scale(round(p.unit_price, case when abs(p.unit_price) < 1000 then 24 else 6 end))
        from ({PriceSql.Priced("step", "u.known_until")}) as p
        order by 1, 2, 3
        """;

    /// <summary>$1: the tenant, $2: the first day, $3: the last. What has no exchange rate on a day is not among them.</summary>
    public static readonly string ExchangeRates =
        $"""
        select c.currency, c.day, x.rate
        from (
            select r.tenant_id, r.currency, d.day::date as day
            from (select distinct tenant_id, currency from spend.exchange_rate where tenant_id = $1) as r
            cross join generate_series($2::timestamp, $3::timestamp, interval '1 day') as d (day)) as c
        cross join lateral ({PriceSql.ExchangeRate("c", "c.currency")}) as x
        """;

    /// <summary>Reads both, exchange rates first.</summary>
    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        Dictionary<string, Dictionary<DateOnly, decimal>> exchange = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(exchange, reader.GetString(0), out _) ??= []).Add(reader.GetFieldValue<DateOnly>(1), reader.GetDecimal(2));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var steps = CollectionsMarshal.GetValueRefOrAddDefault(_steps, reader.GetInt32(0), out _) ??= [];
            var day = reader.GetFieldValue<DateOnly>(1);
            if (steps.Count == 0 || steps[^1].From != day)
            {
                steps.Add(new(day, []));
            }

            steps[^1].Known.Add(new(
                reader.GetFieldValue<DateOnly>(2), reader.IsDBNull(4) ? null : reader.GetDecimal(4), exchange.GetValueOrDefault(reader.GetString(3), [])));
        }
    }

    /// <summary>
    /// What a quantity was known to cost: from the day on which it was recorded, and by how much more from each day on which another
    /// price was published for its day. What has no price now costs nothing. What had none before counts with the first that it got
    /// from the start: nobody could have forecast without one.
    /// </summary>
    /// <param name="costs">Gets the days from which it was known, and the amounts.</param>
    public void Cost(int group, DateOnly day, DateOnly recordedOn, decimal quantity, List<(DateOnly KnownOn, decimal Amount)> costs)
    {
        costs.Clear();
        var known = KnownFor(group, day);
        if (known is null || known[^1].On(day) is null)
        {
            return;
        }

        decimal? before = null;
        for (var at = 0; at < known.Count; at++)
        {
            if (known[at].Until >= recordedOn && known[at].Until >= day && known[at].On(day) is { } price && price != before)
            {
                costs.Add((before is null ? recordedOn : known[at - 1].Until.AddDays(1), quantity * (price - (before ?? 0))));
                before = price;
            }
        }
    }

    /// <summary>How its price was known over time; null where nothing of the group is priced.</summary>
    private List<Known>? KnownFor(int group, DateOnly day)
    {
        if (!_steps.TryGetValue(group, out var steps))
        {
            return null;
        }

        var at = steps.Count - 1;
        while (at >= 0 && steps[at].From > day)
        {
            at--;
        }

        return at < 0 ? null : steps[at].Known;
    }

    /// <summary>Prices from a day on.</summary>
    private readonly record struct Step(DateOnly From, List<Known> Known);

    /// <param name="Until">The last day on which this was what was known.</param>
    private readonly record struct Known(DateOnly Until, decimal? UnitPrice, IReadOnlyDictionary<DateOnly, decimal> Exchange)
    {
        public decimal? On(DateOnly day) => UnitPrice is { } price && Exchange.TryGetValue(day, out var rate) ? price * rate : null;
    }
}
