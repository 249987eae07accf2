using Npgsql;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Costs;

/// <summary>
/// Costs by the billing period that they are booked in. Those of an open period are what they are now, less what of them is
/// frozen in a closed one. A closed period's are what was frozen; what differs from it since is booked in the first open
/// period after it. So the sum over all periods is always the cost of all usage.
/// </summary>
internal static class BookedCosts
{
    /// <summary>Whether an amount is another than what is frozen of it, which is rounded as <see cref="PriceSql.Sum"/> does.</summary>
    private static string Differs(string amount) =>
        $"m.{amount} <> m.closed_{amount} and round(m.{amount} - m.closed_{amount}, case when abs(m.{amount}) < 1e9 and abs(m.closed_{amount}) < 1e9 then 15 else 5 end) <> 0";

    /// <summary>
    /// What lacks a price, or an exchange rate, beyond what was accepted when it was frozen. It is no difference: where some of it
    /// has a price by now, nothing is lacking less than nothing, and it must not hide what another row lacks.
    /// </summary>
    /// <param name="column">Of a row <c>m</c>.</param>
    public static string NotAccepted(string column) =>
        $"case when m.{column} * m.closed_{column} <= 0 then m.{column} when abs(m.{column}) <= abs(m.closed_{column}) then 0 else m.{column} - m.closed_{column} end";

    /// <summary>Seconds. What was known on a day is worked out from daily rows: seconds at millions of them.</summary>
    public const int LongestForThePast = 60;

    /// <summary>
    /// Common table expressions <c>closed</c>, the months that are, with the place in the log up to which each was counted;
    /// <c>booking</c>: where what differs in each is booked, the first open month after it; and <c>signed</c>: which closing of an
    /// earlier month a closing's lines correct, the last one before it, whether or not that month has been reopened since.
    /// </summary>
    /// <param name="tenant">An SQL text.</param>
    /// <param name="knownOn">An SQL date: as known at its end.</param>
    public static string Closed(string tenant, string knownOn = "'infinity'") =>
        $"""
        closed as materialized (
            select c.month, c.closing, c.position from spend.period_closing as c
            where c.tenant_id = {tenant} and c.recorded_on <= {knownOn}
              and not exists (select from spend.period_reopening as r where r.closing = c.closing and r.recorded_on <= {knownOn})),
        booking as materialized (
            select c.month, c.position, (
                select min(n.month) from (select (month + interval '1 month')::date as month from closed) as n
                where n.month > c.month and n.month not in (select month from closed)) as books_in
            from closed as c),
        signed as materialized (
            select c.closing, o.month as origin, max(o.position) as position
            from closed as c join spend.period_closing as o on o.tenant_id = {tenant} and o.month < c.month and o.position < c.position
            group by c.closing, o.month)
        """;

    private const string Span = "u.day >= $2 and u.day < $3 + interval '1 month'";

    private const string KnownUsage =
        $"""
        u.recorded_on <= $4 and u.day <= $4
          and ({Span} or date_trunc('month', u.day)::date in (select month from closed))
        """;

