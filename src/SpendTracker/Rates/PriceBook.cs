using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>A price in the book.</summary>
/// <param name="UnitPrice">Of one unit.</param>
/// <param name="Superseded">Whether a later publication for the same day took its place.</param>
public sealed record Rate(
    string Sku, string Meter, DateOnly EffectiveFrom, decimal Price, decimal Per, decimal UnitPrice, string Currency, string Source, string? Note,
    DateTimeOffset PublishedAt, bool Superseded);

/// <summary>Publishes rates and lists them. Rates are never edited: a later publication supersedes.</summary>
public sealed class PriceBook(NpgsqlDataSource dataSource, EventStore store)
{
    /// <summary>Of 1, 1,000 or 1,000,000 units.</summary>
    public const decimal MostPrice = 1_000_000;

    private const int MostPrices = 100;

    public static IReadOnlyList<FieldReason> Check(RatePublished rate, string reportingCurrency)
    {
        var check = new FieldCheck();
        check.Text("sku", rate.Sku, UsageRules.TextLength);
        check.That("sku", rate.Sku.Contains('/', StringComparison.Ordinal), "Must be like provider/model or labour/role.");
        check.That("sku", rate.Sku != UsageQuantities.ChargeSku(reportingCurrency), "The reporting currency is worth itself.");
        check.That("effectiveFrom", BillingPeriod.Covers(rate.EffectiveFrom), "Must be from 2000-01-01 to 2199-12-31.");
        check.That("currency", rate.Currency == reportingCurrency, $"Must be the reporting currency, {reportingCurrency}.");
        check.Text("source", rate.Source, UsageRules.DescriptionLength);
        check.OptionalText("note", rate.Note, UsageRules.DescriptionLength);
        check.That("prices", rate.Prices.Count is > 0 and <= MostPrices, $"Must be 1 to {MostPrices} prices.");
        check.That("prices", rate.Prices.Select(price => price.Meter).Distinct().Count() == rate.Prices.Count, "Must have each meter once.");
        for (var i = 0; i < rate.Prices.Count; i++)
        {
            var price = rate.Prices[i];
            check.That($"prices[{i}].meter", Meters.Priced.Contains(price.Meter), $"Must be one of {string.Join(", ", Meters.Priced)}.");
            check.Price($"prices[{i}]", price.Price, price.Per);
        }

        return check.Reasons;
    }

    /// <summary>Records a rate that has been checked. Usage from its day on is re-rated as soon as it is projected.</summary>
    public async Task PublishAsync(RatePublished rate, Recorder recorder, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stream = StreamOf(rate.Sku);
            var history = await store.ReadStreamAsync(stream, cancellationToken);
            if (await store.AppendAsync(stream, history.Count, [rate], recorder, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Publishes the rates that ship with the product, where a SKU has none yet: what users published stays.</summary>
    /// <returns>How many SKUs got rates.</returns>
    public async Task<int> PublishStartingRatesAsync(CancellationToken cancellationToken)
    {
        var published = 0;
        foreach (var rates in StartingRates.All.GroupBy(rate => rate.Sku))
        {
            if (await store.AppendAsync(StreamOf(rates.Key), 0, [.. rates], new Recorder("host:starting-rates"), cancellationToken))
            {
                published++;
            }
        }

        return published;
    }

    /// <summary>Prices by SKU, meter and day, the newest day first; of one SKU, or of all.</summary>
    public async Task<IReadOnlyList<Rate>> ListAsync(string? sku, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select sku, meter, effective_from, trim_scale(price), trim_scale(per), unit_price, currency, source, nullif(note, ''), published_at,
                   row_number() over (partition by sku, meter, effective_from order by seq_id desc) > 1
            from spend.rate
            where tenant_id = $1 and effective_from > '0001-01-01' and ($2::text is null or sku = $2)
            order by sku, meter, effective_from desc, seq_id desc
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = (object?)sku ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Rate> rates = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rates.Add(new Rate(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.GetDecimal(3), reader.GetDecimal(4),
                reader.GetDecimal(5), reader.GetString(6), reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetString(8),
                reader.GetFieldValue<DateTimeOffset>(9), reader.GetBoolean(10)));
        }

        return rates;
    }

    private static string StreamOf(string sku) => $"rate/{sku}";
}
