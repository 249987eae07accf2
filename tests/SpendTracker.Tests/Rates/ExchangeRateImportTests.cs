using SpendTracker.Contracts;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Rates;

/// <summary>What a file of exchange rates is compared with.</summary>
public sealed class ExchangeRateImportTests
{
    [Fact]
    public async Task A_file_is_compared_with_the_last_rate_of_a_day_that_stands_and_more_than_a_quarter_is_a_large_change()
    {
        await using var database = await TestDatabase.CreateAsync();
        var stop = TestContext.Current.CancellationToken;
        var (first, second, third) = (Given.Day, Given.Day.AddDays(1), Given.Day.AddDays(2));
        await database.ChangePricesAsync(Rate(first, 1), Rate(first, 2), Rate(second, 2), Rate(third, 2));
        var withdrawn = (await database.Get<PriceBook>().ListExchangeRatesAsync(stop)).Single(rate => rate.EffectiveFrom == third);
        await database.ChangePricesAsync(new PublicationWithdrawn(withdrawn.Publication.Id, "typo"));

        var diff = await database.Get<ExchangeRateImport>().CompareAsync(
            new("file", [new(1, "EUR", first, 2.5m, null), new(2, "EUR", first, 2.5m, null), new(3, "EUR", second, 2.51m, null), new(4, "EUR", third, 2, null)], []), stop);

        Assert.Equal([new("EUR", first, 2, 2.5m, 25, false), new("EUR", second, 2, 2.51m, 25.5m, true)], diff.Changed);
        Assert.Equal([new("EUR", third, null, 2, null, false)], diff.New);
        Assert.Empty(diff.Malformed);

        static ExchangeRatePublished Rate(DateOnly day, decimal rate) => new("EUR", day, rate, "bank");
    }
}
