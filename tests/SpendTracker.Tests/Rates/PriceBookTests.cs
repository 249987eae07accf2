using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Rates;

/// <summary>Which price holds, by the rules of the price book, in the very costs that pages show.</summary>
public sealed class PriceBookTests : IAsyncLifetime
{
    private static readonly BillingPeriod Month = BillingPeriod.Of(Given.Day);
    private static readonly Recorder Recorder = new("test");

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private PriceBook Book => _database.Get<PriceBook>();

    private RatePreview Preview => _database.Get<RatePreview>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exact_names_go_before_longer_patterns_before_shorter_and_later_before_earlier_and_the_list_says_so()
    {
        string[] skus = ["own/short", "own/long", "own/exact", "own/later"];
        foreach (var (sku, price) in skus.Select((sku, i) => (sku, i + 1)))
        {
            await PublishAsync(Rate(sku, price));
        }

        await _database.RecordAsync(Tokens("gpt-x-2026-01-01", 1));
        await PublishAsync(new AliasPublished("openai/gpt-*", "own/short"));
        Assert.Equal(1m, (await TotalAsync()).Actual);
        await PublishAsync(new AliasPublished("openai/gpt-x-*", "own/long"));
        Assert.Equal(2m, (await TotalAsync()).Actual);
        await PublishAsync(new AliasPublished("openai/gpt-x-2026-01-01", "own/exact"), new AliasPublished("openai/gpt-x-2026-01-01*", "own/long"));
        Assert.Equal(3m, (await TotalAsync()).Actual);
        await PublishAsync(new AliasPublished("openai/gpt-x-2026-01-01", "own/later"), new AliasPublished("openai/*", "own/short"));
        Assert.Equal(4m, (await TotalAsync()).Actual);

        // Each rule withdrawn in the order of the list, the next one takes its place.
        foreach (var expected in (string[])["own/later", "own/exact", "own/long", "own/long", "own/short"])
        {
            var first = (await Book.ListAliasesAsync(Stop))[0];
            Assert.Equal((1, expected), (first.Order, first.Sku));
            Assert.Equal(skus.IndexOf(expected) + 1, (await TotalAsync()).Actual);
            await PublishAsync(new PublicationWithdrawn(first.Publication.Id, "next"));
        }
    }

