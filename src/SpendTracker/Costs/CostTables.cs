using SpendTracker.Rates;

namespace SpendTracker.Costs;

/// <summary>The tables of <see cref="CostProjection"/>, and the statements that keep them.</summary>
internal static class CostTables
{
    /// <summary>
    /// A line is named by a UUID made of what it is (<c>CostLine</c>), so that the rows that are many, a day's or a
    /// month's, have a short key, and a replay gives them the same one. Amounts of a month are kept by the currency of the
    /// rate, since what has no exchange rate must be shown in its own.
    /// </summary>
    public const string Create =
        """
        create table if not exists cost_line (
            line_id uuid primary key,
            tenant_id text not null,
            workload text not null,
            approach text not null,
            component text not null,
            reported_sku text not null,
            sku text not null,
            meter text not null,
            above_tokens int not null,
            reported_currency text not null,
            variant text not null
        );

        create table if not exists daily_usage (
            line_id uuid not null,
            day date not null,
            recorded_on date not null,
            quantity numeric not null,
            events bigint not null,
            primary key (line_id, day, recorded_on)
        );

        create table if not exists monthly_cost (
            tenant_id text not null,
            line_id uuid not null,
            month date not null,
            currency text not null,
            workload text not null,
            approach text not null,
            component text not null,
            sku text not null,
            meter text not null,
            variant text not null,
            quantity numeric not null,
            events bigint not null,
            list_amount numeric not null,
            amount numeric not null,
            unpriced numeric not null,
            incomplete numeric not null,
            unconverted numeric not null,
            unconverted_events bigint not null,
            closed_quantity numeric not null default 0,
            closed_events bigint not null default 0,
            closed_list_amount numeric not null default 0,
            closed_amount numeric not null default 0,
            closed_unpriced numeric not null default 0,
            closed_incomplete numeric not null default 0,
            closed_unconverted numeric not null default 0,
            closed_unconverted_events bigint not null default 0,
            -- Of the other columns, so that a row which went and came again has the same as one that stayed.
            has_frozen bool not null generated always as (
                closed_quantity <> 0 or closed_events <> 0 or closed_list_amount <> 0 or closed_amount <> 0 or closed_unpriced <> 0 or closed_incomplete <> 0
                or closed_unconverted <> 0 or closed_unconverted_events <> 0) stored,
            primary key (line_id, month, currency)
        );

        -- With "if not exists" it would wait for a projection's page, or for a rebuild, even where there is nothing to do.
        do $$ begin
            if to_regclass('monthly_cost_month') is null then
                create index monthly_cost_month on monthly_cost (tenant_id, month);
                create index monthly_cost_closed on monthly_cost (tenant_id, month) where has_frozen;
            end if;
            if to_regclass('daily_usage_ahead') is null then
                create index daily_usage_ahead on daily_usage (day) where day > recorded_on;
            end if;
            if to_regclass('cost_line_sku') is null then
                create index cost_line_sku on cost_line (tenant_id, sku);
            end if;

            -- Under load the rows of today and of this month are updated several times a second, all of them at once. In full pages
            -- they never find room: each update writes the indexes too, and the tables grow by dead rows, which queries read,
            -- until they are vacuumed. With a little room, rows stay where they once found some.
            if not exists (select from pg_class where oid = to_regclass('monthly_cost') and array_to_string(reloptions, ' ') like '%fillfactor=%') then
                alter table daily_usage set (fillfactor = 90);
                alter table monthly_cost set (fillfactor = 80);
            end if;
        end $$;
        """;

    /// <summary>What rows <c>used</c> cost by line, month and currency, at <c>priced</c>.</summary>
    private const string CostOfUsed =
        $"""
        select u.line_id, date_trunc('month', u.day)::date as month, p.currency, sum(u.quantity) as quantity, sum(u.events) as events, {PriceSql.Sums}
        from used as u join priced as p using (tenant_id, sku, meter, above_tokens, day)
        group by 1, 2, 3
        """;

