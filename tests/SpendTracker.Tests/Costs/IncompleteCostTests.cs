using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Explorer;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Costs;

/// <summary>Usage whose price is known in part is charged at that and marked; requests without any price are unpriced.</summary>
public sealed class IncompleteCostTests : IAsyncLifetime
{
    private static readonly BillingPeriod Month = BillingPeriod.Of(Given.Day);

    private TestDatabase _database = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Sound_and_cache_writes_for_an_hour_cost_what_their_whole_costs_and_are_marked_where_the_list_asks_more()
    {
        await _database.RecordAsync(Own(input: 1_000, output: 300) with
        {
            CachedInputTokens = 100, CacheWriteTokens = 200, CacheWrite1hTokens = 150, AudioInputTokens = 400, AudioOutputTokens = 30, ReasoningTokens = 20,
        });
        MeterPrice[] prices = [new("input-tokens", 1), new("cached-input-tokens", 10), new("cache-write-tokens", 100), new("output-tokens", 1_000), new("reasoning-tokens", 10_000)];
        await _database.ChangePricesAsync(List(prices));
        Assert.Equal((700 + 1_000 + 20_000 + 280_000 + 200_000m, 0m, 0m), await TotalAsync());

        await _database.ChangePricesAsync(List(prices) with { NotCarried = [new("audio-input-tokens"), new("cache-write-1h-tokens")] });
        Assert.Equal((501_700m, 0m, 550m), await TotalAsync());

        // A contract holds, which says that it has all prices.
        await _database.ChangePricesAsync(new RatePublished("openai/own", Given.Day, "USD", [new("input-tokens", 2)], "contract", Kind: RateKind.Negotiated));
        Assert.Equal((502_400m, 0m, 150m), await TotalAsync());
        await _database.ChangePricesAsync(List(prices) with { NotCarried = [new("audio-output-tokens")], EffectiveFrom = Given.Day.AddDays(1) });
        Assert.Equal((502_400m, 0m, 150m), await TotalAsync()); // Of a later day.
    }

    [Theory]
    [InlineData(ServiceTier.Batch)]
    [InlineData(ServiceTier.Flex)]
    [InlineData(ServiceTier.Priority)]
    public async Task A_tier_beyond_a_step_that_only_the_standard_tier_has_is_marked(ServiceTier tier)
    {
        string In(string meter) => SpendTracker.Usage.Meters.InTier(meter, tier);
        await _database.RecordAsync(Own(200_000, 1) with { ServiceTier = tier }, Own(200_001, 2) with { ServiceTier = tier, AudioInputTokens = 5 }, Own(300_000, 4));
        MeterPrice[] standard = [new("input-tokens", 2), new("input-tokens", 4, 1, 200_000), new("output-tokens", 1), new("output-tokens", 2, 1, 200_000)];
        MeterPrice[] flat = [new(In("input-tokens"), 1), new(In("output-tokens"), 1)];
        await _database.ChangePricesAsync(List(standard));
        Assert.Equal((1_200_008m, 400_004m, 0m), await TotalAsync()); // What has no price is unpriced, and nothing more.

        await _database.ChangePricesAsync(List(flat) with { NotCarried = [new(In("audio-input-tokens"))] });
        Assert.Equal((1_600_012m, 0m, 200_003m), await TotalAsync()); // The sound among it is not marked twice.

        // The same price, said for the step: then nothing is missing.
        await _database.ChangePricesAsync(List([.. flat, flat[0] with { AboveTokens = 200_000 }, flat[1] with { AboveTokens = 200_000 }]));
        Assert.Equal((1_600_012m, 0m, 0m), await TotalAsync());
        await _database.ChangePricesAsync(List(flat), new RatePublished("openai/own", Given.Day, "USD", flat, "contract", Kind: RateKind.Negotiated));
        Assert.Equal((1_600_012m, 0m, 0m), await TotalAsync());
    }

    [Theory]
    [InlineData("cached-input-tokens", 300_000)]
    [InlineData("reasoning-tokens", 0)] // The output has no step.
    public async Task What_is_carved_out_of_a_total_is_marked_beyond_the_total_s_step(string meter, decimal incomplete)
    {
        await _database.RecordAsync(meter == "reasoning-tokens" ? Own(300_000, 7) with { ReasoningTokens = 7 } : Own(300_000, 0) with { CachedInputTokens = 300_000 });
        await _database.ChangePricesAsync(List([new("input-tokens", 2), new("input-tokens", 4, 1, 272_000), new("output-tokens", 1), new(meter, 1)]));
        Assert.Equal(incomplete, (await TotalAsync()).Incomplete);
    }

