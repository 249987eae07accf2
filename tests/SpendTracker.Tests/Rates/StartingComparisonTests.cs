using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Tests.Rates;

/// <summary>What rates of a new version do to a book that has some already.</summary>
public sealed class StartingComparisonTests
{
    private static readonly DateOnly From = new(2026, 12, 1);

    private static readonly RatePublished[] Starting =
    [
        Rate("own/x", new(2026, 1, 1), new MeterPrice(Meters.InputTokens, 4, 1_000_000), new MeterPrice(Meters.OutputTokens, 8, 1_000_000)),
        Rate("own/x", new(2026, 9, 1), new MeterPrice(Meters.InputTokens, 3, 1_000_000), new MeterPrice(Meters.OutputTokens, 8, 1_000_000)),
        Rate("own/x", new(2027, 1, 1), new MeterPrice(Meters.InputTokens, 5, 1_000_000), new MeterPrice(Meters.OutputTokens, 8, 1_000_000)),
    ];

    [Fact]
    public void A_SKU_without_a_list_price_gets_all_of_its_rates_each_from_its_own_day()
    {
        Assert.Equal(Starting, Compared(new(0, [])).Publications.Select(publication => publication.Rate));
        Assert.Equal([2L, 2, 2], Compared(new(2, [])).Publications.Select(publication => publication.Version)); // Withdrawn, or only negotiated.
    }

    [Fact]
    public void Of_a_SKU_with_list_prices_what_differs_holds_from_the_day_chosen_what_comes_later_from_its_own_and_the_past_stays()
    {
        var diff = Compared(new(7, [Rate("own/x", new(2026, 1, 1), new MeterPrice(Meters.InputTokens, 4, 1_000_000), new MeterPrice(Meters.OutputTokens, 8, 1_000_000))]));

        Assert.Equal([(From, 3m), (new(2027, 1, 1), 5m)], diff.Publications.Select(publication => (publication.Rate.EffectiveFrom, publication.Rate.Prices[0].Price)));
        Assert.Equal([1, 2], diff.Publications.Select(publication => publication.Rate.Prices.Count)); // Output has not changed.
        Assert.All(diff.Publications, publication => Assert.Equal((7L, "own list, looked up 2026-11-29"), (publication.Version, publication.Rate.Source)));
        Assert.Equal((4m, 3m, -25m), diff.Changed.Select(change => (change.Before!.Value, change.After!.Value, change.Percent!.Value)).Single());
        Assert.Equal(1, diff.Skus);
    }

    [Fact]
    public void Published_once_nothing_is_left_to_publish()
    {
        foreach (var book in (RatePublished[][])[[], [Rate("own/x", new(2026, 1, 1), new MeterPrice(Meters.InputTokens, 4, 1_000_000))]])
        {
            RatePublished[] after = [.. book, .. Compared(new(book.Length, book)).Publications.Select(publication => publication.Rate)];
            Assert.Empty(Compared(new(after.Length, after)).Publications);
        }
    }

    [Fact]
    public void What_has_ended_by_the_day_or_begins_later_is_neither_new_nor_malformed()
    {
        var diff = new StartingComparison(From, [], new Dictionary<string, BookedRates>(), "USD").With([Starting[0] with { EffectiveTo = new(2026, 8, 31) }, Starting[2] with { Sku = "own/y" }]);

        Assert.Empty(diff.Malformed);
        Assert.Empty(diff.New);
        Assert.Equal([new(2026, 1, 1), new(2027, 1, 1)], diff.Publications.Select(publication => publication.Rate.EffectiveFrom));
    }

    [Fact]
    public void Other_providers_and_prices_that_other_lists_have_brought_are_left_alone()
    {
        var imported = Rate("own/x", new(2026, 1, 1), new MeterPrice(Meters.CachedInputTokens, 4, 1_000_000)) with { Source = $"{RateImport.SourcePrefix}a.json" };

        Assert.Empty(Compared(new(1, [imported])).Gone);
        Assert.Empty(Compared(new(0, []), "other").Publications);
    }

    private static RateDiff Compared(BookedRates booked, params string[] providers) =>
        new StartingComparison(From, providers, new Dictionary<string, BookedRates> { ["own/x"] = booked }, "USD").With(Starting);

    private static RatePublished Rate(string sku, DateOnly from, params MeterPrice[] prices) => new(sku, from, "USD", prices, "own list, looked up 2026-11-29");
}