    /// <summary>Lines that are new, at the SKUs that aliases give them. $1 to $10: an array of each column but the SKU.</summary>
    public static readonly string InsertLines =
        $"""
        insert into cost_line (line_id, tenant_id, workload, approach, component, reported_sku, sku, meter, above_tokens, reported_currency, variant)
        select l.line_id, l.tenant_id, l.workload, l.approach, l.component, l.reported_sku, coalesce(a.sku, l.reported_sku), l.meter, l.above_tokens,
               l.reported_currency, l.variant
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::text[], $10::text[])
            as l (line_id, tenant_id, workload, approach, component, reported_sku, meter, above_tokens, reported_currency, variant)
        left join lateral ({PriceSql.Alias()}) as a on true
        where not exists (select from cost_line as known where known.line_id = l.line_id)
        on conflict (line_id) do nothing
        """;

    /// <summary>
    /// Adds a page's quantities and what they cost. A page has thousands of rows and few combinations of SKU, meter and day,
    /// so a price is looked up once for all of them. $1 to $5: an array of each column of daily_usage.
    /// </summary>
    public static readonly string AddUsage =
        $"""
        with page as materialized (
            select * from unnest($1::uuid[], $2::date[], $3::date[], $4::numeric[], $5::bigint[]) as p (line_id, day, recorded_on, quantity, events)),
        daily as (
            insert into daily_usage as d (line_id, day, recorded_on, quantity, events)
            select * from page
            on conflict (line_id, day, recorded_on) do update set quantity = d.quantity + excluded.quantity, events = d.events + excluded.events),
        used as materialized (
            select l.line_id, l.tenant_id, l.sku, l.meter, l.above_tokens, p.day, p.quantity, p.events from page as p join cost_line as l using (line_id)),
        priced as materialized ({PriceSql.Priced("(select distinct tenant_id, sku, meter, above_tokens, day from used)")}),
        cost as ({CostOfUsed})
        insert into monthly_cost as m (tenant_id, line_id, month, currency, workload, approach, component, sku, meter, variant, quantity, events,
                                       list_amount, amount, unpriced, incomplete, unconverted, unconverted_events)
        select l.tenant_id, line_id, c.month, c.currency, l.workload, l.approach, l.component, l.sku, l.meter, l.variant, c.quantity, c.events,
               c.list_amount, c.amount, c.unpriced, c.incomplete, c.unconverted, c.unconverted_events
        from cost as c join cost_line as l using (line_id)
        on conflict (line_id, month, currency) do update set
            quantity = m.quantity + excluded.quantity, events = m.events + excluded.events, list_amount = m.list_amount + excluded.list_amount,
            amount = m.amount + excluded.amount, unpriced = m.unpriced + excluded.unpriced, incomplete = m.incomplete + excluded.incomplete, unconverted = m.unconverted + excluded.unconverted,
            unconverted_events = m.unconverted_events + excluded.unconverted_events
        """;

    /// <summary>
    /// Whether publications, $1, can change what a line <c>l</c> is priced as: aliases of its name, and rates of the very name,
    /// which go before patterns.
    /// </summary>
    private const string IsNamed =
        """
        (l.reported_sku in (select sku from rate where publication = any($1))
           or exists (select from alias as n where n.publication = any($1) and l.reported_sku like n.model_like))
        """;

