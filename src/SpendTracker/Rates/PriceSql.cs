using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>
/// The one formula for what a quantity costs, as SQL. It prices new usage, re-rates past usage, previews a change, answers
/// what was known on an earlier day, and prices a single event for those who look at it.
/// </summary>
internal static class PriceSql
{
    /// <summary>Meters that tell something without being owed for: without a rate they are not unpriced.</summary>
    public const string InformationalMeters = $"'{Meters.Requests}', '{Meters.IdleHostingHours}', '{Meters.ReportedCost}'";

    /// <summary>
    /// Rows <c>u</c> with tenant_id, sku, meter, above_tokens and day, and the price of one unit on that day. The rate of a day
    /// is the one effective last before it or on it; of several from one day, the one published last; of its steps, the
    /// longest context that the quantity's exceeds; and where that one has ended, none of its kind. What was negotiated holds;
    /// otherwise a discount comes off the list price, which <c>*</c> does of all that providers ask.
    /// Nothing falls back to another SKU's or meter's rate: without one there is no price.
    /// <c>list_price</c> is what one unit would have cost at the list price, in the reporting currency, since list price and
    /// negotiated rate may be in different currencies: by the list's currency's exchange rate of the day. Where there is no list
    /// price, or none for its currency, it is the price paid, so that nothing is shown as saved that nobody knows. Null where
    /// the price paid cannot be converted: what is in no amount is in no list amount.
    /// </summary>
    /// <param name="source">A relation with those columns; each row is looked up, so they should be distinct.</param>
    /// <param name="knownOn">An SQL date: what was published later counts for nothing. Null: all that is known.</param>
    public static string Priced(string source, string? knownOn = null) =>
        $"""
        select u.*, coalesce(p.currency, '') as currency, p.unit_price, x.rate as exchange_rate, d.percent,
               case when x.rate is null then null
                    when l.currency = p.currency then l.unit_price * x.rate
                    else coalesce(l.unit_price * ({ExchangeRate("u", "l.currency", knownOn)}), p.unit_price * x.rate) end as list_price,
               case when o.unit_price is null then l.publication else o.publication end as publication
        from {source} as u
        left join lateral ({RateOfTheDay("list", knownOn)}) as l on true
        left join lateral ({RateOfTheDay("negotiated", knownOn)}) as o on true
        left join lateral (
            select percent from discount as d
            where d.tenant_id = u.tenant_id and l.unit_price is not null and u.sku like d.sku_like and not (d.sku = '*' and {IsOwnWork("u.sku")})
              and u.day between d.effective_from and d.effective_to {Known("d", knownOn)}
            order by length(d.sku) desc, d.effective_from desc, d.seq_id desc
            limit 1) as d on o.unit_price is null
        cross join lateral (
            select case when u.meter = '{Meters.Amount}' and u.sku like 'charge/%' then substr(u.sku, 8) else coalesce(o.currency, l.currency) end as currency,
                   case when u.meter = '{Meters.Amount}' and u.sku like 'charge/%' then 1
                        else coalesce(o.unit_price, l.unit_price * (1 - coalesce(d.percent, 0) * 0.01)) end as unit_price) as p
        left join lateral ({ExchangeRate("u", "p.currency", knownOn)}) as x on true
        """;

    /// <summary>Whether a SKU is of the organisation's own work, which no provider has a discount on.</summary>
    private static string IsOwnWork(string sku) => $"({string.Join(" or ", Discount.OwnWork.Select(own => $"starts_with({sku}, '{own}')"))})";

    /// <summary>What a currency is worth on a day: the rate effective last before it or on it; of two from one day, the one published last.</summary>
    /// <param name="row">With tenant_id and day.</param>
    public static string ExchangeRate(string row, string currency, string? knownOn = null) =>
        $"""
        select rate from exchange_rate as x
        where x.tenant_id = {row}.tenant_id and x.currency = {currency} and x.effective_from <= {row}.day {Known("x", knownOn)}
        order by x.effective_from desc, x.seq_id desc
        limit 1
        """;

