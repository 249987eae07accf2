using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>
/// Closings, reopenings and the costs that were frozen, as rows. A closing holds while nobody has reopened its period; the
/// costs of the moment stand beside what is frozen of them, so that what has to be booked elsewhere is a difference.
/// </summary>
internal sealed class ClosingRows(TimeZoneInfo reportingTimeZone, CostLines lines) : IPagePart
{
    public const string Create =
        """
        create table if not exists period_closing (
            closing uuid primary key,
            tenant_id text not null,
            month date not null,
            currency text not null,
            total numeric not null,
            lines int not null,
            position bigint not null,
            reason text not null,
            accepts_unpriced bool not null,
            accepts_unconverted bool not null,
            closed_at timestamptz not null,
            recorded_on date not null,
            recorded_by text not null
        );

        create table if not exists period_reopening (
            closing uuid primary key,
            reason text not null,
            reopened_at timestamptz not null,
            recorded_on date not null,
            recorded_by text not null
        );

        create table if not exists closed_cost (
            closing uuid not null,
            origin date not null,
            line_id uuid not null,
            currency text not null,
            tenant_id text not null,
            month date not null,
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
            -- Whether its line is priced as another SKU by now.
            has_other_sku bool not null,
            primary key (closing, origin, line_id, currency, sku)
        );

        do $$ begin
            if to_regclass('closed_cost_month') is null then
                create index closed_cost_month on closed_cost (tenant_id, month);
                create index closed_cost_line on closed_cost (line_id, origin, currency);
                create index closed_cost_other_sku on closed_cost (tenant_id) where has_other_sku;
            end if;
        end $$;
        """;

    public static IReadOnlyList<string> Tables { get; } = ["period_closing", "period_reopening", "closed_cost"];

    public static IReadOnlyList<string> EventTypes { get; } = ["billing_period_closed", "costs_frozen", "billing_period_reopened"];

    private readonly List<StoredEvent> _events = [];

    /// <exception cref="InvalidDataException">Its month is none.</exception>
    public void Apply(StoredEvent stored)
    {
        string[]? months = stored.Data switch
        {
            BillingPeriodClosed closed => [closed.Month],
            CostsFrozen frozen => [frozen.Month, .. frozen.Lines.Select(line => line.Origin)],
            BillingPeriodReopened reopened => [reopened.Month],
            _ => null,
        };
        if (months is null)
        {
            return;
        }

        if (months.FirstOrDefault(month => !BillingPeriod.TryParse(month, out _)) is { } none)
        {
            throw new InvalidDataException($"'{none}' is not a month.");
        }

        _events.Add(stored);
    }

    public void Discard() => _events.Clear();

    /// <summary>The rows of the page; after the costs of the moment have been written.</summary>
    public IEnumerable<NpgsqlBatchCommand> Flush()
    {
        List<NpgsqlBatchCommand> commands = [];
        foreach (var stored in _events)
        {
            commands.AddRange(stored.Data switch
            {
                BillingPeriodClosed closed => [InsertClosing(stored, closed)],
                CostsFrozen frozen => Freeze(stored, frozen),
                BillingPeriodReopened reopened => [InsertReopening(stored, reopened)],
                _ => Array.Empty<NpgsqlBatchCommand>(),
            });
        }

        if (commands.Count > 0)
        {
            var closings = _events.Select(stored => stored.Data switch
            {
                BillingPeriodClosed closed => closed.Closing,
                CostsFrozen frozen => frozen.Closing,
                _ => ((BillingPeriodReopened)stored.Data).Closing,
            });
            commands.Add(new(RefreshClosed) { Parameters = { new() { Value = closings.Distinct().ToArray() } } });
            commands.Add(new(CostTables.Purge));
        }

        return commands;
    }

