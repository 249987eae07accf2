using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Rates;

/// <summary>What discounts come off.</summary>
public static class Discounts
{
    /// <summary>What SKUs of the organisation's own work begin with: a discount on everything, <c>*</c>, is on what providers ask, and not on these.</summary>
    internal static IReadOnlyList<string> OwnWork { get; } = ["labour/", "dataset/"];

    extension(Discount discount)
    {
        /// <summary>Whether it comes off a SKU's price, on its days.</summary>
        public bool Covers(string sku) => discount.Sku == "*"
            ? !OwnWork.Any(own => sku.StartsWith(own, StringComparison.Ordinal))
            : discount.Sku == sku || (discount.Sku.EndsWith('*') && sku.StartsWith(discount.Sku[..^1], StringComparison.Ordinal));
    }
}

/// <summary>
/// Publishes rates, discounts, aliases and exchange rates, withdraws them, and lists them. Nothing is ever edited: a later
/// publication supersedes.
/// </summary>
public sealed class PriceBook(NpgsqlDataSource dataSource, EventStore store, EventLog log)
{
    /// <summary>Units of the reporting currency for one of another: a Kuwaiti dinar is worth over 3,000,000 Iranian rials.</summary>
    public const decimal MostExchangeRate = 10_000_000;

    /// <summary>What the streams of rates begin with; the SKU follows.</summary>
    internal const string RateStreams = "rate/";

    /// <summary>What the streams of exchange rates begin with; the currency follows.</summary>
    internal const string ExchangeRateStreams = "exchange-rate/";

    /// <summary>Why something cannot be withdrawn: it was never published.</summary>
    public const string Unknown = "The price book has no publication of that id.";

    /// <summary>Why something cannot be withdrawn: somebody has.</summary>
    public const string WithdrawnBefore = "It was withdrawn before.";

    /// <summary>Who and when, of a row <c>p</c>, as the last columns of a list.</summary>
    private const string PublicationColumns =
        "p.publication, p.published_at, p.recorded_by, nullif(p.note, ''), w.withdrawn_at, w.recorded_by, w.reason";

    private const string Withdrawals =
        "left join lateral (select * from spend.withdrawal as w where w.publication = p.publication order by w.seq_id limit 1) as w on true";

    /// <summary>Records a publication that has been checked. What it prices is re-rated as soon as it is projected.</summary>
    /// <returns>The publication's id.</returns>
    public async Task<Guid> PublishAsync(IEvent publication, Recorder recorder, CancellationToken cancellationToken) =>
        (await store.Streams.RecordAsync(StreamOf(publication), [publication], recorder, cancellationToken))[0];