    [Fact]
    public async Task What_is_not_carried_from_a_step_on_is_marked_there_and_only_of_the_meter_named()
    {
        await _database.RecordAsync(Own(256_000, 1), Own(256_001, 2), Own(272_001, 4));
        await _database.ChangePricesAsync(List([new("input-tokens", 1), new("output-tokens", 1)]) with { NotCarried = [new("input-tokens", 256_000)] });
        Assert.Equal((784_009m, 0m, 528_002m), await TotalAsync());
    }

    [Fact]
    public async Task Requests_alone_are_unpriced_until_they_or_tokens_of_their_model_have_a_price()
    {
        await _database.RecordAsync(Own(0, 0) with { Requests = 7 }, Given.Tokens(model: "own", input: 10, output: 0, workload: "chat"));
        Assert.Equal((7m, 10m), await LackingAsync());
        var row = (await _database.Get<UnpricedQuery>().ListAsync(Month, Month, null, Stop)).Single(usage => usage.Meter == "requests");
        Assert.Equal((7m, 1L, "support-chat"), (row.Quantity, row.Events, Assert.Single(row.Workloads)));

        await _database.ChangePricesAsync(List([new("training-tokens", 5)])); // Says nothing of its use.
        Assert.Equal((7m, 10m), await LackingAsync());
        await _database.ChangePricesAsync(List([new("requests", 0.5m)]));
        Assert.Equal((0m, 10m), await LackingAsync());
        Assert.Equal(4m, (await TotalAsync()).Actual); // Eight requests.

        await _database.ChangePricesAsync(List([new("requests", 0.5m)]) with { EffectiveTo = Given.Day.AddDays(-1), EffectiveFrom = Given.Day.AddDays(-1) }, new RatePublished("openai/own", Given.Day, "USD", [new("requests", 0)], "contract", Kind: RateKind.Negotiated));
        Assert.Equal((0m, 10m), await LackingAsync());
    }

    [Fact]
    public async Task A_failed_request_of_a_model_that_is_priced_by_tokens_lacks_no_price_unless_that_price_has_ended()
    {
        await _database.RecordAsync(Own(0, 0) with { Requests = 3, Outcome = Outcome.Failed });
        await _database.ChangePricesAsync(List([new("input-tokens", 1)]) with { EffectiveFrom = Given.Day.AddDays(-5) });
        Assert.Equal((0m, 0m), await LackingAsync());

        // The later publication ended before, and what it superseded does not come back.
        await _database.ChangePricesAsync(List([new("input-tokens", 1)]) with { EffectiveFrom = Given.Day.AddDays(-4), EffectiveTo = Given.Day.AddDays(-1) });
        Assert.Equal((3m, 0m), await LackingAsync());
        await _database.CorrectAsync("0");
        await VerifyAsync();
    }

    [Fact]
    public async Task The_mark_is_in_every_list_counts_at_a_closing_and_is_not_told_again_once_accepted()
    {
        var clock = new FixedClock(Given.At(new(2026, 1, 10)));
        await using var database = await TestDatabase.CreateAsync("UTC", clock);
        BillingPeriod january = new(2026, 1), february = new(2026, 2);
        var usage = new TokenUsageRecorded("w", Approach.Hybrid, "openai", "own", 100, 0, Given.At(new(2026, 1, 5)), AudioInputTokens: 60);
        await database.RecordAsync(("a", usage));
        var rate = new RatePublished("openai/own", new(2026, 1, 1), "USD", [new("input-tokens", 1)], "list", NotCarried: [new("audio-input-tokens")]);
        await database.ChangePricesAsync(rate);

        var line = (await database.Get<CostLineQuery>().ListAsync(new("w", january), Stop)).Single(line => line.Meter == "audio-input-tokens");
        Assert.Equal((60m, 60m, 0m), (line.Quantity, line.Incomplete, line.Amount));
        var missing = await database.Get<UnpricedQuery>().ReadAsync(null, null, null, Stop);
        Assert.Equal(("openai/own", "audio-input-tokens", 60m), Assert.Single(missing.Incomplete) is var listed ? (listed.Sku, listed.Meter, listed.Quantity) : default);
        Assert.Equal((true, 60m, "2026-01"), Assert.Single(missing.Uses) is var use ? (use.IsIncomplete, use.Quantity, use.Month) : default);
        var rated = Assert.Single((await database.Get<UsageEventQuery>().PageAsync(new("w", january), null, false, false, Stop)).Events).Quantities;
        Assert.Equal(["audio-input-tokens"], rated.Where(quantity => quantity.IsIncomplete).Select(quantity => quantity.Quantity.Meter));
        var preview = Assert.Single(await database.Get<RatePreview>().OfAsync([rate with { NotCarried = null }], Stop));
        Assert.Equal((100m, 100m, 60m, 0m), (preview.Before, preview.After, preview.IncompleteBefore, preview.IncompleteAfter));

        clock.Now = Given.At(new(2026, 2, 3));
        var periods = database.Get<BillingPeriods>();
        Assert.Equal(60m, (await periods.ChecklistAsync(january, null, Stop)).Incomplete["tokens"]);
        Assert.Equal("acceptUnpriced", Assert.Single((await periods.CloseAsync(january, new("month end"), new Recorder("test"), Stop)).Reasons).Field);
        Assert.NotNull((await periods.CloseAsync(january, new("month end", AcceptUnpriced: true), new Recorder("test"), Stop)).Closing);
        await database.ProjectAsync();
        Assert.Empty(Total(await IncompleteAsync(database, february)));
        await database.RecordAsync(usage with { AudioInputTokens = 45 });
        await database.ProjectAsync();
        Assert.Equal(45m, Total(await IncompleteAsync(database, february))["tokens"]);

        clock.Now = Given.At(new(2026, 2, 5));
        await database.ChangePricesAsync(rate with { NotCarried = null });
        Assert.Empty(Total(await IncompleteAsync(database, february)));
        Assert.Equal(60m, Total(await IncompleteAsync(database, january))["tokens"]); // As it was signed.
        Assert.Equal(60m, Total(await IncompleteAsync(database, january, new(2026, 1, 10)))["tokens"]);
        Assert.Equal(45m, Total(await IncompleteAsync(database, february, new(2026, 2, 4)))["tokens"]);
        Assert.Empty(await database.Spend.CreateRebuild().VerifyAsync(database.Spend.Projections()[0], null, Stop));
    }