    /// <summary>
    /// As monthly_cost, without what is recorded for days to come: hosting is, up to its end. Those rows are few, and an index
    /// leads to them. Months that have days to come were never closed.
    /// </summary>
    private static readonly string CostsToDate =
        $"""
        usage_ahead as materialized (
            select l.tenant_id, l.line_id, l.sku, l.meter, l.above_tokens, u.day, u.quantity, u.events
            from spend.daily_usage as u join spend.cost_line as l using (line_id)
            where u.day > $4 and u.day > u.recorded_on and l.tenant_id = $1),
        price_ahead as materialized ({PriceSql.Priced("(select distinct tenant_id, sku, meter, above_tokens, day from usage_ahead)")}),
        cost_ahead as materialized (
            select u.line_id, date_trunc('month', u.day)::date as month, p.currency, sum(u.quantity) as quantity, sum(u.events) as events, {PriceSql.Sums}
            from usage_ahead as u join price_ahead as p using (tenant_id, sku, meter, above_tokens, day)
            group by 1, 2, 3),
        cost_to_date as not materialized (
            select {Of("m", MonthlyColumns)}, m.quantity, m.events, m.list_amount, m.amount, m.unpriced, m.incomplete, m.unconverted, m.unconverted_events, {Of("m", FrozenColumns)}
            from spend.monthly_cost as m
            where m.month < date_trunc('month', $4::timestamp)::date or (m.line_id, m.month, m.currency) not in (select line_id, month, currency from cost_ahead)
            union all
            select {Of("m", MonthlyColumns)}, m.quantity - a.quantity, m.events - a.events, m.list_amount - a.list_amount, m.amount - a.amount,
                   m.unpriced - a.unpriced, m.incomplete - a.incomplete, m.unconverted - a.unconverted, m.unconverted_events - a.unconverted_events, {Of("m", FrozenColumns)}
            from cost_ahead as a join spend.monthly_cost as m using (line_id, month, currency)
            where m.quantity <> a.quantity or m.events <> a.events)
        """;

    private const string MonthlyColumns = "tenant_id, line_id, month, currency, workload, approach, component, sku, meter, variant";

    private const string FrozenColumns =
        "closed_quantity, closed_events, closed_list_amount, closed_amount, closed_unpriced, closed_incomplete, closed_unconverted, closed_unconverted_events, has_frozen";

    /// <summary>
    /// As monthly_cost would be had nothing become known after a day, for the months asked for and all that are closed. There may
    /// be millions of daily rows and few prices: lines that are priced alike are a group, the days of a month on which a group
    /// has one price are a segment, and quantities are added up by line and segment before anything is multiplied.
    /// </summary>
    private static readonly string KnownCosts =
        $"""
        known_line as materialized (
            select l.line_id, l.tenant_id, l.workload, l.approach, l.component, coalesce(a.sku, l.reported_sku) as sku, l.meter, l.above_tokens, l.variant,
                   dense_rank() over (order by coalesce(a.sku, l.reported_sku), l.meter, l.above_tokens) as price_group
            from spend.cost_line as l left join lateral ({PriceSql.Alias("$4")}) as a on true
            where l.tenant_id = $1),
        known_day as materialized (
            select g.*, d.day
            from (select distinct l.price_group, u.day from spend.daily_usage as u join known_line as l using (line_id) where {KnownUsage}) as d
            join (select distinct price_group, tenant_id, sku, meter, above_tokens from known_line) as g using (price_group)),
        known_price as materialized (
            select p.*, date_trunc('month', p.day)::date as month,
                   dense_rank() over (order by p.price_group, date_trunc('month', p.day), p.currency, p.list_price, p.unit_price, p.exchange_rate, p.is_unpriced, p.is_incomplete) as segment
            from ({PriceSql.Priced("known_day", "$4")}) as p),
        known_usage as materialized (
            select u.line_id, p.segment, sum(u.quantity) as quantity, sum(u.events) as events
            from spend.daily_usage as u join known_line as l using (line_id) join known_price as p on (p.price_group, p.day) = (l.price_group, u.day)
            where {KnownUsage}
            group by u.line_id, p.segment),
        known_cost as materialized (
            select tenant_id, line_id, month, currency, min(workload) as workload, min(approach) as approach, min(component) as component, max(sku) as sku,
                   min(meter) as meter, min(variant) as variant,
                   sum(quantity) as quantity, sum(events) as events, sum(list_amount) as list_amount, sum(amount) as amount,
                   sum(unpriced) as unpriced, sum(incomplete) as incomplete, sum(unconverted) as unconverted, sum(unconverted_events) as unconverted_events,
                   bool_or(has_frozen) as has_frozen, sum(closed_quantity) as closed_quantity, sum(closed_events) as closed_events, sum(closed_list_amount) as closed_list_amount,
                   sum(closed_amount) as closed_amount, sum(closed_unpriced) as closed_unpriced, sum(closed_incomplete) as closed_incomplete, sum(closed_unconverted) as closed_unconverted,
                   sum(closed_unconverted_events) as closed_unconverted_events
            from (
                select l.tenant_id, u.line_id, p.month, p.currency, l.workload, l.approach, l.component, l.sku, l.meter, l.variant,
                       sum(u.quantity) as quantity, sum(u.events) as events, {PriceSql.Sums},
                       false as has_frozen, 0 as closed_quantity, 0 as closed_events, 0 as closed_list_amount, 0 as closed_amount, 0 as closed_unpriced, 0 as closed_incomplete, 0 as closed_unconverted,
                       0 as closed_unconverted_events
                from known_usage as u join known_line as l using (line_id)
                join (select distinct segment, month, currency, meter, list_price, unit_price, exchange_rate, is_unpriced, is_incomplete from known_price) as p using (segment)
                group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
                union all
                select f.tenant_id, f.line_id, f.origin, f.currency, f.workload, f.approach, f.component, l.sku, f.meter, f.variant, 0, 0, 0, 0, 0, 0, 0, 0,
                       true, f.quantity, f.events, f.list_amount, f.amount, f.unpriced, f.incomplete, f.unconverted, f.unconverted_events
                from spend.closed_cost as f join closed using (closing) join known_line as l using (line_id)) as both_sides
            group by tenant_id, line_id, month, currency)
        """;