    /// <summary>What is frozen of each month's costs, by the closings that hold. $1: the closings that came, or that no longer hold.</summary>
    private const string RefreshClosed =
        """
        insert into monthly_cost as m (tenant_id, line_id, month, currency, workload, approach, component, sku, meter, variant,
                                       quantity, events, list_amount, amount, unpriced, incomplete, unconverted, unconverted_events,
                                       closed_quantity, closed_events, closed_list_amount, closed_amount, closed_unpriced, closed_incomplete, closed_unconverted, closed_unconverted_events)
        select l.tenant_id, l.line_id, t.origin, t.currency, l.workload, l.approach, l.component, l.sku, l.meter, l.variant, 0, 0, 0, 0, 0, 0, 0, 0,
               coalesce(sum(c.quantity), 0), coalesce(sum(c.events), 0), coalesce(sum(c.list_amount), 0), coalesce(sum(c.amount), 0),
               coalesce(sum(c.unpriced), 0), coalesce(sum(c.incomplete), 0), coalesce(sum(c.unconverted), 0), coalesce(sum(c.unconverted_events), 0)
        from (select distinct line_id, origin, currency from closed_cost where closing = any($1)) as t
        join cost_line as l using (line_id)
        left join (
            select f.* from closed_cost as f join period_closing as p using (closing)
            where not exists (select from period_reopening as r where r.closing = f.closing)) as c using (line_id, origin, currency)
        group by l.tenant_id, l.line_id, t.origin, t.currency, l.workload, l.approach, l.component, l.sku, l.meter, l.variant
        on conflict (line_id, month, currency) do update set
            closed_quantity = excluded.closed_quantity, closed_events = excluded.closed_events, closed_list_amount = excluded.closed_list_amount,
            closed_amount = excluded.closed_amount, closed_unpriced = excluded.closed_unpriced, closed_incomplete = excluded.closed_incomplete, closed_unconverted = excluded.closed_unconverted,
            closed_unconverted_events = excluded.closed_unconverted_events
        """;

    private NpgsqlBatchCommand InsertClosing(StoredEvent stored, BillingPeriodClosed closed) => new(
        """
        insert into period_closing (closing, tenant_id, month, currency, total, lines, position, reason, accepts_unpriced, accepts_unconverted,
                                    closed_at, recorded_on, recorded_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """)
    {
        Parameters =
        {
            new() { Value = closed.Closing }, new() { Value = stored.TenantId }, new() { Value = MonthOf(closed.Month) }, new() { Value = closed.Currency },
            new() { Value = closed.Total }, new() { Value = closed.Lines }, new() { Value = closed.Position }, new() { Value = closed.Reason },
            new() { Value = closed.AcceptsUnpriced }, new() { Value = closed.AcceptsUnconverted }, new() { Value = stored.RecordedAt },
            new() { Value = BillingPeriod.DayOf(stored.RecordedAt, reportingTimeZone) }, new() { Value = stored.RecordedBy },
        },
    };

    private NpgsqlBatchCommand InsertReopening(StoredEvent stored, BillingPeriodReopened reopened) => new(
        "insert into period_reopening (closing, reason, reopened_at, recorded_on, recorded_by) values ($1, $2, $3, $4, $5)")
    {
        Parameters =
        {
            new() { Value = reopened.Closing }, new() { Value = reopened.Reason }, new() { Value = stored.RecordedAt },
            new() { Value = BillingPeriod.DayOf(stored.RecordedAt, reportingTimeZone) }, new() { Value = stored.RecordedBy },
        },
    };

    private NpgsqlBatchCommand[] Freeze(StoredEvent stored, CostsFrozen frozen)
    {
        var rows = frozen.Lines.Select(line => (Id: lines.IdOf(stored.TenantId, line.Line), Line: line)).ToArray();
        return
        [
            CostLines.Insert(rows.Select(row => (row.Id, stored.TenantId, row.Line.Line))),
            new(
                """
                insert into closed_cost (closing, tenant_id, month, origin, line_id, currency, workload, approach, component, sku, meter, variant,
                                         quantity, events, list_amount, amount, unpriced, incomplete, unconverted, unconverted_events, has_other_sku)
                select $1, $2, $3, f.*, f.sku <> l.sku
                from unnest($4::date[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
                            $13::numeric[], $14::bigint[], $15::numeric[], $16::numeric[], $17::numeric[], $18::numeric[], $19::numeric[], $20::bigint[])
                    as f (origin, line_id, currency, workload, approach, component, sku, meter, variant, quantity, events, list_amount, amount, unpriced, incomplete, unconverted,
                          unconverted_events)
                join cost_line as l using (line_id)
                """)
            {
                Parameters =
                {
                    new() { Value = frozen.Closing }, new() { Value = stored.TenantId }, new() { Value = MonthOf(frozen.Month) },
                    new() { Value = Array.ConvertAll(rows, row => MonthOf(row.Line.Origin)) },
                    new() { Value = Array.ConvertAll(rows, row => row.Id) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Currency) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Line.Workload) },
                    new() { Value = Array.ConvertAll(rows, row => EnumName.Of(row.Line.Line.Approach)) },
                    new() { Value = Array.ConvertAll(rows, row => EnumName.Of(row.Line.Line.Component)) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Sku) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Line.Meter) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Line.Variant) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Quantity) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Events) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.ListAmount) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Amount) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Unpriced) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Incomplete) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.Unconverted) },
                    new() { Value = Array.ConvertAll(rows, row => row.Line.UnconvertedEvents) },
                },
            },
        ];
    }

    private static DateOnly MonthOf(string month) => BillingPeriod.TryParse(month, out var period) ? period.Start : throw new InvalidDataException($"'{month}' is not a month.");
}
