using System.Globalization;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>
/// The price book's rows: everything that was ever published, each row of an event, and withdrawals beside them. Nothing is
/// overwritten, so that what held on a day, as known on another, is a question to these tables.
/// </summary>
internal sealed class PriceBookRows(TimeZoneInfo reportingTimeZone)
{
    public const string Create =
        """
        create table if not exists rate (
            tenant_id text not null,
            sku text not null,
            meter text not null,
            kind text not null,
            effective_from date not null,
            effective_to date not null,
            seq_id bigint not null,
            above_tokens int not null,
            price numeric not null,
            per numeric not null,
            unit_price numeric not null,
            -- What the publication does not carry: meter:step, with a space between.
            not_carried text not null,
            currency text not null,
            source text not null,
            note text not null,
            publication uuid not null,
            published_at timestamptz not null,
            recorded_on date not null,
            recorded_by text not null,
            primary key (tenant_id, sku, meter, kind, effective_from, seq_id, above_tokens)
        );

        create table if not exists discount (
            publication uuid primary key,
            tenant_id text not null,
            sku text not null,
            sku_like text not null,
            percent numeric not null,
            effective_from date not null,
            effective_to date not null,
            seq_id bigint not null,
            source text not null,
            note text not null,
            published_at timestamptz not null,
            recorded_on date not null,
            recorded_by text not null
        );

        create table if not exists alias (
            publication uuid primary key,
            tenant_id text not null,
            model text not null,
            model_like text not null,
            sku text not null,
            seq_id bigint not null,
            note text not null,
            published_at timestamptz not null,
            recorded_on date not null,
            recorded_by text not null
        );

        create table if not exists exchange_rate (
            tenant_id text not null,
            currency text not null,
            effective_from date not null,
            seq_id bigint not null,
            rate numeric not null,
            source text not null,
            note text not null,
            publication uuid not null,
            published_at timestamptz not null,
            recorded_on date not null,
            recorded_by text not null,
            primary key (tenant_id, currency, effective_from, seq_id)
        );

        create table if not exists exchange_rate_age (
            tenant_id text not null,
            effective_from date not null,
            seq_id bigint not null,
            days int not null,
            publication uuid not null,
            published_at timestamptz not null,
            recorded_on date not null,
            recorded_by text not null,
            primary key (tenant_id, effective_from, seq_id)
        );

        create table if not exists withdrawal (
            publication uuid not null,
            seq_id bigint not null,
            reason text not null,
            withdrawn_at timestamptz not null,
            recorded_on date not null,
            recorded_by text not null,
            primary key (publication, seq_id)
        );

        do $$ begin
            if to_regclass('rate_publication') is null then
                create index rate_publication on rate (publication);
            end if;
        end $$;
        """;

    public static IReadOnlyList<string> Tables { get; } = ["rate", "discount", "alias", "exchange_rate", "exchange_rate_age", "withdrawal"];

    public static IReadOnlyList<string> EventTypes { get; } =
        ["rate_published", "discount_published", "alias_published", "exchange_rate_published", "publication_withdrawn", "settings_changed"];

    private readonly List<StoredEvent> _events = [];

    /// <summary>Ids of what was published or withdrawn: what it prices has to be priced anew.</summary>
    public Guid[] Publications => [.. _events.Select(PublicationOf).OfType<Guid>().Distinct()];

    /// <summary>The id of what an event publishes or withdraws; null for an event that is not of <see cref="EventTypes"/>.</summary>
    public static Guid? PublicationOf(StoredEvent stored) => stored.Data switch
    {
        PublicationWithdrawn withdrawn => withdrawn.Publication,
        RatePublished or DiscountPublished or AliasPublished or ExchangeRatePublished or SettingsChanged => stored.Id,
        _ => null,
    };

    /// <summary>Takes an event of <see cref="EventTypes"/>.</summary>
    /// <exception cref="InvalidDataException">It is readable, but breaks a rule that sums rest on; only other programs write such events.</exception>
    public void Apply(StoredEvent stored)
    {
        if (FaultOf(stored.Data) is { } fault)
        {
            throw new InvalidDataException(fault);
        }

        _events.Add(stored);
    }

    private static string? FaultOf(IEvent data) => data switch
    {
        RatePublished e when !BillingPeriod.Covers(e.EffectiveFrom) || e.Prices.Any(price => price.Price < 0 || price.Per < 1 || price.Price / price.Per > Meters.MostPriceOf(price.Meter) || price.AboveTokens < 0) =>
            $"A rate from {e.EffectiveFrom:yyyy-MM-dd}, or a price in it, is out of range.",
        DiscountPublished e when !BillingPeriod.Covers(e.EffectiveFrom) || e.Percent is <= 0 or > 100 => "Its day or its percentage is out of range.",
        ExchangeRatePublished e when !BillingPeriod.Covers(e.EffectiveFrom) || e.Rate is <= 0 or > PriceBook.MostExchangeRate => "Its day or its rate is out of range.",
        _ => null,
    };

