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
    /// A SKU that ever had a publication is listed, withdrawn ones as well. A SKU holds if one of its meters does: only where a
    /// publication has ended, which is rare, has the last one of each meter to be found. One reading of the table tells all that
    /// filters ask for.
    /// </summary>
    private const string Found =
        """
        with facts as materialized (
            select r.sku,
                   $5::text is null or bool_or(w.publication is null and r.kind = $5) as is_of_kind,
                   bool_or(w.publication is null and r.effective_from <= $2 and r.effective_to >= $2) as covers,
                   bool_or(w.publication is null and r.effective_from <= $2 and r.effective_to < $2) as has_ended
            from spend.rate as r left join (select distinct publication from spend.withdrawal) as w using (publication)
            where r.tenant_id = $1
            group by r.sku),
        used as (select distinct sku from spend.cost_line where tenant_id = $1),
        found as (
            select f.sku, f.sku in (select sku from used) as is_used, count(*) over () as count
            from facts as f
            where f.is_of_kind and strpos(lower(f.sku), lower($3)) > 0 and ($4::text is null or starts_with(f.sku, $4 || '/'))
              and (not $6 or f.sku in (select sku from used))
              and (not $7 or (f.covers and (not f.has_ended or exists (
                select from (
                    select distinct on (r.meter, r.kind) r.effective_to from spend.rate as r
                    where r.tenant_id = $1 and r.sku = f.sku and r.effective_from <= $2 and not exists (select from spend.withdrawal as w where w.publication = r.publication)
                    order by r.meter, r.kind, r.effective_from desc, r.seq_id desc) as last
                where last.effective_to >= $2))))
            order by f.sku
            limit $8 offset $9)
        select p.providers, f.sku, f.is_used, f.count
        from (select coalesce(array_agg(distinct split_part(sku, '/', 1)), '{}') as providers from facts) as p left join found as f on true
        order by f.sku
        """;

    /// <param name="today">The day that <see cref="SkuFilter.Holds"/> is about, in the reporting time zone.</param>
    /// <param name="page">From 1; beyond the last one there is nothing.</param>
    /// <param name="size">SKUs a page.</param>
    public async Task<SkuPage> ReadAsync(SkuFilter filter, DateOnly today, int page, int size, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Found);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = Tenant.Default }, new() { Value = today }, new() { Value = filter.Text }, Text(filter.Provider), Text(filter.Kind is { } kind ? EnumName.Of(kind) : null),
            new() { Value = filter.Used }, new() { Value = filter.Holds }, new() { Value = size }, new() { Value = (long)(page - 1) * size },
        ]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> skus = [];
        HashSet<string> used = [];
        IReadOnlyList<string> providers = [];
        var count = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            providers = providers.Count > 0 ? providers : reader.GetFieldValue<string[]>(0);
            if (reader.IsDBNull(1))
            {
                break; // Nothing is found.
            }

            skus.Add(reader.GetString(1));
            count = (int)reader.GetInt64(3);
            if (reader.GetBoolean(2))
            {
                used.Add(reader.GetString(1));
            }
        }

        return new(skus, count, used, providers);
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
