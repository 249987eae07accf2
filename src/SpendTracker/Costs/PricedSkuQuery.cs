using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>Which SKUs of the price book are asked for.</summary>
/// <param name="Text">In the SKU's name, however it is capitalised; empty for all.</param>
/// <param name="Provider">What stands before the first slash; null for all.</param>
/// <param name="Kind">Only with a publication of this kind that was not withdrawn; null for both.</param>
/// <param name="Used">Only those that recorded usage is priced as.</param>
/// <param name="Holds">Only those with a price that holds on the day of the question.</param>
public sealed record SkuFilter(string Text = "", string? Provider = null, RateKind? Kind = null, bool Used = false, bool Holds = false);

/// <summary>A page of SKUs.</summary>
/// <param name="Skus">In order.</param>
/// <param name="Count">How many the filter lets through, on all pages.</param>
/// <param name="Used">Of the page, those that recorded usage is priced as.</param>
/// <param name="Providers">Of the whole price book, in order.</param>
public sealed record SkuPage(IReadOnlyList<string> Skus, int Count, IReadOnlySet<string> Used, IReadOnlyList<string> Providers);

/// <summary>The SKUs of the price book, page by page.</summary>
public sealed class PricedSkuQuery(NpgsqlDataSource dataSource)
{
    /// <summary>
    /// A SKU that ever had a publication is listed, withdrawn ones as well. The rows are read in the order of the primary key, so
    /// that the last publication of each meter is found without a sort.
    /// </summary>
    private const string Found =
        """
        with standing as (
            select distinct on (r.sku, r.meter, r.kind) r.sku, r.effective_to >= $2 as holds
            from spend.rate as r
            where r.tenant_id = $1 and $7 and r.effective_from <= $2 and not exists (select from spend.withdrawal as w where w.publication = r.publication)
            order by r.sku desc, r.meter desc, r.kind desc, r.effective_from desc, r.seq_id desc),
        used as (select distinct sku from spend.cost_line where tenant_id = $1)
        select r.sku, count(*) over (), r.sku in (select sku from used)
        from (
            select r.sku from spend.rate as r
            where r.tenant_id = $1 and strpos(lower(r.sku), lower($3)) > 0 and ($4::text is null or starts_with(r.sku, $4 || '/'))
              and ($5::text is null or (r.kind = $5 and not exists (select from spend.withdrawal as w where w.publication = r.publication)))
            group by r.sku) as r
        where (not $6 or r.sku in (select sku from used)) and (not $7 or r.sku in (select sku from standing where holds))
        order by r.sku
        limit $8 offset $9
        """;

    private const string Providers = "select distinct split_part(sku, '/', 1) as provider from spend.rate where tenant_id = $1 order by provider";

    /// <param name="today">The day that <see cref="SkuFilter.Holds"/> is about, in the reporting time zone.</param>
    /// <param name="page">From 1; beyond the last one there is nothing.</param>
    /// <param name="size">SKUs a page.</param>
    public async Task<SkuPage> ReadAsync(SkuFilter filter, DateOnly today, int page, int size, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(Found)
        {
            Parameters =
            {
                new() { Value = Tenant.Default }, new() { Value = today }, new() { Value = filter.Text }, Text(filter.Provider),
                Text(filter.Kind is { } kind ? EnumName.Of(kind) : null), new() { Value = filter.Used }, new() { Value = filter.Holds }, new() { Value = size }, new() { Value = (long)(page - 1) * size },
            },
        });
        batch.BatchCommands.Add(new(Providers) { Parameters = { new() { Value = Tenant.Default } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        List<string> skus = [], providers = [];
        HashSet<string> used = [];
        var count = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            skus.Add(reader.GetString(0));
            count = (int)reader.GetInt64(1);
            if (reader.GetBoolean(2))
            {
                used.Add(reader.GetString(0));
            }
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            providers.Add(reader.GetString(0));
        }

        return new(skus, count, used, providers);
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