    public void Discard() => _events.Clear();

    /// <summary>The rows of the page.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Flush() =>
    [
        .. Rows<RatePublished>(InsertRates), .. Rows<DiscountPublished>(InsertDiscounts), .. Rows<AliasPublished>(InsertAliases),
        .. Rows<ExchangeRatePublished>(InsertExchangeRates), .. Rows<SettingsChanged>(InsertReportingCurrency), .. Rows<SettingsChanged>(InsertExchangeRateAge), .. Rows<PublicationWithdrawn>(InsertWithdrawals),
    ];

    /// <summary>As SQL's <c>like</c> has it: a star stands for any characters.</summary>
    public static string Like(string pattern) => pattern
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)
        .Replace('*', '%');

    private IEnumerable<NpgsqlBatchCommand> Rows<T>(Func<(StoredEvent Stored, T Data)[], NpgsqlBatchCommand> insert)
    {
        var rows = _events.Where(stored => stored.Data is T).Select(stored => (stored, (T)stored.Data)).ToArray();
        return rows.Length == 0 ? [] : [insert(rows)];
    }

    // The price of a unit is exact: rates are published per 1, 1,000 or 1,000,000.
    private NpgsqlBatchCommand InsertRates((StoredEvent Stored, RatePublished Rate)[] published)
    {
        var rows = published.SelectMany(p => p.Rate.Prices, (p, price) => (p.Stored, p.Rate, Price: price)).ToArray();
        return With(
            """
            insert into rate (publication, tenant_id, seq_id, published_at, recorded_on, recorded_by, sku, meter, kind, effective_from, effective_to, above_tokens,
                              price, per, unit_price, not_carried, currency, source, note)
            select publication, tenant_id, seq_id, published_at, recorded_on, recorded_by, sku, meter, kind, effective_from, effective_to, above_tokens,
                   price, per, trim_scale(price / per), not_carried, currency, source, note
            from unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[], $5::date[], $6::text[], $7::text[], $8::text[], $9::text[], $10::date[],
                        $11::date[], $12::int[], $13::numeric[], $14::numeric[], $15::text[], $16::text[], $17::text[], $18::text[])
                as r (publication, tenant_id, seq_id, published_at, recorded_on, recorded_by, sku, meter, kind, effective_from, effective_to, above_tokens, price, per, currency, source, note, not_carried)
            """,
            rows, row => row.Stored,
            Array.ConvertAll(rows, row => row.Rate.Sku), Array.ConvertAll(rows, row => row.Price.Meter), Array.ConvertAll(rows, row => EnumName.Of(row.Rate.Kind)),
            Array.ConvertAll(rows, row => row.Rate.EffectiveFrom), Array.ConvertAll(rows, row => row.Rate.EffectiveTo ?? DateOnly.MaxValue),
            Array.ConvertAll(rows, row => row.Price.AboveTokens), Array.ConvertAll(rows, row => row.Price.Price), Array.ConvertAll(rows, row => row.Price.Per),
            Array.ConvertAll(rows, row => row.Rate.Currency), Array.ConvertAll(rows, row => row.Rate.Source), Array.ConvertAll(rows, row => row.Rate.Note ?? ""),
            Array.ConvertAll(rows, row => string.Join(' ', (row.Rate.NotCarried ?? []).Select(price => string.Create(CultureInfo.InvariantCulture, $"{price.Meter}:{price.AboveTokens}")))));
    }

    private NpgsqlBatchCommand InsertDiscounts((StoredEvent Stored, DiscountPublished Discount)[] rows) => With(
        """
        insert into discount (publication, tenant_id, seq_id, published_at, recorded_on, recorded_by, sku, sku_like, percent, effective_from, effective_to, source, note)
        select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[], $5::date[], $6::text[], $7::text[], $8::text[], $9::numeric[], $10::date[],
                             $11::date[], $12::text[], $13::text[])
        """,
        rows, row => row.Stored,
        Array.ConvertAll(rows, row => row.Discount.Sku), Array.ConvertAll(rows, row => Like(row.Discount.Sku)), Array.ConvertAll(rows, row => row.Discount.Percent),
        Array.ConvertAll(rows, row => row.Discount.EffectiveFrom), Array.ConvertAll(rows, row => row.Discount.EffectiveTo ?? DateOnly.MaxValue),
        Array.ConvertAll(rows, row => row.Discount.Source), Array.ConvertAll(rows, row => row.Discount.Note ?? ""));

    private NpgsqlBatchCommand InsertAliases((StoredEvent Stored, AliasPublished Alias)[] rows) => With(
        """
        insert into alias (publication, tenant_id, seq_id, published_at, recorded_on, recorded_by, model, model_like, sku, note)
        select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[], $5::date[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
        """,
        rows, row => row.Stored,
        Array.ConvertAll(rows, row => row.Alias.Model), Array.ConvertAll(rows, row => Like(row.Alias.Model)), Array.ConvertAll(rows, row => row.Alias.Sku),
        Array.ConvertAll(rows, row => row.Alias.Note ?? ""));

    private NpgsqlBatchCommand InsertExchangeRates((StoredEvent Stored, ExchangeRatePublished Rate)[] rows) => With(
        """
        insert into exchange_rate (publication, tenant_id, seq_id, published_at, recorded_on, recorded_by, currency, effective_from, rate, source, note)
        select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[], $5::date[], $6::text[], $7::text[], $8::date[], $9::numeric[], $10::text[], $11::text[])
        """,
        rows, row => row.Stored,
        Array.ConvertAll(rows, row => row.Rate.Currency), Array.ConvertAll(rows, row => row.Rate.EffectiveFrom), Array.ConvertAll(rows, row => row.Rate.Rate),
        Array.ConvertAll(rows, row => row.Rate.Source), Array.ConvertAll(rows, row => row.Rate.Note ?? ""));

    /// <summary>The reporting currency has always been worth itself, and that was always known: a definition, not a publication.</summary>
    private NpgsqlBatchCommand InsertReportingCurrency((StoredEvent Stored, SettingsChanged Settings)[] rows) => InsertExchangeRates(Array.ConvertAll(rows, row => (
        row.Stored with { RecordedAt = DateTimeOffset.UnixEpoch }, new ExchangeRatePublished(row.Settings.ReportingCurrency, DateOnly.MinValue, 1, "Reporting currency"))));

    /// <summary>How old an exchange rate may be. What a database was set up with was always known; a change is, from its own day on.</summary>
    private NpgsqlBatchCommand InsertExchangeRateAge((StoredEvent Stored, SettingsChanged Settings)[] rows)
    {
        var limits = rows.Where(row => row.Settings.ExchangeRateDays is not null)
            .Select(row => (Stored: row.Stored.Version == 1 ? row.Stored with { RecordedAt = DateTimeOffset.UnixEpoch } : row.Stored, row.Settings)).ToArray();
        return With(
            """
            insert into exchange_rate_age (publication, tenant_id, seq_id, published_at, recorded_on, recorded_by, days, effective_from)
            select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[], $5::date[], $6::text[], $7::int[], $8::date[])
            """,
            limits, row => row.Stored,
            Array.ConvertAll(limits, row => row.Settings.ExchangeRateDays!.Value), Array.ConvertAll(limits, row => row.Settings.ExchangeRateDaysFrom ?? DateOnly.MinValue));
    }

    private NpgsqlBatchCommand InsertWithdrawals((StoredEvent Stored, PublicationWithdrawn Withdrawn)[] rows) => new(
        """
        insert into withdrawal (publication, seq_id, withdrawn_at, recorded_on, recorded_by, reason)
        select * from unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::date[], $5::text[], $6::text[])
        """)
    {
        Parameters =
        {
            new() { Value = Array.ConvertAll(rows, row => row.Withdrawn.Publication) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.SeqId) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.RecordedAt) },
            new() { Value = Array.ConvertAll(rows, row => BillingPeriod.DayOf(row.Stored.RecordedAt, reportingTimeZone)) },
            new() { Value = Array.ConvertAll(rows, row => row.Stored.RecordedBy) },
            new() { Value = Array.ConvertAll(rows, row => row.Withdrawn.Reason) },
        },
    };

    /// <summary>A statement whose first six parameters are which event a row is of, and when and by whom it was recorded.</summary>
    private NpgsqlBatchCommand With<T>(string sql, T[] rows, Converter<T, StoredEvent> storedOf, params object[] columns)
    {
        var command = new NpgsqlBatchCommand(sql)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => storedOf(row).Id) },
                new() { Value = Array.ConvertAll(rows, row => storedOf(row).TenantId) },
                new() { Value = Array.ConvertAll(rows, row => storedOf(row).SeqId) },
                new() { Value = Array.ConvertAll(rows, row => storedOf(row).RecordedAt) },
                new() { Value = Array.ConvertAll(rows, row => BillingPeriod.DayOf(storedOf(row).RecordedAt, reportingTimeZone)) },
                new() { Value = Array.ConvertAll(rows, row => storedOf(row).RecordedBy) },
            },
        };
        foreach (var column in columns)
        {
            command.Parameters.Add(new() { Value = column });
        }

        return command;
    }
}