    /// <summary>
    /// Sums over rows <c>u</c> with a quantity and events, and <c>p</c> of <see cref="Priced"/>; amounts in the reporting currency.
    /// What is unconverted is found by its events: an invoice and a credit may come to nothing, and two exchange rates later not.
    /// </summary>
    public const string Sums =
        $"""
        coalesce(sum(u.quantity * p.list_price), 0) as list_amount,
        coalesce(sum(u.quantity * p.unit_price * p.exchange_rate), 0) as amount,
        coalesce(sum(u.quantity) filter (where p.unit_price is null and p.meter not in ({InformationalMeters})), 0) as unpriced,
        coalesce(sum(u.quantity * p.unit_price) filter (where p.exchange_rate is null), 0) as unconverted,
        coalesce(sum(u.events) filter (where p.unit_price is not null and p.exchange_rate is null), 0) as unconverted_events
        """;

    /// <summary>Whether a row, or what nobody has accepted of it, has an amount without an exchange rate.</summary>
    public const string IsUnconverted = "(unconverted <> 0 or unconverted_events <> 0)";

    /// <summary>What a <c>meter</c> counts, of which different meters' quantities may be added up.</summary>
    public const string Unit = "case when meter like '%hours' then 'hours' when meter = 'items' then 'items' when meter = 'amount' then 'amounts' else 'tokens' end";

    /// <summary>
    /// The SKU that a reported SKU <c>l.reported_sku</c> is priced as, or null: exact names first, then the longest pattern. No
    /// pattern reaches a SKU that has a rate of its own, nor a name that looks like a fine-tuned model's (<see cref="FineTunedNames"/>).
    /// Aliases do not chain: what one leads to is a SKU of the price book.
    /// </summary>
    /// <param name="knownOn">An SQL date: what was published or withdrawn later counts for nothing. Null: all that is known.</param>
    /// <param name="position">An SQL place in the log: as it was there. Null: at its end.</param>
    public static string Alias(string? knownOn = null, string? position = null) =>
        $"""
        select a.sku from alias as a
        where a.tenant_id = l.tenant_id and l.reported_sku like a.model_like
          and (a.model not like '%*%' or not (({FineTunedNames.Sql("l.reported_sku")}) or ({HasOwnRate(knownOn, position)})))
          {KnownAt("a", knownOn, position)}
        order by a.model like '%*%', length(a.model) desc, a.seq_id desc
        limit 1
        """;

    /// <summary>
    /// Whether the SKU of a line <c>l</c> has a rate of its own, from whichever day: for its use, or for training it, since of many
    /// models only the training is on the list under the name that can be trained.
    /// </summary>
    private static string HasOwnRate(string? knownOn, string? position) =>
        $"""
        exists (
            select from rate as r
            where r.tenant_id = l.tenant_id and r.sku = l.reported_sku and (r.meter = '{Meters.TrainingTokens}') = (l.meter = '{Meters.TrainingTokens}') {KnownAt("r", knownOn, position)})
        """;

    /// <summary>A sum of amounts as it is read: exact, up to 18 decimals; one too large for a decimal with that many, to millionths.</summary>
    public static string Sum(string column) => $"trim_scale(round(sum({column}), case when abs(sum({column})) < {MostWithAllDecimals} then 18 else 6 end))";

    /// <summary>A decimal has 28 digits.</summary>
    public const decimal MostWithAllDecimals = 1_000_000_000;

    private static string RateOfTheDay(string kind, string? knownOn) =>
        $"""
        select r.unit_price, r.currency, r.publication
        from (
            select r.* from rate as r
            where r.tenant_id = u.tenant_id and r.sku = u.sku and r.meter = u.meter and r.kind = '{kind}' and r.effective_from <= u.day
              and r.above_tokens <= u.above_tokens {Known("r", knownOn)}
            order by r.effective_from desc, r.seq_id desc, r.above_tokens desc
            limit 1) as r
        where r.effective_to >= u.day
        """;

    private static string KnownAt(string row, string? knownOn, string? position) => position is null ? Known(row, knownOn) :
        $"""
        and {row}.seq_id <= {position} and {row}.recorded_on <= {knownOn ?? "'infinity'"}
          and not exists (select from withdrawal as w where w.publication = {row}.publication and w.seq_id <= {position} and w.recorded_on <= {knownOn ?? "'infinity'"})
        """;

    private static string Known(string row, string? knownOn) => knownOn is null
        ? $"and not exists (select from withdrawal as w where w.publication = {row}.publication)"
        : $"and {row}.recorded_on <= {knownOn} and not exists (select from withdrawal as w where w.publication = {row}.publication and w.recorded_on <= {knownOn})";
}
