using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>
/// The one formula for what a quantity costs, as SQL. It prices new usage, re-rates past usage, previews a change, answers
/// what was known on an earlier day, and prices a single event for those who look at it.
/// </summary>
internal static class PriceSql
{
    /// <summary><see cref="Meters.Informational"/>, as a list.</summary>
    public static readonly string InformationalMeters = List(Meters.Informational);

    /// <summary>
    /// Rows <c>u</c> with tenant_id, sku, meter, above_tokens and day, and the price of one unit on that day. The rate of a day
    /// is the one effective last before it or on it; of several from one day, the one published last; of its steps, the
    /// longest context that the quantity's exceeds; and where that one has ended, none of its kind. What was negotiated holds;
    /// otherwise a discount comes off the list price, which <c>*</c> does of all that providers ask.
    /// Nothing falls back to another SKU's or meter's rate: without one there is no price. But before the first day of any rate of
    /// its own, a SKU is priced by the pattern that reaches its name.
    /// <c>list_price</c> is what one unit would have cost at the list price, in the reporting currency, since list price and
    /// negotiated rate may be in different currencies: by the list's currency's exchange rate of the day. Where there is no list
    /// price, or none for its currency, it is the price paid, so that nothing is shown as saved that nobody knows. Null where
    /// the price paid cannot be converted: what is in no amount is in no list amount.
    /// <para>
    /// A part of a meter has no price, since the whole is charged. <c>is_incomplete</c>: the publication that prices the meter, or
    /// the part's whole, says that it does not carry all of its source's prices; or the list has a step for the standard tier's
    /// meter, or for the total's, that the price used lacks. <c>is_unpriced</c>: it may be owed, and no rate covers it. Requests of
    /// usage without tokens are, where their SKU has no price for tokens, either: a call that failed costs no tokens of a model that is
    /// priced by tokens, while of a reranker nobody has priced, requests are all that there is.
    /// </para>
    /// </summary>
    /// <param name="source">A relation with those columns; each row is looked up, so they should be distinct.</param>
    /// <param name="knownOn">An SQL date: what was published later counts for nothing. Null: all that is known.</param>
    public static string Priced(string source, string? knownOn = null) =>
        $"""
        select u.*, coalesce(p.currency, '') as currency, p.unit_price, x.rate as exchange_rate, d.percent,
               case when x.rate is null then null
                    when l.currency = p.currency then l.unit_price * x.rate
                    else coalesce(l.unit_price * ({ExchangeRate("u", "l.currency", knownOn)}), p.unit_price * x.rate) end as list_price,
               case when o.unit_price is null then l.publication else o.publication end as publication,
               p.unit_price is null and (case when u.meter = '{Meters.RequestsWithoutTokens}' then not ({HasRateOfUse(knownOn)}) else u.meter not in ({InformationalMeters}) end) as is_unpriced,
               case when u.meter = w.meter then p.unit_price is not null and (s.lacks_step or i.is_named) else i.is_named and not s.lacks_step end as is_incomplete
        from {source} as u
        cross join lateral (select coalesce(({PatternBeforeOwnRate(knownOn)}), u.sku) as sku offset 0) as n
        cross join lateral (select {Whole("u.meter")} as meter) as w
        left join lateral ({RateOfTheDay("list", "w.meter", knownOn)}) as l on true
        left join lateral ({RateOfTheDay("negotiated", "w.meter", knownOn)}) as o on true
        cross join lateral (
            select exists (
                select from (select {Total("w.meter")} as meter offset 0) as t cross join lateral ({RateOfTheDay("list", "t.meter", knownOn)}) as total
                where u.above_tokens > 0 and t.meter <> w.meter and o.unit_price is null and total.above_tokens > l.above_tokens) as lacks_step) as s
        cross join lateral (
            select exists (
                select from unnest(string_to_array(case when o.unit_price is null then l.not_carried else o.not_carried end, ' ')) as named
                where split_part(named, ':', 1) = u.meter and split_part(named, ':', 2)::int <= u.above_tokens) as is_named) as i
        left join lateral (
            select percent from discount as d
            where d.tenant_id = u.tenant_id and l.unit_price is not null and n.sku like d.sku_like and not (d.sku = '*' and {IsOwnWork("n.sku")})
              and u.day between d.effective_from and d.effective_to {Known("d", knownOn)}
            order by length(d.sku) desc, d.effective_from desc, d.seq_id desc
            limit 1) as d on o.unit_price is null
        cross join lateral (
            select case when u.meter = '{Meters.Amount}' and u.sku like 'charge/%' then substr(u.sku, 8)
                        when u.meter <> w.meter then null
                        else coalesce(o.currency, l.currency) end as currency,
                   case when u.meter = '{Meters.Amount}' and u.sku like 'charge/%' then 1
                        when u.meter <> w.meter then null
                        else coalesce(o.unit_price, l.unit_price * (1 - coalesce(d.percent, 0) * 0.01)) end as unit_price) as p
        left join lateral ({ExchangeRate("u", "p.currency", knownOn)}) as x on true
        """;

