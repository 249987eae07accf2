using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Usage;
using SpendTracker.Web.Pages;

namespace SpendTracker.Tests.Rates;

/// <summary>What the price book says where two readings are possible, see the host's README.</summary>
public sealed class PricingRuleTests : IAsyncLifetime
{
    private static readonly BillingPeriod Month = BillingPeriod.Of(Given.Day);

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rate_of_the_name_itself_goes_before_a_pattern_and_an_alias_of_the_whole_name_before_both()
    {
        await PublishAsync(Rate("own/a", 1), new AliasPublished("openai/x-*", "own/a"));
        await _database.RecordAsync(Tokens("x-1", 10));
        Assert.Equal([("own/a", 10m)], await ByModelAsync());

        await PublishAsync(Rate("openai/x-1", 3));
        await _database.RecordAsync(Tokens("x-1", 1), Tokens("x-2", 1)); // A line that is known, and one that is new.
        Assert.Equal([("openai/x-1", 33m), ("own/a", 1m)], await ByModelAsync());

        await PublishAsync(new AliasPublished("openai/x-1", "own/a"));
        Assert.Equal([("own/a", 12m)], await ByModelAsync());

        var alias = (await _database.Get<PriceBook>().ListAliasesAsync(Stop)).Single(alias => alias.Model == "openai/x-1");
        var rate = Assert.Single(await _database.Get<PriceBook>().ListAsync("openai/x-1", Stop));
        await PublishAsync(new PublicationWithdrawn(alias.Publication.Id, "wrong"));
        Assert.Equal([("openai/x-1", 33m), ("own/a", 1m)], await ByModelAsync());
        await PublishAsync(new PublicationWithdrawn(rate.Publication.Id, "wrong"));
        Assert.Equal([("own/a", 12m)], await ByModelAsync());
    }

    [Fact]
    public async Task A_rate_for_training_a_model_is_none_for_using_it()
    {
        await PublishAsync(
            Rate("own/a", 1), new AliasPublished("openai/x-*", "own/a"),
            new RatePublished("openai/x-1", Given.Day, "USD", [new(Meters.TrainingTokens, 100)], "list"));
        await _database.RecordAsync(Tokens("x-1", 10), new TrainingRunRecorded("w", "openai", "x-1", "run", Given.At(Given.Day), TrainedTokens: 2));

        Assert.Equal([("openai/x-1", 200m), ("own/a", 10m)], await ByModelAsync());
    }

    [Fact]
    public async Task Before_the_first_day_of_a_rate_of_the_name_itself_the_pattern_holds_and_what_it_leads_to_is_still_followed()
    {
        await PublishAsync(Rate("own/a", 1), new AliasPublished("openai/x-*", "own/a"));
        await _database.RecordAsync(Tokens("x-1", 10), Tokens("x-1", 1) with { UsedAt = Given.At(Given.Day.AddDays(1)) });
        await PublishAsync(Rate("openai/x-1", 3) with { EffectiveFrom = Given.Day.AddDays(1) });
        Assert.Equal([("openai/x-1", 13m)], await ByModelAsync());

        await PublishAsync(Rate("own/a", 2));
        Assert.Equal([("openai/x-1", 23m)], await ByModelAsync());
        await PublishAsync(new DiscountPublished("own/a", 50, Given.Day, "contract"));
        Assert.Equal([("openai/x-1", 13m)], await ByModelAsync());
        await PublishAsync(Rate("own/a", 4) with { Currency = "EUR" }, new ExchangeRatePublished("EUR", Given.Day, 1.5m, "bank"));
        Assert.Equal([("openai/x-1", 33m)], await ByModelAsync());
        await PublishAsync(new ExchangeRatePublished("EUR", Given.Day, 2, "bank"));
        Assert.Equal([("openai/x-1", 43m)], await ByModelAsync());

        var alias = Assert.Single(await _database.Get<PriceBook>().ListAliasesAsync(Stop));
        await PublishAsync(new PublicationWithdrawn(alias.Publication.Id, "wrong"));
        Assert.Equal([("openai/x-1", 3m)], await ByModelAsync());
        Assert.Equal(10m, (await TotalAsync()).Unpriced["tokens"]);
    }