    private static string KnownUsageOf(string? origin, bool endsOnly)
    {
        var usage = endsOnly ? KnownUsage.Replace(Span, $"u.day >= $2 and u.day < $2::date + interval '1 month' or {Span.Replace("$2", "$3", StringComparison.Ordinal)}", StringComparison.Ordinal) : KnownUsage;
        return origin is null ? usage : $"{usage} and u.day >= {origin} and u.day < {origin} + interval '1 month'";
    }

    /// <summary>
    /// Costs by the month of use: common table expressions, <see cref="Closed"/> among them, and the relation like monthly_cost
    /// that they end in. Parameters as below.
    /// </summary>
    public static (string Tables, string Costs) OfUse(DateOnly? knownOn, string? origin = null, bool endsOnly = false) => knownOn is null
        ? ($"{Closed("$1")},\n{CostsToDate}", "cost_to_date")
        : ($"{Closed("$1", "$4")},\n{KnownCosts.Replace(KnownUsage, KnownUsageOf(origin, endsOnly), StringComparison.Ordinal)}", "known_cost");

    private const string Columns = "workload, approach, component, sku, meter, variant, currency, line_id";

    /// <summary>
    /// Common table expressions that end in <c>booked</c>: month (of booking), origin (month of use), workload, approach,
    /// component, sku, meter, variant, currency, line_id, quantity, events, list_amount, amount, unpriced, incomplete, unconverted, unconverted_events, position
    /// (in the log, up to which its month of use was counted when it was closed; 0 for an open one).
    /// Parameters $1 to $4 are those of <see cref="AddParameters"/>; a query's own come after them.
    /// </summary>
    /// <param name="origin">An SQL date: of a past day, only what was used in this month is looked at. Null: all.</param>
    /// <param name="endsOnly">Only the first and the last month, none between.</param>
    public static string Sql(DateOnly? knownOn, string? origin = null, bool endsOnly = false)
    {
        var (tables, costs) = OfUse(knownOn, origin, endsOnly);
        var span = endsOnly ? "in ($2, $3)" : "between $2 and $3";
        return $"""
            -- Rows with something frozen are few, and reading those columns of all rows would take twice as long.
            with {tables},
            moved as materialized ({Moved(knownOn)}),
            booked as (
                select m.month, m.month as origin, {Of("m", Columns)}, m.quantity, m.events, m.list_amount, m.amount, m.unpriced, m.incomplete, m.unconverted, m.unconverted_events,
                       0::bigint as position
                from {costs} as m
                where m.tenant_id = $1 and m.month {span} and m.month not in (select month from closed) and not m.has_frozen
                union all
                select m.month, m.month, {Of("m", Columns)}, m.quantity - m.closed_quantity, m.events - m.closed_events, m.list_amount - m.closed_list_amount,
                       m.amount - m.closed_amount, {NotAccepted("unpriced")}, {NotAccepted("incomplete")}, {NotAccepted("unconverted")}, {NotAccepted("unconverted_events")}, 0
                from {costs} as m
                where m.tenant_id = $1 and m.month {span} and m.month not in (select month from closed) and m.has_frozen
                union all
                select b.books_in, m.month, {Of("m", Columns)},
                       m.quantity - m.closed_quantity, m.events - m.closed_events, m.list_amount - m.closed_list_amount, m.amount - m.closed_amount,
                       {NotAccepted("unpriced")}, {NotAccepted("incomplete")}, {NotAccepted("unconverted")}, {NotAccepted("unconverted_events")}, b.position
                from booking as b join {costs} as m on m.tenant_id = $1 and m.month = b.month
                where b.books_in {span}
                  and (m.quantity <> m.closed_quantity or m.events <> m.closed_events or m.unpriced <> m.closed_unpriced or m.incomplete <> m.closed_incomplete
                       or {Differs("amount")} or {Differs("list_amount")} or m.unconverted_events <> m.closed_unconverted_events or {Differs("unconverted")})
                union all
                select f.month, f.origin, {Of("f", Columns)}, f.quantity, f.events, f.list_amount, f.amount, f.unpriced, f.incomplete, f.unconverted, f.unconverted_events,
                       coalesce(signed.position, closed.position)
                from spend.closed_cost as f join closed using (closing) left join signed using (closing, origin)
                where f.tenant_id = $1 and f.month {span}
                union all
                select t.month, t.origin, l.workload, l.approach, l.component, side.sku, l.meter, l.variant, t.currency, l.line_id,
                       side.sign * t.quantity, side.sign * t.events, side.sign * t.list_amount, side.sign * t.amount, 0, 0, 0, 0, t.position
                from moved as t join spend.cost_line as l using (line_id) cross join lateral (values (t.frozen_sku, -1), (t.sku, 1)) as side (sku, sign)
                where t.month {span})
            """;
    }