    /// <summary>Whether a SKU is of the organisation's own work, which no provider has a discount on.</summary>
    private static string IsOwnWork(string sku) => $"({string.Join(" or ", Discounts.OwnWork.Select(own => $"starts_with({sku}, '{own}')"))})";

    /// <summary>
    /// What a currency is worth on a day: the rate effective last before it or on it; of two from one day, the one published last.
    /// None if that rate is older than <c>exchange_rate_age</c> allows on the day: it is stale, and nothing older is better.
    /// </summary>
    /// <param name="row">With tenant_id and day.</param>
    public static string ExchangeRate(string row, string currency, string? knownOn = null) =>
        $"""
        select x.rate
        from (
            select x.rate, x.effective_from from exchange_rate as x
            where x.tenant_id = {row}.tenant_id and x.currency = {currency} and x.effective_from <= {row}.day {Known("x", knownOn)}
            order by x.effective_from desc, x.seq_id desc
            limit 1) as x
        where x.effective_from <= '{ReportingCurrencySince}'
           or x.effective_from >= {row}.day - {AgeAllowed(row, knownOn)}
        """;

    /// <summary>The day of the newest exchange rate of a currency that is stale on a day; null where there is none.</summary>
    /// <param name="row">With tenant_id and day.</param>
    public static string StaleRate(string row, string currency, string? knownOn = null) =>
        $"""
        select max(x.effective_from) from exchange_rate as x
        where x.tenant_id = {row}.tenant_id and x.currency = {currency} and x.effective_from > '{ReportingCurrencySince}'
          and x.effective_from < {row}.day - {AgeAllowed(row, knownOn)} {Known("x", knownOn)}
        """;

    private static string AgeAllowed(string row, string? knownOn) =>
        $"""
        coalesce((
            select a.days from exchange_rate_age as a
            where a.tenant_id = {row}.tenant_id and a.effective_from <= {row}.day {(knownOn is null ? "" : $"and a.recorded_on <= {knownOn}")}
            order by a.effective_from desc, a.seq_id desc
            limit 1), {AnyAge})
        """;

    /// <summary>What is effective then or before, by minus infinity, is the reporting currency, which is worth itself.</summary>
    public const string ReportingCurrencySince = "0001-01-01";

    /// <summary>Days; of a log that says nothing of it.</summary>
    private const string AnyAge = "1000000";

    /// <summary>
    /// Sums over rows <c>u</c> with a quantity and events, and <c>p</c> of <see cref="Priced"/>; amounts in the reporting currency.
    /// What is unconverted is found by its events: an invoice and a credit may come to nothing, and two exchange rates later not.
    /// </summary>
    public const string Sums =
        """
        coalesce(sum(u.quantity * p.list_price), 0) as list_amount,
        coalesce(sum(u.quantity * p.unit_price * p.exchange_rate), 0) as amount,
        coalesce(sum(u.quantity) filter (where p.is_unpriced), 0) as unpriced,
        coalesce(sum(u.quantity) filter (where p.is_incomplete), 0) as incomplete,
        coalesce(sum(u.quantity * p.unit_price) filter (where p.exchange_rate is null), 0) as unconverted,
        coalesce(sum(u.events) filter (where p.unit_price is not null and p.exchange_rate is null), 0) as unconverted_events
        """;

    /// <summary>Whether a row, or what nobody has accepted of it, has an amount without an exchange rate.</summary>
    public const string IsUnconverted = "(unconverted <> 0 or unconverted_events <> 0)";