    [Fact]
    public async Task SKUs_are_found_page_by_page_by_provider_kind_use_and_what_holds()
    {
        await PublishAsync(
            Rate("own/a", 1), Rate("own/b", 1) with { Kind = RateKind.Negotiated }, Rate("other/over", 1) with { EffectiveTo = Given.Day }, Rate("other/later", 1) with { EffectiveFrom = Given.Day.AddDays(9) }, Rate("own/gone", 1));
        await PublishAsync(new PublicationWithdrawn((await Book.ListAsync("own/gone", Stop))[0].Publication.Id, "wrong"));
        await _database.RecordAsync(Tokens("a", 1) with { Provider = "own" });
        await TotalAsync();

        Assert.Equal(["other/later", "other/over", "own/a", "own/b", "own/gone"], await FoundAsync(new("O")));
        Assert.Equal(["own/a", "own/b", "own/gone"], await FoundAsync(new(Provider: "own")));
        Assert.Equal(["own/b"], await FoundAsync(new(Provider: "own", Kind: RateKind.Negotiated)));
        Assert.Equal(["own/a"], await FoundAsync(new(Provider: "own", Kind: RateKind.List)));
        Assert.Equal(["own/a"], await FoundAsync(new(Used: true)));
        Assert.Equal(["own/a", "own/b"], await FoundAsync(new("o", Holds: true)));

        var page = await _database.Get<PricedSkuQuery>().ReadAsync(new(Provider: "own"), Given.Day.AddDays(1), 1, 2, Stop);
        Assert.Equal(["own/a", "own/b"], page.Skus);
        Assert.Equal((3, "own/a"), (page.Count, Assert.Single(page.Used)));
        Assert.Contains("other", page.Providers);
        Assert.Equal(["own/gone"], (await _database.Get<PricedSkuQuery>().ReadAsync(new(Provider: "own"), Given.Day.AddDays(1), 2, 2, Stop)).Skus);

        async Task<IReadOnlyList<string>> FoundAsync(SkuFilter filter) =>
            [.. (await _database.Get<PricedSkuQuery>().ReadAsync(filter, Given.Day.AddDays(1), 1, 1_000, Stop)).Skus.Where(sku => sku.StartsWith('o') && !sku.StartsWith("openai", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task In_a_pattern_only_the_star_stands_for_other_characters()
    {
        await PublishAsync(
            Rate("own/x", 1), Rate("own/y", 2), new AliasPublished("openai/a_*", "own/x"), new AliasPublished("openai/%*", "own/x"), new AliasPublished("openai/*", "own/y"),
            new DiscountPublished("own/_*", 50, Given.Day, "contract"), new DiscountPublished("own/y%*", 50, Given.Day, "contract"));
        await _database.RecordAsync(Tokens("a-1", 10));
        Assert.Equal(20m, (await TotalAsync()).Actual);
        await _database.RecordAsync(Tokens("a_1", 10));
        Assert.Equal(30m, (await TotalAsync()).Actual);
    }

    [Fact]
    public async Task A_negotiated_rate_holds_before_the_list_price_and_no_discount_comes_off_it()
    {
        await _database.RecordAsync(Tokens("own", 10));
        await PublishAsync(Rate("openai/own", 10));
        await PublishAsync(new DiscountPublished("openai/*", 50, Given.Day, "contract"));
        Assert.Equal(50m, (await TotalAsync()).Actual);
        await PublishAsync(new DiscountPublished("openai/own", 20, Given.Day, "contract"));
        var discounted = await TotalAsync();
        Assert.Equal((80m, 100m), (discounted.Actual, discounted.Listed));

        await PublishAsync(Rate("openai/own", 9) with { Kind = RateKind.Negotiated });
        var negotiated = await TotalAsync();
        Assert.Equal((90m, 100m), (negotiated.Actual, negotiated.Listed));
    }

    [Fact]
    public async Task The_list_amount_is_of_the_list_price_s_own_currency_also_beside_a_rate_of_ours_in_another()
    {
        await PublishAsync(Rate("openai/own", 10), new ExchangeRatePublished("EUR", Given.Day, 1.25m, "bank"));
        await _database.RecordAsync(Tokens("own", 4));
        await PublishAsync(Rate("openai/own", 6) with { Currency = "EUR", Kind = RateKind.Negotiated });
        await AssertAmountsAsync(4 * 6 * 1.25m, 4 * 10);

        // Of the day, as the price paid is.
        await PublishAsync(Rate("openai/own", 9) with { Currency = "GBP" }, new ExchangeRatePublished("GBP", Given.Day, 1.5m, "bank"), new ExchangeRatePublished("GBP", Given.Day.AddDays(1), 3, "bank"));
        await AssertAmountsAsync(30, 4 * 9 * 1.5m);
        var pound = (await Book.ListExchangeRatesAsync(Stop)).Single(rate => rate.Currency == "GBP" && rate.EffectiveFrom == Given.Day);
        await PublishAsync(new PublicationWithdrawn(pound.Publication.Id, "typo"));
        await AssertAmountsAsync(30, 30); // Nobody knows what would have been paid: nothing is shown as saved.

        var euro = (await Book.ListExchangeRatesAsync(Stop)).Single(rate => rate.Currency == "EUR");
        await PublishAsync(new ExchangeRatePublished("GBP", Given.Day, 1.5m, "bank"), new PublicationWithdrawn(euro.Publication.Id, "typo"));
        await AssertAmountsAsync(0, 0); // What is in no amount is in no list amount.
        Assert.Equal([new("EUR", 24m)], (await TotalAsync()).Unconverted);
    }

    [Fact]
    public async Task A_step_holds_for_requests_with_more_tokens_than_it_up_to_the_next()
    {
        await PublishAsync(new RatePublished(
            "openai/own", Given.Day, "USD", [new("input-tokens", 1), new("input-tokens", 2, 1, 128_000), new("input-tokens", 3, 1, 272_000)], "list"));
        await _database.RecordAsync(Tokens("own", 128_000), Tokens("own", 128_001), Tokens("own", 272_000), Tokens("own", 272_001), Tokens("own", 400_000) with { Requests = 4 });

        Assert.Equal(128_000 + ((128_001 + 272_000) * 2) + (272_001 * 3) + 400_000, (await TotalAsync()).Actual);
    }

    [Fact]
    public async Task A_later_rate_of_the_day_takes_the_place_of_all_steps_of_the_earlier_one()
    {
        MeterPrice[] steps = [new("input-tokens", 1), new("input-tokens", 2, 1, 200_000)];
        await _database.RecordAsync(Tokens("own", 10), Tokens("own", 300_000));
        await PublishAsync(Rate("openai/own", 3) with { Prices = steps }, Rate("openai/own", 3));
        Assert.Equal(300_010 * 3, (await TotalAsync()).Actual);

        await PublishAsync(Rate("openai/own", 3) with { Prices = steps });
        Assert.Equal(10 + (300_000 * 2), (await TotalAsync()).Actual);
    }

    [Fact]
    public async Task What_is_withdrawn_gives_way_to_what_held_before_and_stays_in_the_list()
    {
        await PublishAsync(Rate("openai/own", 1), Rate("openai/own", 5), new DiscountPublished("openai/own", 10, Given.Day, "contract"));
        await _database.RecordAsync(Tokens("own", 10));
        Assert.Equal(45m, (await TotalAsync()).Actual);

        var rate = (await Book.ListAsync("openai/own", Stop)).Single(rate => !rate.Superseded);
        await PublishAsync(new PublicationWithdrawn(rate.Publication.Id, "typo"), new PublicationWithdrawn((await Book.ListDiscountsAsync(Stop))[0].Publication.Id, "over"));

        Assert.Equal(10m, (await TotalAsync()).Actual);
        var rates = await Book.ListAsync("openai/own", Stop);
        Assert.Equal([(5m, "typo", false), (1m, null, false)], rates.Select(r => (r.Price, r.Publication.WithdrawnBecause, r.Superseded)));
        Assert.Equal("test", rates[0].Publication.WithdrawnBy);
        Assert.Equal(PriceBook.WithdrawnBefore, await Book.WithdrawAsync(new PublicationWithdrawn(rate.Publication.Id, "again"), Recorder, Stop));
        Assert.Equal(PriceBook.Unknown, await Book.WithdrawAsync(new PublicationWithdrawn(Guid.NewGuid(), "never was"), Recorder, Stop));
    }

    [Fact]
    public async Task A_rate_without_an_exchange_rate_gives_an_unconverted_amount_in_the_preview_too_until_one_is_published()
    {
        await _database.RecordAsync(Tokens("own", 10));
        await PublishAsync(Rate("openai/own", 1));
        var change = Assert.Single(await Preview.OfAsync([Rate("openai/own", 3) with { Currency = "EUR" }], Stop));
        Assert.Equal((10m, 0m, 0m), (change.Before, change.After, change.UnpricedAfter));
        Assert.Equal([new("EUR", 30m)], change.UnconvertedAfter);
        Assert.Empty(change.UnconvertedBefore);

        await PublishAsync(Rate("openai/own", 3) with { Currency = "EUR" });
        var total = await TotalAsync();
        Assert.Equal((0m, 30m), (total.Actual, total.Unconverted["EUR"]));
        Assert.Empty(total.Unpriced);
        Assert.Equal("EUR", Assert.Single(await _database.Get<UnpricedQuery>().ListUnconvertedAsync(null, null, null, Stop)).Currency);
        await PublishAsync(new ExchangeRatePublished("EUR", Given.Day, 1.5m, "bank"));
        Assert.Equal(45m, (await TotalAsync()).Actual);
    }

    [Fact]
    public async Task A_preview_says_what_will_be_by_month_approach_and_workload_and_publishes_nothing()
    {
        await PublishAsync(Rate("openai/own", 1, Given.Day.AddMonths(-1)));
        await _database.RecordAsync(Tokens("own", 10), Tokens("own", 5) with { Workload = "other" }, Tokens("own", 7, Given.Day.AddMonths(-1)), Tokens("new", 3));
        await _database.ProjectAsync();
        await CloseAsync(Month.Previous);
        var events = await _database.ScalarAsync<long>("select count(*) from spend.mt_events");

        var changes = await Preview.OfAsync([Rate("openai/own", 2, Given.Day.AddMonths(-1)), new AliasPublished("openai/new", "openai/own")], Stop);

        Assert.Equal(
            [
                ($"{Month.Previous}", $"{Month}", "support-chat", 7m, 14m, 0m, 0m), ($"{Month}", $"{Month}", "other", 5m, 10m, 0m, 0m),
                ($"{Month}", $"{Month}", "support-chat", 10m, 26m, 3m, 0m),
            ],
            changes.Select(c => (c.Month, c.BooksIn, c.Workload, c.Before, c.After, c.UnpricedBefore, c.UnpricedAfter)));
        Assert.Equal(events, await _database.ScalarAsync<long>("select count(*) from spend.mt_events"));
        Assert.Single(await Book.ListAsync("openai/own", Stop));
        Assert.Empty(await Book.ListAliasesAsync(Stop));
        Assert.Equal(15m, (await TotalAsync()).Actual);
        await PublishAsync(Rate("openai/own", 2, Given.Day.AddMonths(-1)), new AliasPublished("openai/new", "openai/own"));
        Assert.Equal(15 + changes.Sum(change => change.Difference), (await TotalAsync()).Actual);
    }

    [Fact]
    public async Task What_is_unpriced_names_who_used_it_when_last_and_under_which_names()
    {
        await _database.RecordAsync(Tokens("a-1", 10), Tokens("a-2", 50) with { Workload = "big" }, Tokens("a-2", 1, Given.Day.AddMonths(-1)) with { Workload = "big" });
        await PublishAsync(new AliasPublished("openai/a-*", "own/a"));
        await _database.ProjectAsync();

        var usage = Assert.Single(await _database.Get<UnpricedQuery>().ListAsync(null, null, null, Stop));
        Assert.Equal(("own/a", 61m, 3L, $"{Month.Previous}", $"{Month}", Given.Day.AddMonths(-1)), (usage.Sku, usage.Quantity, usage.Events, usage.FirstMonth, usage.LastMonth, usage.FirstDay));
        Assert.Equal(["openai/a-1", "openai/a-2"], usage.ReportedSkus);
        Assert.Equal([new UnpricedUse("big", $"{Month}"), new("support-chat", $"{Month}")], usage.UsedBy);
    }

    private async Task CloseAsync(BillingPeriod month)
    {
        var periods = _database.Get<BillingPeriods>();
        Assert.Empty((await periods.CloseAsync(month, new CloseRequest("month end"), Recorder, Stop)).Reasons);
        await _database.ProjectAsync();
    }

    private Task PublishAsync(params IEvent[] changes) => _database.ChangePricesAsync(changes);

    /// <summary>Kept current, and worked out from the days as known today, which is another query.</summary>
    private async Task AssertAmountsAsync(decimal actual, decimal listed)
    {
        var today = BillingPeriod.DayOf(_database.Spend.Options.Clock.GetUtcNow(), _database.Settings.ReportingTimeZone);
        var known = Assert.Single(await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(Month, Month) { KnownOn = today }, [], Stop));
        var now = await TotalAsync();
        Assert.Equal((actual, listed, actual, listed), (now.Actual, now.Listed, known.Actual, known.Listed));
    }

    private async Task<MonthlyCost> TotalAsync()
    {
        await _database.ProjectAsync();
        return Assert.Single(await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(Month, Month), [], Stop));
    }

    private static RatePublished Rate(string sku, decimal price, DateOnly? from = null) => new(sku, from ?? Given.Day, "USD", [new("input-tokens", price)], "list");

    private static TokenUsageRecorded Tokens(string model, long input, DateOnly? day = null) => Given.Tokens(Given.At(day ?? Given.Day), model: model, input: input, output: 0);
}