    [Fact]
    public async Task Aliases_do_not_chain()
    {
        await PublishAsync(Rate("own/c", 5), new AliasPublished("openai/x", "own/b"), new AliasPublished("own/b", "own/c"));
        await _database.RecordAsync(Tokens("x", 10));

        var row = Assert.Single(await CostsAsync("model"));
        Assert.Equal(("own/b", 0m, 10m), (row.Keys["model"], row.Actual, row.Unpriced["tokens"]));
    }

    [Fact]
    public async Task A_discount_on_everything_comes_off_what_providers_ask_and_not_off_work_of_our_own_unless_it_names_it()
    {
        await PublishAsync(
            Rate("openai/x", 1), Price("azure/gpu", Meters.HostingHours, 10), Price("labour/engineer", Meters.LabourHours, 100), Price("dataset/label", Meters.Items, 1),
            new DiscountPublished("*", 50, Given.Day, "contract"));
        var at = Given.At(Given.Day);
        await _database.RecordAsync(
            Tokens("x", 10), new HostingHoursRecorded("w", Approach.FineTuning, "azure/gpu", 1, at, at.AddHours(1)),
            new LabourRecorded("w", Approach.Hybrid, "engineer", 1, LabourActivity.Integration, at), new DatasetPrepRecorded("w", "d", DatasetActivity.Label, at, Items: 7),
            new ChargeRecorded("w", Approach.Hybrid, Component.Other, 1_000, "USD", at));
        Assert.Equal(5 + 5 + 100 + 7 + 1_000, (await TotalAsync()).Actual);

        await PublishAsync(new DiscountPublished("labour/*", 10, Given.Day, "internal"));
        Assert.Equal(5 + 5 + 90 + 7 + 1_000, (await TotalAsync()).Actual);
        Assert.Equal(
            [true, true, false, false, true],
            new[] { ("*", "openai/x"), ("*", "azure/gpu"), ("*", "labour/engineer"), ("*", "dataset/label"), ("labour/*", "labour/engineer") }
                .Select(pair => new Discount(pair.Item1, 1, Given.Day, null, "", null!).Covers(pair.Item2)));
    }

    [Fact]
    public async Task A_publication_without_steps_ends_the_steps_of_the_meter_and_no_other_meter_s()
    {
        await PublishAsync(new RatePublished(
            "openai/x", Given.Day, "USD", [new("input-tokens", 1), new("input-tokens", 2, 1, 128_000), new("output-tokens", 10), new("output-tokens", 20, 1, 128_000)], "list"));
        await _database.RecordAsync(Tokens("x", 200_000) with { OutputTokens = 1 });
        Assert.Equal(400_020m, (await TotalAsync()).Actual);

        await PublishAsync(Rate("openai/x", 3));
        Assert.Equal(600_020m, (await TotalAsync()).Actual);
    }

    [Fact]
    public async Task Sums_are_exact_and_rounded_by_who_shows_them()
    {
        await PublishAsync(new RatePublished("openai/x", Given.Day, "USD", [new("input-tokens", 0.000001m, 1_000_000)], "list"), new DiscountPublished("openai/x", 0.0001m, Given.Day, "contract"));
        await _database.RecordAsync(Tokens("x", 3));

        Assert.Equal(0.000000000002999997m, (await TotalAsync()).Actual);
        Assert.Equal("< $0.01", Money.Text(0.000000000002999997m, "USD"));
        Assert.Equal(["$0.01", "$0.02", "-$0.02"], new[] { 0.0149m, 0.015m, -0.015m }.Select(amount => Money.Text(amount, "USD").Replace('−', '-')));
    }

