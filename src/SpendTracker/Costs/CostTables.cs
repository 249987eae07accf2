using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>The tables of <see cref="DailyUsageProjection"/>, and the one formula for what a quantity costs.</summary>
internal static class CostTables
{
    public const string Create =
        """
        create table if not exists rate (
            tenant_id text not null,
            sku text not null,
            meter text not null,
            effective_from date not null,
            seq_id bigint not null,
            price numeric not null,
            per numeric not null,
            unit_price numeric not null,
            currency text not null,
            source text not null,
            note text not null,
            published_at timestamptz not null,
            primary key (tenant_id, sku, meter, effective_from, seq_id)
        );

        create table if not exists daily_usage (
            tenant_id text not null,
            sku text not null,
            day date not null,
            meter text not null,
            workload text not null,
            approach text not null,
            component text not null,
            variant text not null,
            recorded_on date not null,
            quantity numeric not null,
            events bigint not null,
            primary key (tenant_id, sku, day, meter, workload, approach, component, variant, recorded_on)
        );

        create table if not exists monthly_cost (
            tenant_id text not null,
            month date not null,
            workload text not null,
            approach text not null,
            component text not null,
            sku text not null,
            meter text not null,
            variant text not null,
            quantity numeric not null,
            amount numeric not null,
            unpriced numeric not null,
            events bigint not null,
            primary key (tenant_id, month, workload, approach, component, sku, meter, variant)
        );

        -- With "if not exists" it would wait for a projection's page, or for a rebuild, even where there is nothing to do.
        do $$ begin
            if to_regclass('monthly_cost_sku') is null then
                create index monthly_cost_sku on monthly_cost (tenant_id, sku);
            end if;
        end $$;
        """;

    // The price of a unit is exact: rates are published per 1, 1,000 or 1,000,000.
    public const string InsertRates =
        """
        insert into rate (tenant_id, sku, meter, effective_from, seq_id, price, per, unit_price, currency, source, note, published_at)
        select tenant_id, sku, meter, effective_from, seq_id, price, per, trim_scale(price / per), currency, source, note, published_at
        from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::bigint[], $6::numeric[], $7::numeric[], $8::text[], $9::text[], $10::text[], $11::timestamptz[])
            as r (tenant_id, sku, meter, effective_from, seq_id, price, per, currency, source, note, published_at)
        """;

    /// <summary>
    /// What rows <c>u</c> with tenant_id, sku, meter, day and quantity cost: quantity × rate of the day. The rate of a day is
    /// the one effective last before it or on it; of several from one day, the one published last. Nothing falls back to
    /// another SKU's or meter's rate: a quantity without a rate is unpriced.
    /// </summary>
    private const string Costs =
        $"""
        coalesce(sum(u.quantity * r.unit_price), 0) as amount,
        coalesce(sum(u.quantity) filter (where r.unit_price is null and u.meter not in ({InformationalMeters})), 0) as unpriced
        """;

    private const string RateOfTheDay =
        """
        left join lateral (
            select unit_price from rate as r
            where r.tenant_id = u.tenant_id and r.sku = u.sku and r.meter = u.meter and r.effective_from <= u.day
            order by r.effective_from desc, r.seq_id desc
            limit 1) as r on true
        """;

    /// <summary>
    /// A sum of amounts as it is read. It has at most 18 decimals and is exact; only one too large for a decimal with that
    /// many is rounded, far beyond cents.
    /// </summary>
    public static string Sum(string column) => $"trim_scale(round(sum({column}), case when abs(sum({column})) < 1e9 then 18 else 6 end))";

    private const string InformationalMeters = $"'{Meters.Requests}', '{Meters.IdleHostingHours}'";

    /// <summary>
    /// A page has thousands of rows and few combinations of SKU, meter and day, so a rate is looked up once for all of them.
    /// </summary>
    public const string AddUsage =
        $"""
        with page as materialized (
            select * from unnest(
                $1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::date[], $10::numeric[], $11::bigint[])
                as p (tenant_id, sku, day, meter, workload, approach, component, variant, recorded_on, quantity, events)),
        priced as materialized (
            select u.*, r.unit_price from (select distinct tenant_id, sku, meter, day from page) as u {RateOfTheDay}),
        daily as (
            insert into daily_usage as d (tenant_id, sku, day, meter, workload, approach, component, variant, recorded_on, quantity, events)
            select * from page
            on conflict (tenant_id, sku, day, meter, workload, approach, component, variant, recorded_on)
            do update set quantity = d.quantity + excluded.quantity, events = d.events + excluded.events)
        insert into monthly_cost as m (tenant_id, month, workload, approach, component, sku, meter, variant, quantity, events, amount, unpriced)
        select u.tenant_id, date_trunc('month', u.day)::date, u.workload, u.approach, u.component, u.sku, u.meter, u.variant,
               sum(u.quantity), sum(u.events), {Costs}
        from page as u join priced as r using (tenant_id, sku, meter, day)
        group by 1, 2, 3, 4, 5, 6, 7, 8
        on conflict (tenant_id, month, workload, approach, component, sku, meter, variant)
        do update set quantity = m.quantity + excluded.quantity, events = m.events + excluded.events,
                      amount = m.amount + excluded.amount, unpriced = m.unpriced + excluded.unpriced
        """;

    /// <summary>All months of some SKUs anew from their daily rows. $1: the SKUs.</summary>
    public const string ReRate =
        $"""
        update monthly_cost as m set amount = c.amount, unpriced = c.unpriced
        from (
            select u.tenant_id, date_trunc('month', u.day)::date as month, u.workload, u.approach, u.component, u.sku, u.meter, u.variant, {Costs}
            from daily_usage as u {RateOfTheDay}
            where u.sku = any($1)
            group by 1, 2, 3, 4, 5, 6, 7, 8) as c
        where (m.tenant_id, m.month, m.workload, m.approach, m.component, m.sku, m.meter, m.variant)
            = (c.tenant_id, c.month, c.workload, c.approach, c.component, c.sku, c.meter, c.variant)
          and (m.amount, m.unpriced) is distinct from (c.amount, c.unpriced)
        """;
}
