using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>
/// Compares rates that ship with the product with what is booked. Prices are dated: a SKU without a list price gets all of its
/// rates, each from its own day. Of a SKU with list prices, what differs on the day chosen is published from that day, and what
/// changes later from its own; the past stays as it was published. Pure: the same rates, day and book give the same difference.
/// </summary>
/// <param name="from">The day that prices are compared on, and published from.</param>
/// <param name="providers">Only SKUs of these; of all where there are none.</param>
/// <param name="book">By SKU.</param>
public sealed class StartingComparison(DateOnly from, IReadOnlyCollection<string> providers, IReadOnlyDictionary<string, BookedRates> book, string reportingCurrency)
{
    private const string Source = "The starting rates of this version";

    public RateDiff With(IEnumerable<RatePublished> starting)
    {
        var skus = starting.GroupBy(rate => rate.Sku).ToDictionary(sku => sku.Key, sku => new BookedRates(0, [.. sku]));
        var map = new PriceMap([.. skus.Select(sku => Listed(sku.Key, sku.Value)).Where(listed => listed.Prices.Count > 0)], [], [], new Dictionary<string, int>(), []) { TakesFree = true };
        var wanted = new RateComparison(Source, from, providers, book, reportingCurrency);
        var diff = wanted.With(map);
        var differing = diff.Publications.ToDictionary(publication => publication.Rate.Sku, publication => publication.Rate.Prices);
        return diff with
        {
            Gone = [], // What other lists have brought is none of this list's business.
            Publications = [.. skus.Where(sku => wanted.IsWanted(sku.Key)).SelectMany(sku => Publications(sku.Value, book.GetValueOrDefault(sku.Key, new(0, [])), differing.GetValueOrDefault(sku.Key, [])))],
        };
    }

    private ListedRate Listed(string sku, BookedRates rates)
    {
        var held = rates.Rates.SelectMany(rate => rate.Prices).Select(price => price.Meter).Distinct()
            .Select(meter => rates.Of(meter, from) is { } rate ? Only(rate, meter) : null).OfType<RatePublished>().ToArray();
        return new(sku, sku, [.. held.SelectMany(rate => rate.Prices)]) { NotCarried = [.. held.SelectMany(rate => rate.NotCarried ?? [])] };
    }

    /// <summary>The part of a rate that is of some meters.</summary>
    private static RatePublished Only(RatePublished rate, params IEnumerable<string> meters)
    {
        NotCarriedPrice[] notCarried = [.. (rate.NotCarried ?? []).Where(price => meters.Contains(Meters.WholeOf(price.Meter)))];
        return rate with { Prices = [.. rate.Prices.Where(price => meters.Contains(price.Meter))], NotCarried = notCarried.Length > 0 ? notCarried : null };
    }

    /// <param name="differing">Prices that differ from the book on the day.</param>
    private IEnumerable<(RatePublished, long)> Publications(BookedRates starting, BookedRates booked, IReadOnlyList<MeterPrice> differing)
    {
        var isNew = booked.Rates.Count == 0;
        var now = isNew ? [] : differing.GroupBy(price => starting.Of(price.Meter, from)!).Select(prices => Only(prices.Key, prices.Select(price => price.Meter).Distinct()) with { EffectiveFrom = from, Prices = [.. prices] });
        var dated = starting.Rates.Where(rate => isNew || (rate.EffectiveFrom > from && !IsBooked(rate, booked)));
        return now.Concat(dated).Select(rate => (rate, booked.Version));
    }

    private static bool IsBooked(RatePublished rate, BookedRates booked) =>
        booked.Rates.Any(other => other.EffectiveFrom == rate.EffectiveFrom && rate.Prices.All(other.Prices.Contains));
}