    /// <summary>
    /// What is frozen under another SKU than its line has by the aliases of now. A difference is reckoned under the present one;
    /// so this is taken back under the old one and charged under the present, where the difference is booked. It comes to nothing.
    /// </summary>
    private static string Moved(DateOnly? knownOn) =>
        $"""
        select coalesce(b.books_in, f.origin) as month, f.origin, coalesce(b.position, 0) as position, f.line_id, f.currency, f.sku as frozen_sku, l.sku,
               sum(f.quantity) as quantity, sum(f.events) as events, sum(f.list_amount) as list_amount, sum(f.amount) as amount
        from spend.closed_cost as f join closed using (closing) join {(knownOn is null ? "spend.cost_line" : "known_line")} as l using (line_id)
        left join booking as b on b.month = f.origin
        where f.tenant_id = $1 and {(knownOn is null ? "f.has_other_sku" : "f.sku <> l.sku")}
        group by 1, 2, 3, 4, 5, 6, 7
        having sum(f.quantity) <> 0 or sum(f.events) <> 0 or sum(f.list_amount) <> 0 or sum(f.amount) <> 0
        """;

    /// <param name="until">The last day that counts: that of the question what was known on a day, or today.</param>
    public static void AddParameters(NpgsqlCommand command, BillingPeriod from, BillingPeriod to, DateOnly until)
    {
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = from.Start });
        command.Parameters.Add(new() { Value = to.Start });
        command.Parameters.Add(new() { Value = until });
    }

    private static string Of(string row, string columns) => string.Join(", ", columns.Split(", ").Select(column => $"{row}.{column}"));
}
