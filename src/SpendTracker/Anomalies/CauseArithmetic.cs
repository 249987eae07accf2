using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Anomalies;

/// <summary>
/// Splits the difference between a day and the mean of its weekday into volume, size of requests, price and mix, which add up to it.
/// With R requests, T tokens, quantities q at prices p, and C = Σ q p, before (0) and on the day (1):
/// price = C1 − Σ q1 p0; volume = (R1 ÷ R0 − 1) C0, of which retries are R1 ÷ R0 × (1 − A0 ÷ A1) C0 where A requests are made for one that succeeds; size = (T1 ÷ T0 − R1 ÷ R0) C0; mix = Σ q1 p0 − T1 ÷ T0 × C0.
/// What was not used before has no p0: its price of the day stands in, so that it is mix. The same split as of a variance into price,
/// volume and mix in management accounting. Pure.
/// </summary>
internal static class CauseArithmetic
{
    private const int MostParts = 5;
    private const int Decimals = 6;

    /// <param name="day">By SKU and meter, each once.</param>
    /// <param name="before">The same, on the mean of the weekday.</param>
    /// <param name="outcomes">Of the day, and on the mean of the weekday.</param>
    public static AnomalyCauses Of(IReadOnlyCollection<MeterDay> day, IReadOnlyCollection<MeterDay> before, (OutcomeDay Day, OutcomeDay Before) outcomes = default)
    {
        var prices = before.Where(part => part.Quantity > 0).ToDictionary(part => (part.Sku, part.Meter), part => part.Amount / part.Quantity);
        var (cost, mean) = (day.Sum(part => part.Amount), before.Sum(part => part.Amount));
        var atOldPrices = day.Sum(part => prices.TryGetValue((part.Sku, part.Meter), out var price) ? part.Quantity * price : part.Amount);
        var requests = Ratio(day, before, IsRequests) ?? 1;
        var tokens = Ratio(day, before, IsTokens) ?? requests;
        var (volume, size, changed) = (Round((requests - 1) * mean), Round((tokens - requests) * mean), Round(cost - atOldPrices));
        decimal? retries = outcomes.Day.Attempts(Requests(day)) is { } now && outcomes.Before.Attempts(Requests(before)) is { } then
            ? Round(requests * (1 - (then / now)) * mean)
            : null;
        (cost, mean) = (Round(cost), Round(mean));
        return new(mean, volume - (retries ?? 0), size, changed, cost - mean - volume - size - changed, retries);
    }

    /// <summary>The same of one meter of a SKU, by the requests that were made of the SKU. Which of them failed is not known.</summary>
    public static AnomalyCauses Of(SkuMeter part, IReadOnlyCollection<MeterDay> day, IReadOnlyCollection<MeterDay> before)
    {
        MeterDay[] Own(IEnumerable<MeterDay> all) =>
        [
            .. all.Where(one => one.Sku == part.Sku && (one.Meter == part.Meter || IsRequests(one))).Select(one => one.Meter == part.Meter ? one : one with { Amount = 0 }),
        ];
        return Of(Own(day), Own(before));
    }

    /// <summary>What moved most, the largest move first.</summary>
    public static IReadOnlyList<AnomalyPart> Parts(IReadOnlyCollection<MeterDay> day, IReadOnlyCollection<MeterDay> before) =>
    [
        .. day.Select(part => (part.Sku, part.Meter)).Union(before.Select(part => (part.Sku, part.Meter)))
            .Select(key => new AnomalyPart(key.Sku, key.Meter, Round(AmountOf(day, key)), Round(AmountOf(before, key))))
            .Where(part => part.Amount != part.Mean)
            .OrderByDescending(part => Math.Abs(part.Amount - part.Mean)).ThenBy(part => part.Sku, StringComparer.Ordinal).ThenBy(part => part.Meter, StringComparer.Ordinal)
            .Take(MostParts),
    ];

    private static decimal Requests(IEnumerable<MeterDay> parts) => parts.Where(IsRequests).Sum(part => part.Quantity);

    private static bool IsRequests(MeterDay part) => part.Meter == Meters.Requests;

    private static bool IsTokens(MeterDay part) => part.Meter.EndsWith("-tokens", StringComparison.Ordinal) && !Meters.Informational.Contains(part.Meter);

    private static decimal AmountOf(IEnumerable<MeterDay> parts, (string Sku, string Meter) key) =>
        parts.Where(part => (part.Sku, part.Meter) == key).Sum(part => part.Amount);

    private static decimal? Ratio(IEnumerable<MeterDay> day, IEnumerable<MeterDay> before, Func<MeterDay, bool> counts)
    {
        var (now, then) = (day.Where(counts).Sum(part => part.Quantity), before.Where(counts).Sum(part => part.Quantity));
        return now > 0 && then > 0 ? now / then : null;
    }

    private static decimal Round(decimal amount) => Math.Round(amount, Decimals);
}