    /// <summary>A publication, and its withdrawal if there was one; null if there is none of that id.</summary>
    public async Task<(StoredEvent Published, StoredEvent? Withdrawn)?> FindPublicationAsync(Guid id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is not { } published ? null
            : (published, (await store.ReadStreamAsync(published.Stream, cancellationToken)).FirstOrDefault(e => e.Data is PublicationWithdrawn withdrawn && withdrawn.Publication == id));

    /// <summary>Publishes what has been checked, or withdraws it.</summary>
    /// <returns>Null where it is done; otherwise why it cannot be, see <see cref="WithdrawAsync"/>.</returns>
    public async Task<string?> ChangeAsync(IEvent change, Recorder recorder, CancellationToken cancellationToken)
    {
        if (change is PublicationWithdrawn withdrawal)
        {
            return await WithdrawAsync(withdrawal, recorder, cancellationToken);
        }

        await PublishAsync(change, recorder, cancellationToken);
        return null;
    }

    /// <summary>Takes a publication back.</summary>
    /// <returns>Null where it is done; otherwise <see cref="Unknown"/> or <see cref="WithdrawnBefore"/>.</returns>
    public async Task<string?> WithdrawAsync(PublicationWithdrawn withdrawal, Recorder recorder, CancellationToken cancellationToken) =>
        await FindAsync(withdrawal.Publication, cancellationToken) is { } published
            ? await store.Streams.DecideAsync<PublicationsState, string?>(
                published.Stream, state => RefusalOf(state, withdrawal.Publication) is { } refusal ? new(refusal) : new(null, withdrawal), recorder, cancellationToken)
            : Unknown;

    /// <summary>Why <see cref="ChangeAsync"/> would not be done now; null where it would.</summary>
    public async Task<string?> RefusalAsync(IEvent change, CancellationToken cancellationToken) =>
        change is not PublicationWithdrawn { Publication: var publication } ? null
        : await FindAsync(publication, cancellationToken) is { } published
            ? RefusalOf(EventStreams.Fold<PublicationsState>(await store.ReadStreamAsync(published.Stream, cancellationToken)), publication)
            : Unknown;

    private async Task<StoredEvent?> FindAsync(Guid publication, CancellationToken cancellationToken) =>
        await log.FindAsync(publication, cancellationToken) is { Stored: { } published } && IsPublication(published.Data) ? published : null;

    private static string? RefusalOf(PublicationsState? state, Guid publication) => state?.Withdrawn.Contains(publication) == true ? WithdrawnBefore : null;

    /// <summary>
    /// Publishes the rates that ship with the product into a book that has none yet. An update publishes nothing by itself: it
    /// would change figures that nobody asked to be changed. Its rates are offered by <see cref="RateImport.CompareStartingAsync"/>.
    /// </summary>
    public async Task PublishStartingRatesAsync(CancellationToken cancellationToken)
    {
        if ((await store.StreamsAsync(RateStreams, cancellationToken)).Count == 0)
        {
            // Another host may do the same just now: then its rates are there, which are the same.
            await store.Streams.StartAsync(StartingRates.All.GroupBy(StreamOf, rate => (IEvent)rate), new Recorder("host:starting-rates"), cancellationToken);
        }
    }

    /// <summary>SKUs that have ever had a price, in order.</summary>
    /// <param name="search">Only those whose names contain this, however it is capitalised; empty for all.</param>
    public Task<IReadOnlyList<string>> ListSkusAsync(string search, CancellationToken cancellationToken) => ListAsync(
        "select distinct sku from spend.rate where tenant_id = $1 and strpos(lower(sku), lower($2)) > 0 order by sku",
        reader => reader.GetString(0), cancellationToken, new NpgsqlParameter { Value = search });

    /// <summary>Prices by SKU, meter and day, the newest day first; of one SKU, or of all.</summary>
    public Task<IReadOnlyList<Rate>> ListAsync(string? sku, CancellationToken cancellationToken) => ListAsync(sku is null ? null : [sku], cancellationToken);

    /// <summary>Prices by SKU, meter and day, the newest day first; of some SKUs, or of all.</summary>
    public Task<IReadOnlyList<Rate>> ListAsync(IReadOnlyList<string>? skus, CancellationToken cancellationToken) => ListAsync(
        $"""
        select p.sku, p.meter, p.above_tokens, p.kind, p.effective_from, p.effective_to, trim_scale(p.price), trim_scale(p.per), p.unit_price, p.currency, p.source,
               w.withdrawn_at is null and exists (
                   select from spend.rate as later
                   where (later.tenant_id, later.sku, later.meter, later.kind, later.effective_from) = (p.tenant_id, p.sku, p.meter, p.kind, p.effective_from)
                     and later.seq_id > p.seq_id and not exists (select from spend.withdrawal as lw where lw.publication = later.publication)),
               {PublicationColumns}, string_to_array(p.not_carried, ' ')
        from spend.rate as p {Withdrawals}
        where p.tenant_id = $1 and ($2::text[] is null or p.sku = any($2))
        order by p.sku, p.meter, p.above_tokens, p.kind desc, p.effective_from desc, p.seq_id desc
        """,
        reader => new Rate(
            reader.GetString(0), reader.GetString(1), reader.GetInt32(2), EnumName.Parse<RateKind>(reader.GetString(3)), reader.GetFieldValue<DateOnly>(4),
            LastDay(reader, 5), reader.GetDecimal(6), reader.GetDecimal(7), reader.GetDecimal(8), reader.GetString(9), reader.GetString(10), reader.GetBoolean(11), PublicationAt(reader, 12),
            [.. reader.GetFieldValue<string[]>(19).Select(named => named.Split(':')).Select(named => new NotCarriedPrice(named[0], int.Parse(named[1], CultureInfo.InvariantCulture)))])
        {
            Free = FreePrice.Of(reader.GetDecimal(8), EnumName.Parse<RateKind>(reader.GetString(3)), reader.GetString(10)),
        },
        cancellationToken, new NpgsqlParameter { Value = (object?)skus?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

    /// <summary>By SKU, the latest first.</summary>
    public Task<IReadOnlyList<Discount>> ListDiscountsAsync(CancellationToken cancellationToken) => ListAsync(
        $"""
        select p.sku, trim_scale(p.percent), p.effective_from, p.effective_to, p.source, {PublicationColumns}
        from spend.discount as p {Withdrawals}
        where p.tenant_id = $1
        order by p.sku, p.effective_from desc, p.seq_id desc
        """,
        reader => new Discount(
            reader.GetString(0), reader.GetDecimal(1), reader.GetFieldValue<DateOnly>(2), LastDay(reader, 3), reader.GetString(4), PublicationAt(reader, 5)),
        cancellationToken);

    /// <summary>In the order in which they are tried; those withdrawn last.</summary>
    public Task<IReadOnlyList<Alias>> ListAliasesAsync(CancellationToken cancellationToken) => ListAsync(
        $"""
        select case when w.publication is null then row_number() over (order by w.publication is not null, p.model like '%*%', length(p.model) desc, p.seq_id desc) else 0 end,
               p.model, p.sku, {PublicationColumns}
        from spend.alias as p {Withdrawals}
        where p.tenant_id = $1
        order by w.publication is not null, p.model like '%*%', length(p.model) desc, p.seq_id desc
        """,
        reader => new Alias((int)reader.GetInt64(0), reader.GetString(1), reader.GetString(2), PublicationAt(reader, 3)), cancellationToken);

    /// <summary>By currency, the newest day first.</summary>
    public Task<IReadOnlyList<ExchangeRate>> ListExchangeRatesAsync(CancellationToken cancellationToken) => ListAsync(
        $"""
        select p.currency, p.effective_from, trim_scale(p.rate), p.source,
               w.withdrawn_at is null and exists (
                   select from spend.exchange_rate as later
                   where (later.tenant_id, later.currency, later.effective_from) = (p.tenant_id, p.currency, p.effective_from)
                     and later.seq_id > p.seq_id and not exists (select from spend.withdrawal as lw where lw.publication = later.publication)),
               {PublicationColumns}
        from spend.exchange_rate as p {Withdrawals}
        where p.tenant_id = $1 and p.effective_from > '{PriceSql.ReportingCurrencySince}'
        order by p.currency, p.effective_from desc, p.seq_id desc
        """,
        reader => new ExchangeRate(
            reader.GetString(0), reader.GetFieldValue<DateOnly>(1), reader.GetDecimal(2), reader.GetString(3), reader.GetBoolean(4), PublicationAt(reader, 5)),
        cancellationToken);

    private async Task<IReadOnlyList<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static Publication PublicationAt(NpgsqlDataReader reader, int column) => new(
        reader.GetGuid(column), reader.GetFieldValue<DateTimeOffset>(column + 1), reader.GetString(column + 2), Text(reader, column + 3),
        reader.IsDBNull(column + 4) ? null : reader.GetFieldValue<DateTimeOffset>(column + 4), Text(reader, column + 5), Text(reader, column + 6));

    private static DateOnly? LastDay(NpgsqlDataReader reader, int column) => reader.GetFieldValue<DateOnly>(column) is var last && last == DateOnly.MaxValue ? null : last;

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static bool IsPublication(IEvent data) => data is RatePublished or DiscountPublished or AliasPublished or ExchangeRatePublished;

    /// <summary>The stream that a publication belongs to.</summary>
    public static string StreamOf(IEvent publication) => publication switch
    {
        RatePublished rate => RateStreams + rate.Sku,
        DiscountPublished discount => $"discount/{discount.Sku}",
        AliasPublished alias => $"alias/{alias.Model}",
        ExchangeRatePublished rate => ExchangeRateStreams + rate.Currency,
        _ => throw new ArgumentException($"{publication.GetType().Name} is not a publication.", nameof(publication)),
    };
}
