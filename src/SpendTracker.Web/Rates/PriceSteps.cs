using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Web.Rates;

/// <summary>What a meter cost from a day on, for the unit that <see cref="PriceWords.Column"/> has.</summary>
internal readonly record struct PriceStep(DateOnly Day, decimal Price);

/// <summary>The prices of a SKU over time, at the lowest context length.</summary>
/// <param name="Currency">Of all of them: prices in another currency are left out, since one axis has one.</param>
/// <param name="Meters">With each day on which a price is another than before, the earliest first, and the last day shown.</param>
internal sealed record PriceSteps(string Currency, IReadOnlyList<(string Meter, IReadOnlyList<PriceStep> Steps)> Meters)
{
    /// <summary>Lines that a reader tells apart.</summary>
    private const int MostMeters = 4;

    /// <summary>What was paid, negotiated or listed. Nothing where no price has ever changed.</summary>
    /// <param name="rates">Of one SKU.</param>
    public static PriceSteps Of(IReadOnlyList<Rate> rates, DateOnly today)
    {
        var standing = rates.Where(rate => !rate.Superseded && !rate.Publication.IsWithdrawn).ToArray();
        if (standing.Length == 0)
        {
            return new("", []);
        }

        DateOnly[] days = [.. standing.Select(rate => rate.EffectiveFrom).Concat(standing.Where(rate => rate.EffectiveTo is { } last && last < DateOnly.MaxValue).Select(rate => rate.EffectiveTo!.Value.AddDays(1)))
            .Append(today).Distinct().Order()];
        var held = days.Select(day => (Day: day, Rates: HeldPrices.Paid(standing, day).Where(rate => rate.AboveTokens == 0).ToArray())).ToArray();
        var currency = held.SelectMany(day => day.Rates).LastOrDefault()?.Currency ?? "";
        var meters = held.SelectMany(day => day.Rates).Where(rate => rate.Currency == currency && SpendTracker.Usage.Meters.UnitOf(rate.Meter) == "tokens").Select(rate => rate.Meter).Distinct()
            .OrderBy(meter => SpendTracker.Usage.Meters.Priced.ToList().IndexOf(meter)).Take(MostMeters)
            .Select(meter => (meter, (IReadOnlyList<PriceStep>)[.. held.SelectMany(day => day.Rates.Where(rate => rate.Meter == meter && rate.Currency == currency).Take(1).Select(rate => new PriceStep(day.Day, rate.UnitPrice * 1_000_000)))]))
            .ToArray();
        return meters.Any(meter => meter.Item2.Select(step => step.Price).Distinct().Skip(1).Any()) ? new(currency, meters) : new(currency, []);
    }
}
