using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Usage;

namespace SpendTracker.Tests.Rates;

/// <summary>Each meter that a rate can be published for has its own price, and costs that.</summary>
public sealed class MeterPriceTests : IAsyncLifetime
{
    private static readonly BillingPeriod Month = BillingPeriod.Of(Given.Day);

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData(ServiceTier.Standard)]
    [InlineData(ServiceTier.Batch)]
    [InlineData(ServiceTier.Flex)]
    [InlineData(ServiceTier.Priority)]
    public async Task The_tokens_of_a_tier_cost_the_tier_s_prices_and_no_other_tier_s(ServiceTier tier)
    {
        var usage = Given.Tokens(model: "own", input: 15, output: 24) with { CachedInputTokens = 3, CacheWriteTokens = 5, ReasoningTokens = 11, ServiceTier = tier };
        (string Meter, decimal Price)[] prices =
            [(Meters.InputTokens, 1), (Meters.CachedInputTokens, 100), (Meters.CacheWriteTokens, 10_000), (Meters.OutputTokens, 1_000_000), (Meters.ReasoningTokens, 0.01m)];
        var others = Enum.GetValues<ServiceTier>().Where(other => other != tier).SelectMany(other => prices.Select(price => new MeterPrice(Meters.InTier(price.Meter, other), 900_000)));
        await _database.RecordAsync(usage);
        await PublishAsync("openai/own", [.. others]);
        Assert.Equal((0m, 39m), await TotalAsync("tokens"));

        await PublishAsync("openai/own", [.. prices.Select(price => new MeterPrice(Meters.InTier(price.Meter, tier), price.Price))]);
        Assert.Equal((7 + 300 + 50_000 + 13_000_000 + 0.11m, 0m), await TotalAsync("tokens"));
    }

    [Theory]
    [InlineData("requests", "openai/own")]
    [InlineData("training-tokens", "openai/own")]
    [InlineData("gpu-hours", "openai/own")]
    [InlineData("hosting-hours", "openai/own")]
    [InlineData("labour-hours", "labour/annotator")]
    [InlineData("items", "dataset/label")]
    public async Task Seven_of_what_is_counted_cost_seven_times_its_price_and_are_unpriced_before_unless_nothing_is_owed_for_them(string meter, string sku)
    {
        var at = Given.At(Given.Day);
        await _database.RecordAsync((IUsageEvent)(meter switch
        {
            "requests" => Given.Tokens(model: "own", input: 0, output: 0) with { Requests = 7 },
            "training-tokens" => new TrainingRunRecorded("w", "openai", "own", "run", at, TrainedTokens: 2, Epochs: 3.5m),
            "gpu-hours" => new TrainingRunRecorded("w", "openai", "own", "run", at, GpuHours: 7),
            "hosting-hours" => new HostingHoursRecorded("w", Approach.FineTuning, sku, 3.5m, at, at.AddHours(4), 2, 0.5m),
            "labour-hours" => new DatasetPrepRecorded("w", "tickets", DatasetActivity.Validate, at, LabourHours: 7, Role: "annotator"),
            _ => new DatasetPrepRecorded("w", "tickets", DatasetActivity.Label, at, Items: 7),
        }));
        await PublishAsync(sku, [.. Meters.Priced.Where(other => other != meter && other != Meters.Amount).Select(other => new MeterPrice(other, 1_000))]);
        var unit = meter == "requests" ? "tokens" : Meters.UnitOf(meter);
        Assert.Equal((0m, meter == "requests" ? 0m : 7m), await TotalAsync(unit));

        await PublishAsync(sku, new MeterPrice(meter, 0.03m));
        Assert.Equal((0.21m, 0m), await TotalAsync(unit));
    }

    private Task PublishAsync(string sku, params MeterPrice[] prices) => _database.ChangePricesAsync(new RatePublished(sku, Given.Day, "USD", prices, "list"));

    private async Task<(decimal Actual, decimal Unpriced)> TotalAsync(string unit)
    {
        await _database.ProjectAsync();
        var total = Assert.Single(await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(Month, Month), [], TestContext.Current.CancellationToken));
        Assert.Empty(total.Unpriced.Keys.Except([unit]));
        return (total.Actual, total.Unpriced.GetValueOrDefault(unit));
    }
}
