using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Usage;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Rates;

/// <summary>Prices as a page says them.</summary>
internal static class PriceWords
{
    private const decimal Million = 1_000_000;

    /// <summary>In a column of its meter: of tokens for a million, which its head says; of all others with their unit.</summary>
    public static string Column(Rate rate) =>
        rate.Free is not null ? "free"
        : Meters.UnitOf(rate.Meter) == "tokens" ? Money.Exact(rate.UnitPrice * Million, rate.Currency)
        : $"{Money.Exact(rate.Price, rate.Currency)} {RateList.PerText(rate.Per, rate.Meter)}";

    /// <summary>What a price is for where its column has several: <c>in</c>, <c>out</c>, <c>cache-write-tokens above 200k</c>.</summary>
    public static string Meter(Rate rate)
    {
        var (meter, tier) = Meters.OutOfTier(rate.Meter);
        var name = tier != ServiceTier.Batch ? rate.Meter : meter switch
        {
            Meters.InputTokens => "in",
            Meters.CachedInputTokens => "cached",
            Meters.OutputTokens => "out",
            _ => meter,
        };
        return Quantity.MeterText(name, rate.AboveTokens);
    }

    /// <summary>
    /// Why publishing a list price changes no cost: negotiated rates hold. Null if that is not why.
    /// </summary>
    /// <param name="rates">Of the SKU.</param>
    public static string? WhyNothingChanges(RatePublished published, IReadOnlyList<Rate> rates)
    {
        var held = HeldPrices.InTheWayOf(published, rates);
        return held.Count == 0 ? null
            : $"Nothing changes: {string.Join("; ", held.Select(rate => $"the negotiated rate of {Whole(rate)} holds{(rate.EffectiveTo is { } last ? $" until {RateList.Day(last)}" : ", without a last day")}"))}.";
    }

    /// <summary>A price with its meter: <c>$2.00 per million input-tokens</c>.</summary>
    private static string Whole(Rate rate) => $"{Money.Exact(rate.Price, rate.Currency)} {RateList.PerText(rate.Per, rate.Meter)}{(rate.Per == 1 ? $" of {rate.Meter}" : $" {rate.Meter}")}";

    /// <summary>A price of an import, old and new: <c>$2.50 → $2.00 (−20 %)</c>.</summary>
    public static string Move(PriceChange change)
    {
        var before = change.Before is { } old ? Money.Exact(old, change.BeforeCurrency ?? RateComparison.MapCurrency) : null;
        var after = change.After is { } now ? Money.Exact(now, RateComparison.MapCurrency) : null;
        return (before, after) switch
        {
            (null, _) => after ?? "–",
            (_, null) => before,
            _ => $"{before} → {after} ({Percent(change)})",
        };
    }

    private static string Percent(PriceChange change) =>
        change.Percent is { } percent ? $"{(percent > 0 ? "+" : percent < 0 ? "−" : "")}{Math.Abs(percent).ToString("#,0.##", CultureInfo.InvariantCulture)} %"
        : change.BeforeCurrency == RateComparison.MapCurrency ? "was free" : $"was in {change.BeforeCurrency}";
}
