using System.Data;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Settings;

namespace SpendTracker.Costs;

/// <summary>
/// Says what publications and withdrawals would change, before anybody confirms them. The change is made for real, by the
/// projection's own statements, in a transaction that is rolled back: so the preview and the change cannot disagree.
/// </summary>
public sealed class RatePreview(NpgsqlDataSource dataSource, OrganisationSettings settings, TimeProvider clock)
{
    /// <summary>By month, workload and approach; only what changes.</summary>
    public async Task<IReadOnlyList<RateChange>> OfAsync(IReadOnlyList<IEvent> changes, CancellationToken cancellationToken)
    {
        var prices = new PublishedPrices(settings.ReportingTimeZone);
        foreach (var (index, change) in changes.Index())
        {
            // After all that is there: of several publications for one day, the last holds.
            prices.Apply(new StoredEvent(
                long.MaxValue - changes.Count + index, Guid.CreateVersion7(), Tenant.Default, "", 1, "", clock.GetUtcNow(), change));
        }

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in prices.Flush())
        {
            batch.BatchCommands.Add(command);
        }

        batch.BatchCommands.Add(new(Compare) { Parameters = { new() { Value = prices.Publications }, new() { Value = Tenant.Default } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        List<RateChange> differences = [];
        do
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                differences.Add(new RateChange(
                    reader.GetString(0), reader.GetString(1), EnumName.Parse<Approach>(reader.GetString(2)), reader.GetString(3),
                    reader.GetDecimal(4), reader.GetDecimal(5), reader.GetDecimal(6), reader.GetDecimal(7), ByCurrency(reader, 9), ByCurrency(reader, 10),
                    reader.GetDecimal(11), reader.GetDecimal(12)));
            }
        }
        while (await reader.NextResultAsync(cancellationToken));

        return differences; // Disposing of the transaction rolls it back.
    }

    /// <summary>The currencies are in the eighth column.</summary>
    private static Dictionary<string, decimal> ByCurrency(NpgsqlDataReader reader, int column) =>
        reader.GetFieldValue<string[]>(8).Zip(reader.GetFieldValue<decimal[]>(column)).Where(pair => pair.Second != 0).ToDictionary(pair => pair.First, pair => pair.Second);

    private static readonly string Compare =
        $"""
        {CostTables.AffectedCosts},
        {BookedCosts.Closed("$2")}
        select to_char(month, 'YYYY-MM'), to_char(coalesce((select b.books_in from booking as b where b.month = by_currency.month), month), 'YYYY-MM'),
               approach, workload, {PriceSql.Sum("before")}, {PriceSql.Sum("after")}, trim_scale(sum(unpriced_before)), trim_scale(sum(unpriced_after)),
               array_agg(currency), array_agg(unconverted_before), array_agg(unconverted_after), trim_scale(sum(incomplete_before)), trim_scale(sum(incomplete_after))
        from (
            select month, approach, workload, currency, sum(before) as before, sum(after) as after, sum(unpriced_before) as unpriced_before,
                   sum(unpriced_after) as unpriced_after, trim_scale(round(sum(unconverted_before), 12)) as unconverted_before,
                   trim_scale(round(sum(unconverted_after), 12)) as unconverted_after, sum(incomplete_before) as incomplete_before, sum(incomplete_after) as incomplete_after
            from (
                select month, approach, workload, currency, amount as before, 0 as after, unpriced as unpriced_before, 0 as unpriced_after,
                       unconverted as unconverted_before, 0 as unconverted_after, incomplete as incomplete_before, 0 as incomplete_after
                from monthly_cost where line_id in (select line_id from affected)
                union all
                select month, approach, workload, currency, 0, amount, 0, unpriced, 0, unconverted, 0, incomplete from cost) as both_sides
            group by month, approach, workload, currency) as by_currency
        group by month, approach, workload
        having round(sum(before) - sum(after), 12) <> 0 or sum(unpriced_before) <> sum(unpriced_after) or sum(incomplete_before) <> sum(incomplete_after)
            or bool_or(unconverted_before <> unconverted_after)
        order by month, workload, approach
        """;
}