    [Fact]
    public async Task A_row_s_month_is_that_of_booking_and_its_key_origin_that_of_use()
    {
        await PublishAsync(Rate("openai/x", 1));
        await _database.RecordAsync(Tokens("x", 10));

        var row = Assert.Single(await CostsAsync("month"));
        Assert.Equal((Given.Day.ToString("yyyy-MM", null), 0), (row.Month, row.Keys.Count));
        row = Assert.Single(await CostsAsync("month", "origin"));
        Assert.Equal([("origin", Given.Day.ToString("yyyy-MM", null))], row.Keys.Select(key => (key.Key, key.Value)));
    }

    [Fact]
    public async Task What_has_no_exchange_rate_is_in_neither_the_actual_nor_the_listed_amount()
    {
        await PublishAsync(Rate("openai/x", 1), Rate("openai/y", 1) with { Currency = "EUR" });
        await _database.RecordAsync(Tokens("x", 10), Tokens("y", 5));

        var total = await TotalAsync();
        Assert.Equal((10m, 10m, 5m), (total.Actual, total.Listed, total.Unconverted["EUR"]));
    }

    [Fact]
    public async Task Starting_rates_are_dollars_also_where_euros_are_reported_and_without_an_exchange_rate_the_amount_is_told()
    {
        await using var spend = await SpendDatabase.OpenAsync(
            new() { ConnectionString = await TestServer.CreateDatabaseAsync(empty: true), ReportingCurrency = "EUR", Events = _database.Spend.Options.Events }, Stop);
        var day = new DateOnly(2026, 10, 5);
        await spend.Store.AppendAsync([UsageStream.ToAppend(Given.Tokens(Given.At(day), model: "gpt-4o", input: 2_000_000, output: 0), spend.Settings.ReportingTimeZone, new Recorder("test", "test", "1"))], Stop);
        async Task<MonthlyCost> CostAsync()
        {
            await Benchmarks.Soak.CatchUp.ToTheEndAsync(spend, Stop);
            return Assert.Single(await new MonthlyCostQuery(spend.DataSource, new ReportingClock(spend.Settings, TimeProvider.System)).ByAsync(new CostFilter(BillingPeriod.Of(day), BillingPeriod.Of(day)), [], Stop));
        }

        var cost = await CostAsync();
        Assert.Equal((0m, 5m, 0), (cost.Actual, cost.Unconverted["USD"], cost.Unpriced.Count));

        await new PriceBook(spend.DataSource, spend.Store, new EventLog(spend.DataSource)).PublishAsync(new ExchangeRatePublished("USD", day, 0.8m, "ECB"), new Recorder("test"), Stop);
        Assert.Equal(4m, (await CostAsync()).Actual);
    }

    private Task PublishAsync(params IEvent[] changes) => _database.ChangePricesAsync(changes);

    private async Task<MonthlyCost> TotalAsync() => Assert.Single(await CostsAsync());

    private async Task<IReadOnlyList<MonthlyCost>> CostsAsync(params string[] by)
    {
        await _database.ProjectAsync();
        return await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(Month, Month), [.. by.Select(name => CostDimension.Find(name)!)], Stop);
    }

    /// <summary>Kept current, and worked out from the days as known today, which is another query.</summary>
    private async Task<IEnumerable<(string Sku, decimal Actual)>> ByModelAsync()
    {
        var now = (await CostsAsync("model")).Select(row => (row.Keys["model"], row.Actual)).ToArray();
        var today = BillingPeriod.DayOf(_database.Spend.Options.Clock.GetUtcNow(), _database.Settings.ReportingTimeZone);
        var known = await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(Month, Month) { KnownOn = today }, [CostDimension.Find("model")!], Stop);
        Assert.Equal(now, known.Select(row => (row.Keys["model"], row.Actual)));
        return now;
    }

    private static RatePublished Rate(string sku, decimal price) => Price(sku, Meters.InputTokens, price);

    private static RatePublished Price(string sku, string meter, decimal price) => new(sku, Given.Day, "USD", [new(meter, price)], "list");

    private static TokenUsageRecorded Tokens(string model, long input) => Given.Tokens(model: model, input: input, output: 0);
}
