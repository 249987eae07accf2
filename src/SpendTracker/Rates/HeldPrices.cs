using SpendTracker.Contracts;

namespace SpendTracker.Rates;

/// <summary>Which prices of a SKU hold on a day, as <see cref="PriceSql"/> finds them.</summary>
public static class HeldPrices
{
    /// <summary>What is paid: of each meter the negotiated prices, and otherwise the list prices. Before discounts.</summary>
    /// <param name="rates">Of one SKU, as the price book lists them.</param>
    public static IReadOnlyList<Rate> Paid(IReadOnlyList<Rate> rates, DateOnly day)
    {
        var negotiated = Of(rates, RateKind.Negotiated, day);
        var meters = negotiated.Select(rate => rate.Meter).ToHashSet();
        return [.. negotiated, .. Of(rates, RateKind.List, day).Where(rate => !meters.Contains(rate.Meter))];
    }

    /// <summary>
    /// Of one kind: of each meter what was published last for the latest first day until the day. Where that has ended, none holds.
    /// </summary>
    /// <param name="rates">Of one SKU.</param>
    public static IReadOnlyList<Rate> Of(IReadOnlyList<Rate> rates, RateKind kind, DateOnly day) =>
    [
        .. rates.Where(rate => rate.Kind == kind && rate.EffectiveFrom <= day && !rate.Superseded && !rate.Publication.IsWithdrawn)
            .GroupBy(rate => rate.Meter)
            .SelectMany(meter => meter.Where(rate => rate.EffectiveFrom == meter.Max(other => other.EffectiveFrom) && !(rate.EffectiveTo < day))),
    ];

    /// <summary>
    /// The negotiated prices that keep a list price from being paid: those of the same meters that hold on its first day.
    /// </summary>
    /// <param name="published">A list price that is to be published.</param>
    /// <param name="rates">Of its SKU.</param>
    /// <returns>One of each meter, at its lowest step; empty unless every meter of the publication has one.</returns>
    public static IReadOnlyList<Rate> InTheWayOf(RatePublished published, IReadOnlyList<Rate> rates)
    {
        if (published.Kind != RateKind.List)
        {
            return [];
        }

        var held = Of(rates, RateKind.Negotiated, published.EffectiveFrom).Where(rate => rate.AboveTokens == 0).ToDictionary(rate => rate.Meter);
        var meters = published.Prices.Select(price => price.Meter).Distinct().ToArray();
        return meters.All(held.ContainsKey) ? [.. meters.Select(meter => held[meter])] : [];
    }
}
