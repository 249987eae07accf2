using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Rates;

/// <summary>The rate that holds on a day.</summary>
/// <param name="EffectiveFrom">Null for the reporting currency, which has always been worth itself.</param>
public sealed record DayRate(DateOnly? EffectiveFrom, decimal Price, decimal Per, decimal UnitPrice, string Source);

/// <summary>
/// The rates of some SKUs, to price single quantities as the read model prices sums: the rate of a day is the one effective
/// last before it or on it; of several from one day, the one published last.
/// </summary>
public sealed class DayRates
{
    private readonly Dictionary<(string Sku, string Meter), List<(DateOnly From, DayRate Rate)>> _rates = [];

    private DayRates()
    {
    }

    public static async Task<DayRates> LoadAsync(NpgsqlDataSource dataSource, IEnumerable<string> skus, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select distinct on (sku, meter, effective_from) sku, meter, effective_from, trim_scale(price), trim_scale(per), unit_price, source
            from spend.rate where tenant_id = $1 and sku = any($2)
            order by sku, meter, effective_from desc, seq_id desc
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = skus.Distinct().ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rates = new DayRates();
        while (await reader.ReadAsync(cancellationToken))
        {
            var from = reader.GetFieldValue<DateOnly>(2);
            var key = (reader.GetString(0), reader.GetString(1));
            if (!rates._rates.TryGetValue(key, out var ofMeter))
            {
                rates._rates.Add(key, ofMeter = []);
            }

            ofMeter.Add((from, new DayRate(from == DateOnly.MinValue ? null : from, reader.GetDecimal(3), reader.GetDecimal(4), reader.GetDecimal(5), reader.GetString(6))));
        }

        return rates;
    }

    /// <summary>Null where no rate covers the day: the quantity is unpriced.</summary>
    public DayRate? Of(string sku, string meter, DateOnly day) =>
        _rates.TryGetValue((sku, meter), out var newestFirst) ? newestFirst.FirstOrDefault(rate => rate.From <= day).Rate : null;
}
