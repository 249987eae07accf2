using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Costs;
using SpendTracker.Settings;
using SpendTracker.Usage;

namespace SpendTracker.Explorer;

/// <summary>What one meter of one SKU cost.</summary>
/// <param name="Origin">The month of use, where it is a correction of a closed one; otherwise null.</param>
/// <param name="ListAmount">At list prices.</param>
/// <param name="Amount">In the reporting currency, over what has a rate and an exchange rate.</param>
/// <param name="Unpriced">The part of the quantity that no rate covers.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: not in the amount.</param>
/// <param name="Incomplete">The part of the quantity that is priced incompletely.</param>
public sealed record CostLine(
    BillingPeriod? Origin, Component Component, string Sku, string Meter, decimal Quantity, decimal ListAmount, decimal Amount, decimal Unpriced,
    IReadOnlyDictionary<string, decimal> Unconverted, long Events, decimal Incomplete)
{
    /// <summary>Whether nothing is owed for it: its meter only tells something.</summary>
    public bool IsUncharged => Meters.Informational.Contains(Meter) && this is { Amount: 0, Unpriced: 0, Unconverted.Count: 0 };

    /// <summary>Whether it has a price, which comes to nothing. Whose word that is, its events say.</summary>
    public bool IsFree => !IsUncharged && this is { Amount: 0, Unpriced: 0, Unconverted.Count: 0 } && Quantity != 0;
}

/// <summary>The lines that a cost is the sum of, down to SKU and meter: the last step before the events themselves.</summary>
public sealed class CostLineQuery(NpgsqlDataSource dataSource, ReportingClock clock)
{
    /// <summary>By component, in each the largest amount first; corrections of closed months after the month's own.</summary>
    public async Task<IReadOnlyList<CostLine>> ListAsync(UsageFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            {BookedCosts.Sql(filter.KnownOn)},
            line as (
                select nullif(origin, month) as origin, component, sku, meter, currency, sum(quantity) as quantity, sum(list_amount) as list_amount,
                       sum(amount) as amount, sum(unpriced) as unpriced, sum(incomplete) as incomplete, sum(unconverted) as unconverted, sum(unconverted_events) as unconverted_events,
                       sum(events) as events
                from booked
                where workload = $5 and ($6 is null or approach = $6) and ($7 is null or component = $7)
                  and ($8 is null or sku = $8) and ($9 is null or meter = $9) and ($10 is null or variant = $10)
                group by 1, 2, 3, 4, 5)
            select origin, component, sku, meter, trim_scale(sum(quantity)), {PriceSql.Sum("list_amount")}, {PriceSql.Sum("amount")}, trim_scale(sum(unpriced)),
                   array_agg(currency) filter (where {PriceSql.IsUnconverted}),
                   array_agg(trim_scale(round(unconverted, 12))) filter (where {PriceSql.IsUnconverted}), sum(events)::bigint, trim_scale(sum(incomplete))
            from line
            group by origin, component, sku, meter
            having sum(quantity) <> 0 or sum(events) <> 0 or sum(amount) <> 0 or sum(list_amount) <> 0 or sum(unpriced) <> 0 or sum(incomplete) <> 0 or bool_or({PriceSql.IsUnconverted})
            order by origin is not null, origin, sum(sum(amount)) over (partition by origin, component) desc, component, sum(amount) desc, sku, meter
            """);
        command.CommandTimeout = filter.KnownOn is null ? command.CommandTimeout : BookedCosts.LongestForThePast;
        BookedCosts.AddParameters(command, filter.Month, filter.Month, filter.KnownOn ?? clock.Today);
        command.Parameters.Add(new() { Value = filter.Workload });
        string?[] narrowed = [filter.Approach is { } approach ? EnumName.Of(approach) : null, filter.Component is { } component ? EnumName.Of(component) : null, filter.Sku, filter.Meter, filter.Variant];
        foreach (var value in narrowed)
        {
            command.Parameters.Add(new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<CostLine> lines = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var unconverted = reader.IsDBNull(8) ? [] : reader.GetFieldValue<string[]>(8).Zip(reader.GetFieldValue<decimal[]>(9));
            lines.Add(new CostLine(
                reader.IsDBNull(0) ? null : BillingPeriod.Of(reader.GetFieldValue<DateOnly>(0)), EnumName.Parse<Component>(reader.GetString(1)),
                reader.GetString(2), reader.GetString(3), reader.GetDecimal(4), reader.GetDecimal(5), reader.GetDecimal(6), reader.GetDecimal(7),
                unconverted.ToDictionary(pair => pair.First, pair => pair.Second), reader.GetInt64(10), reader.GetDecimal(11)));
        }

        return lines;
    }
}
