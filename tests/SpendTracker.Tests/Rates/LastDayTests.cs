using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Tests.Rates;

/// <summary>What holds on the last day of a rate, and after it.</summary>
public sealed class LastDayTests : IAsyncLifetime
{
    private static readonly BillingPeriod Month = BillingPeriod.Of(Given.Day);

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task After_a_negotiated_rate_s_last_day_the_list_price_of_the_day_holds_and_its_discount()
    {
        await _database.ChangePricesAsync(Rate(10, -9), Rate(8, -9) with { Kind = RateKind.Negotiated }, Rate(6, -2, 1) with { Kind = RateKind.Negotiated });
        await AssertPricesAsync((-3, 8), (-2, 6), (1, 6), (2, 10));

        await _database.ChangePricesAsync(Rate(20, 2), new DiscountPublished("openai/*", 50, Given.Day.AddDays(-9), "contract"));
        await AssertPricesAsync((1, 6), (2, 10), (3, 10));
        var listed = await _database.Get<PriceBook>().ListAsync("openai/own", TestContext.Current.CancellationToken);
        Assert.Equal([(6m, Given.Day.AddDays(1))], listed.Where(rate => rate.EffectiveTo is not null).Select(rate => (rate.Price, rate.EffectiveTo!.Value)));
    }

    [Fact]
    public async Task After_a_list_price_s_last_day_there_is_no_price_and_nothing_older_comes_back()
    {
        await _database.ChangePricesAsync(Rate(10, -9), Rate(6, -2, 1));

        await AssertPricesAsync((-3, 10), (-2, 6), (1, 6), (2, null), (9, null));
    }

    [Fact]
    public async Task A_rate_is_ended_by_publishing_it_again_with_a_last_day_and_its_own_time_stays_as_it_was()
    {
        await _database.ChangePricesAsync(Rate(10, -9), Rate(6, -2) with { Kind = RateKind.Negotiated });
        await AssertPricesAsync((-2, 6), (9, 6));

        await _database.ChangePricesAsync(Rate(6, -2, 1) with { Kind = RateKind.Negotiated });
        await AssertPricesAsync((-3, 10), (-2, 6), (1, 6), (2, 10));
    }

    [Fact]
    public async Task A_discount_holds_from_its_first_day_to_its_last_the_longest_name_before_the_latest_day_before_the_last_published()
    {
        await _database.ChangePricesAsync(Rate(10, -20), Discount("openai/*", 50, -2, 1));
        await AssertPricesAsync((-3, 10), (-2, 5), (1, 5), (2, 10));

        await _database.ChangePricesAsync(Discount("openai/own", 10, -9, 9), Discount("openai/own", 30, 0, 0), Discount("openai/own", 20, 0, 0));
        await AssertPricesAsync((-10, 10), (-9, 9), (-2, 9), (-1, 9), (0, 8), (1, 9), (9, 9), (10, 10));
    }

    [Fact]
    public async Task An_exchange_rate_holds_from_its_first_day_on_and_of_two_of_one_day_the_last_published()
    {
        await _database.ChangePricesAsync(
            Rate(10, -20) with { Currency = "EUR" }, ExchangeRate(1.5m, -5), ExchangeRate(2, 0), ExchangeRate(1.25m, 0), new DiscountPublished("*", 20, Given.Day.AddDays(1), "contract"));
        await AssertTotalAsync(-5, 15);
        await AssertTotalAsync(-1, 15);
        await AssertTotalAsync(0, 12.5m);
        await AssertTotalAsync(1, 10);

        async Task AssertTotalAsync(int day, decimal amount)
        {
            var before = await TotalAsync(null);
            await _database.RecordAsync(Given.Tokens(Given.At(Given.Day.AddDays(day)), model: "own", input: 1, output: 0));
            await _database.ProjectAsync();
            Assert.Equal(amount, (await TotalAsync(null)).Amount - before.Amount);
        }
    }

    [Fact]
    public void An_import_finds_no_price_booked_after_the_last_day()
    {
        var booked = new BookedRates(2, [Rate(10, -9), Rate(6, -2, 1)]);

        Assert.Equal([10m, 6, 6, null], new[] { -3, -2, 1, 2 }.Select(day => booked.Of("input-tokens", Given.Day.AddDays(day))?.Prices[0].Price));
    }

    /// <summary>By the prices of single quantities, and, a token used on each day, by the costs that are kept and by those worked out anew.</summary>
    private async Task AssertPricesAsync(params (int Day, decimal? Price)[] expected)
    {
        var quantities = expected.Select(e => new UsageQuantity(Given.Day.AddDays(e.Day), Component.Usage, "openai/own", "input-tokens", 1)).ToArray();
        var prices = await DayPrices.LoadAsync(_database.DataSource, quantities, null, TestContext.Current.CancellationToken);
        Assert.Equal(expected.Select(e => e.Price), quantities.Select(quantity => prices.Of(quantity).Price?.UnitPrice));

        var before = await TotalAsync(null);
        await _database.RecordAsync([.. quantities.Select(quantity => Given.Tokens(Given.At(quantity.Day), model: "own", input: 1, output: 0))]);
        await _database.ProjectAsync();
        var moved = (expected.Sum(e => e.Price ?? 0), expected.Count(e => e.Price is null));
        var now = await TotalAsync(null);
        Assert.Equal(moved, (now.Amount - before.Amount, (int)(now.Unpriced - before.Unpriced)));
        Assert.Equal(now, await TotalAsync(BillingPeriod.DayOf(_database.Spend.Options.Clock.GetUtcNow(), TimeZoneInfo.Utc)));
    }

    private async Task<(decimal Amount, decimal Unpriced)> TotalAsync(DateOnly? knownOn)
    {
        var costs = await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(Month.Previous, Month.Next) { KnownOn = knownOn }, [], TestContext.Current.CancellationToken);
        return (costs.Sum(cost => cost.Actual), costs.Sum(cost => cost.Unpriced.GetValueOrDefault("tokens")));
    }

    private static ExchangeRatePublished ExchangeRate(decimal rate, int from) => new("EUR", Given.Day.AddDays(from), rate, "bank");

    private static DiscountPublished Discount(string sku, decimal percent, int from, int to) => new(sku, percent, Given.Day.AddDays(from), "contract", Given.Day.AddDays(to));

    /// <param name="from">Days after <see cref="Given.Day"/>.</param>
    private static RatePublished Rate(decimal price, int from, int? to = null) => new(
        "openai/own", Given.Day.AddDays(from), "USD", [new("input-tokens", price)], "list", EffectiveTo: to is { } last ? Given.Day.AddDays(last) : null);
}