    [Fact]
    public void A_rate_says_only_what_it_could_have_a_price_for()
    {
        string Refused(params NotCarriedPrice[] named) =>
            string.Join(' ', PriceBookRules.Check(List([new("input-tokens", 1), new("requests", 1)]) with { NotCarried = named }, "USD").Select(reason => reason.Field));

        Assert.Equal("", Refused(new NotCarriedPrice("audio-input-tokens")) + Refused(new NotCarriedPrice("input-tokens", 128_000)));
        Assert.Equal("notCarried[0].meter", Refused(new NotCarriedPrice("audio-input-tokens"), new NotCarriedPrice("input-tokens"))); // The part of another.
        Assert.Equal("notCarried[0].meter", Refused(new NotCarriedPrice("requests")));
        Assert.Equal("notCarried[0].meter", Refused(new NotCarriedPrice("requests-without-tokens")));
        Assert.Equal("notCarried[0].meter", Refused(new NotCarriedPrice("audio-output-tokens")));
        Assert.Equal("notCarried[0].aboveTokens", Refused(new NotCarriedPrice("input-tokens", 100)));
        Assert.Equal("notCarried", Refused(new NotCarriedPrice("input-tokens"), new NotCarriedPrice("input-tokens", 128_000)));
    }

    private static TokenUsageRecorded Own(long input, long output) => Given.Tokens(model: "own", input: input, output: output);

    private static RatePublished List(MeterPrice[] prices) => new("openai/own", Given.Day, "USD", prices, "list");

    private static async Task<IReadOnlyList<MonthlyCost>> IncompleteAsync(TestDatabase database, BillingPeriod month, DateOnly? knownOn = null) =>
        await database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(month, month) { KnownOn = knownOn }, [], Stop);

    private static IReadOnlyDictionary<string, decimal> Total(IReadOnlyList<MonthlyCost> costs) => MonthlyCostQuery.Total("", costs).Incomplete;

    /// <summary>The same as kept, and as worked out for the past; of tokens.</summary>
    private async Task<(decimal Actual, decimal Unpriced, decimal Incomplete)> TotalAsync()
    {
        await _database.ProjectAsync();
        await VerifyAsync();
        var (now, known) = (Sums(await IncompleteAsync(_database, Month)), Sums(await IncompleteAsync(_database, Month, DateOnly.FromDateTime(DateTime.UtcNow.AddDays(1)))));
        Assert.Equal(now, known);
        return now;
    }

    private static (decimal Actual, decimal Unpriced, decimal Incomplete) Sums(IReadOnlyList<MonthlyCost> costs)
    {
        var total = MonthlyCostQuery.Total("", costs);
        return (total.Actual, total.Unpriced.GetValueOrDefault("tokens"), total.Incomplete.GetValueOrDefault("tokens"));
    }

    private async Task<(decimal Requests, decimal Tokens)> LackingAsync()
    {
        await TotalAsync();
        var total = MonthlyCostQuery.Total("", await IncompleteAsync(_database, Month));
        return (total.Unpriced.GetValueOrDefault("requests"), total.Unpriced.GetValueOrDefault("tokens"));
    }

    private async Task VerifyAsync() => Assert.Empty(await _database.Spend.CreateRebuild().VerifyAsync(_database.Spend.Projections()[0], null, Stop));
}
