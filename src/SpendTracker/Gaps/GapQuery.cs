using System.Globalization;
using Npgsql;
using SpendTracker.Anomalies;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Log;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Usage;
using SpendTracker.Workloads;

namespace SpendTracker.Gaps;

/// <summary>Reads what is not in the totals, all of it, as it is known now.</summary>
public sealed class GapQuery(
    NpgsqlDataSource dataSource, UnpricedQuery unpriced, MonthlyCostQuery costs, WorkloadRegistry registry, AnomalyBook anomalies, SetAsideEvents setAside, PriceBook prices, ReportingClock clock)
{
    private const int MostSilences = 1_000;

    public async Task<TotalGaps> ReadAsync(CancellationToken cancellationToken)
    {
        var month = BillingPeriod.Of(clock.Today);
        var unpricedNow = await unpriced.ListAsync(null, null, null, cancellationToken);
        var unconverted = await unpriced.ListUnconvertedAsync(null, null, null, cancellationToken);
        var registered = (await registry.ListAsync(cancellationToken)).Select(workload => workload.Id).ToHashSet();
        var workloads = (await costs.ByAsync(new CostFilter(month, month), [CostDimension.Find("workload")!], cancellationToken))
            .Select(cost => new WorkloadGap(cost.Keys["workload"], month, cost)).OrderByDescending(gap => gap.Cost.Actual).ThenBy(gap => gap.Workload, StringComparer.Ordinal).ToArray();
        var used = workloads.Where(gap => gap.Cost.Actual != 0 || gap.Cost.Unpriced.Count + gap.Cost.Unconverted.Count > 0).ToArray();
        return new(
            unpricedNow, await unpriced.ListIncompleteAsync(null, null, null, cancellationToken), unconverted, await SilentAsync(cancellationToken),
            workloads.Any(gap => gap.Cost.Estimated != 0) ? [.. used.Where(gap => gap.Cost.Estimated == 0)] : [],
            [.. used.Where(gap => !registered.Contains(gap.Workload))], await setAside.CountEventsAsync(cancellationToken),
            await WorthsAsync(unpricedNow, cancellationToken), await StaleWorthsAsync(unconverted, cancellationToken));
    }

    private async Task<IReadOnlyList<SilentWorkload>> SilentAsync(CancellationToken cancellationToken) =>
    [
        .. (await anomalies.ListAsync(new(Most: MostSilences), cancellationToken)).Select(anomaly => (anomaly.Id, anomaly.Detected)).Where(anomaly => anomaly.Detected.Kind == AnomalyKind.Silence)
            .Select(anomaly => new SilentWorkload(
                anomaly.Detected.Workload, anomaly.Id, anomaly.Detected.Day, Math.Max(0, clock.Today.DayNumber - anomaly.Detected.Day.DayNumber), anomaly.Detected.Usual))
            .OrderByDescending(silent => silent.Usual * silent.Days).ThenBy(silent => silent.Workload, StringComparer.Ordinal),
    ];

    /// <summary>At today's prices of the same meter of the provider's other SKUs.</summary>
    private async Task<IReadOnlyDictionary<(string Sku, string Meter), Worth>> WorthsAsync(IReadOnlyList<UnpricedUsage> lacking, CancellationToken cancellationToken)
    {
        if (lacking.Count == 0)
        {
            return new Dictionary<(string, string), Worth>();
        }

        var providers = lacking.Select(usage => Provider(usage.Sku)).Where(provider => provider.Length > 1).ToHashSet();
        var meters = lacking.Select(usage => usage.Meter).Distinct().ToArray();
        var others = (await prices.ListSkusAsync("", cancellationToken)).Where(sku => providers.Contains(Provider(sku))).ToArray();
        UsageQuantity[] asked = [.. others.SelectMany(_ => meters, (sku, meter) => new UsageQuantity(clock.Today, Component.Usage, sku, meter, 1))];
        var today = await DayPrices.LoadAsync(dataSource, asked, null, cancellationToken);
        var byMeter = asked.Select(quantity => (Quantity: quantity, today.Of(quantity).Price)).Where(priced => priced.Price is { UnitPrice: > 0, ExchangeRate: not null } price && price.Sku == priced.Quantity.Sku)
            .GroupBy(priced => priced.Quantity.Meter)
            .ToDictionary(meter => meter.Key, meter => meter.ToDictionary(priced => priced.Quantity.Sku, priced => priced.Price!.UnitPrice * priced.Price.ExchangeRate!.Value));
        return lacking.Select(usage => (usage.Sku, usage.Meter, Worth: Worth.Of(usage.Sku, usage.Quantity, byMeter.GetValueOrDefault(usage.Meter, []))))
            .Where(usage => usage.Worth is not null).ToDictionary(usage => (usage.Sku, usage.Meter), usage => usage.Worth!);
    }

    /// <summary>At the last rate that was published, which is too old to be used.</summary>
    private async Task<IReadOnlyDictionary<string, Worth>> StaleWorthsAsync(IReadOnlyList<UnconvertedAmount> unconverted, CancellationToken cancellationToken)
    {
        if (unconverted.All(amount => amount.LastRate is null))
        {
            return new Dictionary<string, Worth>();
        }

        var rates = (await prices.ListExchangeRatesAsync(cancellationToken)).Where(rate => !rate.Superseded && !rate.Publication.IsWithdrawn).ToLookup(rate => (rate.Currency, rate.EffectiveFrom), rate => rate.Rate);
        return unconverted.Where(amount => amount.LastRate is { } day && rates.Contains((amount.Currency, day))).ToDictionary(amount => amount.Currency, amount =>
        {
            var worth = amount.Amount * rates[(amount.Currency, amount.LastRate!.Value)].First();
            return new Worth(worth, worth, string.Create(CultureInfo.InvariantCulture, $"the stale rate of {amount.LastRate:yyyy-MM-dd}"));
        });
    }

    private static string Provider(string sku) => sku[..(sku.IndexOf('/', StringComparison.Ordinal) + 1)];
}