    /// <summary>What a <c>meter</c> counts, of which different meters' quantities may be added up.</summary>
    public const string Unit = "case when meter like '%hours' then 'hours' when meter = 'items' then 'items' when meter = 'amount' then 'amounts' when meter like 'requests%' then 'requests' else 'tokens' end";

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
          and (a.model not like '%*%' or not (({FineTunedNames.Sql("l.reported_sku")}) or exists ({OwnRates("l", "reported_sku", knownOn, position)})))
          {KnownAt("a", knownOn, position)}
        order by a.model like '%*%', length(a.model) desc, a.seq_id desc
        limit 1
        """;

    /// <summary>The SKU that a pattern gives a SKU <c>u.sku</c> which has a rate of its own, on a day before the first of them; otherwise null.</summary>
    private static string PatternBeforeOwnRate(string? knownOn) =>
        $"""
        select a.sku from alias as a
        where a.tenant_id = u.tenant_id and a.model like '%*%' and u.sku like a.model_like and not ({FineTunedNames.Sql("u.sku")}) {Known("a", knownOn)}
          and exists ({OwnRates("u", "sku", knownOn)}) and not exists ({OwnRates("u", "sku", knownOn)} and r.effective_from <= u.day)
        order by length(a.model) desc, a.seq_id desc
        limit 1
        """;

    /// <summary>
    /// Rates of a row's own SKU: for its use, or for training it, since of many models only the training is on the list under the
    /// name that can be trained.
    /// </summary>
    private static string OwnRates(string row, string sku, string? knownOn, string? position = null) =>
        $"""
        select from rate as r
        where r.tenant_id = {row}.tenant_id and r.sku = {row}.{sku} and (r.meter = '{Meters.TrainingTokens}') = ({row}.meter = '{Meters.TrainingTokens}') {KnownAt("r", knownOn, position)}
        """;

    /// <summary>A sum of amounts as it is read: exact, up to 18 decimals; one too large for a decimal with that many, to millionths.</summary>
    public static string Sum(string column) => $"trim_scale(round(sum({column}), case when abs(sum({column})) < {MostWithAllDecimals} then 18 else 6 end))";

    /// <summary>A decimal has 28 digits.</summary>
    public const decimal MostWithAllDecimals = 1_000_000_000;

    /// <summary>The meter that a rate is published for where a meter lacks one.</summary>
    public static string RatedMeter(string meter) => $"case when {meter} = '{Meters.RequestsWithoutTokens}' then '{Meters.Requests}' else {meter} end";

    /// <summary>The meter that a part is of; otherwise itself.</summary>
    private static string Whole(string meter) =>
        $"case {meter} {string.Concat(Meters.Parts.Select(part => $"when '{part.Key}' then '{part.Value}' "))}else {meter} end";

    /// <summary>The standard tier's meter of the total that a token meter is carved out of; otherwise itself.</summary>
    private static string Total(string meter) =>
        $"case {string.Concat(Meters.Totals.Select(total => $"when {meter} in ({List(total.Value)}) then '{total.Key}' "))}else {meter} end";

    private static string List(IEnumerable<string> meters) => string.Join(", ", meters.Select(meter => $"'{meter}'"));

    /// <summary>Whether a price of tokens or requests of the SKU holds on the day.</summary>
    private static string HasRateOfUse(string? knownOn) =>
        $"""
        exists (
            select from (
                select distinct on (r.meter, r.kind) r.effective_to from rate as r
                where r.tenant_id = u.tenant_id and r.sku = n.sku and r.effective_from <= u.day
                  and r.meter in ({List(Meters.Priced.Where(Meters.HasSteps).Append(Meters.Requests))}) {Known("r", knownOn)}
                order by r.meter, r.kind, r.effective_from desc, r.seq_id desc) as r
            where r.effective_to >= u.day)
        """;

    private static string RateOfTheDay(string kind, string meter, string? knownOn) =>
        $"""
        select r.unit_price, r.currency, r.publication, r.above_tokens, r.not_carried
        from (
            select r.* from rate as r
            where r.tenant_id = u.tenant_id and r.sku = n.sku and r.meter = {meter} and r.kind = '{kind}' and r.effective_from <= u.day
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