    /// <summary>
    /// What the lines that some publications price cost, by month, from their daily rows: rows <c>cost</c>. A withdrawal
    /// touches the same lines as what it withdraws. $1: the publications.
    /// </summary>
    public static readonly string AffectedCosts =
        $"""
        with priced_sku as materialized (
            select sku from rate where publication = any($1)
            union select r.sku from rate as r join exchange_rate as x using (tenant_id, currency) where x.publication = any($1)
            union select 'charge/' || currency from exchange_rate where publication = any($1)
            union select r.sku from rate as r join discount as d on r.sku like d.sku_like where d.publication = any($1)
            union select r.sku from rate as r where exists (select from exchange_rate_age where publication = any($1)) and r.currency not in (
                select currency from exchange_rate where effective_from <= '{PriceSql.ReportingCurrencySince}')
            union select 'charge/' || currency from exchange_rate where exists (select from exchange_rate_age where publication = any($1))),
        affected as materialized (
            select * from cost_line as l
            where {IsNamed} or l.sku in (select sku from priced_sku)
               or exists (select from alias as a join priced_sku using (sku) where a.model like '%*%' and l.sku like a.model_like)),
        used as materialized (
            select l.line_id, l.tenant_id, l.sku, l.meter, l.above_tokens, u.day, u.quantity, u.events
            from affected as l
            cross join lateral (
                -- By the index, line by line: how many lines are affected cannot be estimated, and they are few of many.
                select day, quantity, events from daily_usage as u where u.line_id = l.line_id offset 0) as u),
        priced as materialized ({PriceSql.Priced("(select distinct tenant_id, sku, meter, above_tokens, day from used)")}),
        cost as materialized (
            select l.tenant_id, line_id, c.month, c.currency, l.workload, l.approach, l.component, l.sku, l.meter, l.variant, c.quantity, c.events,
                   c.list_amount, c.amount, c.unpriced, c.incomplete, c.unconverted, c.unconverted_events
            from ({CostOfUsed}) as c join affected as l using (line_id))
        """;

    /// <summary>All months of the lines that some publications price anew. $1: the publications.</summary>
    public static readonly string ReRate =
        $"""
        {AffectedCosts},
        gone as (
            update monthly_cost as m set sku = a.sku, quantity = 0, events = 0, list_amount = 0, amount = 0, unpriced = 0, incomplete = 0, unconverted = 0, unconverted_events = 0
            from affected as a
            where m.line_id = a.line_id
              and not exists (select from cost as c where c.line_id = m.line_id and c.month = m.month and c.currency = m.currency))
        insert into monthly_cost as m (tenant_id, line_id, month, currency, workload, approach, component, sku, meter, variant, quantity, events,
                                       list_amount, amount, unpriced, incomplete, unconverted, unconverted_events)
        select tenant_id, line_id, month, currency, workload, approach, component, sku, meter, variant, quantity, events, list_amount, amount, unpriced, incomplete, unconverted,
               unconverted_events
        from cost
        on conflict (line_id, month, currency) do update set
            sku = excluded.sku, quantity = excluded.quantity, events = excluded.events, list_amount = excluded.list_amount, amount = excluded.amount,
            unpriced = excluded.unpriced, incomplete = excluded.incomplete, unconverted = excluded.unconverted, unconverted_events = excluded.unconverted_events
        where (m.sku, m.quantity, m.events, m.list_amount, m.amount, m.unpriced, m.incomplete, m.unconverted, m.unconverted_events)
            is distinct from (excluded.sku, excluded.quantity, excluded.events, excluded.list_amount, excluded.amount, excluded.unpriced, excluded.incomplete, excluded.unconverted, excluded.unconverted_events)
        """;

    /// <summary>
    /// Rows that say nothing go, whenever some could have come to that: or a replay, which meets events in other pages, would
    /// not give the same rows.
    /// </summary>
    public const string Purge =
        """
        delete from monthly_cost
        where quantity = 0 and events = 0 and amount = 0 and list_amount = 0 and unpriced = 0 and incomplete = 0 and unconverted = 0 and unconverted_events = 0 and not has_frozen
        """;

    /// <summary>The lines that some publications name, at the SKUs that aliases now give them. $1: the publications.</summary>
    public static readonly string ResolveAliases =
        $"""
        update cost_line as c set sku = l.wanted
        from (
            select l.line_id, coalesce(a.sku, l.reported_sku) as wanted
            from cost_line as l left join lateral ({PriceSql.Alias()}) as a on true
            where {IsNamed}) as l
        where c.line_id = l.line_id and c.sku <> l.wanted
        """;

    /// <summary>Which frozen costs of these lines are of another SKU than the lines have by then. $1: the publications.</summary>
    public const string MarkFrozen =
        $"""
        update closed_cost as f set has_other_sku = not f.has_other_sku
        from cost_line as l
        where f.line_id = l.line_id and f.has_other_sku <> (f.sku <> l.sku)
          and {IsNamed}
        """;
}
