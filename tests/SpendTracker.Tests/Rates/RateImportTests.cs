using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Rates;

/// <summary>The commands, as a user starts them, on a database without a host.</summary>
public sealed class RateImportTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private CommandFolder _commands = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _commands = new CommandFolder(_database);
    }

    public async ValueTask DisposeAsync()
    {
        _commands.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_price_map_is_shown_published_only_when_confirmed_and_nothing_the_second_time()
    {
        var from = Given.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var map = Write("map.json",
            """
            {"sample_spec":{},"x":{"litellm_provider":"own","input_cost_per_token":1.25e-06,"input_cost_per_token_above_200k_tokens":2.5e-06,"output_cost_per_token":1e-05},
             "bad":{"litellm_provider":"own","input_cost_per_token":"free"},"picture":{"litellm_provider":"own","mode":"image_generation","output_cost_per_image":1}}
            """);
        var told = await RunAsync(2, "rates", "import", map, "--from", from);
        Assert.Contains("new        own/x: input-tokens 1.25 per 1,000,000, input-tokens above 200,000 2.5 per 1,000,000, output-tokens 10 per 1,000,000, reasoning-tokens 10 per 1,000,000", told);
        Assert.Contains("malformed  bad: input_cost_per_token: Must be a number.", told);
        Assert.Contains("not priced 1 entries: mode image_generation", told);
        Assert.Contains("4 prices new, 0 changed, 0 of them by more than 25 %, 0 gone, 0 unchanged; 1 entries malformed.", told);
        Assert.Equal("Nothing was published. --yes publishes.", told[^1]);
        Assert.Empty(await StreamAsync("rate/own/x"));

        Assert.Equal($"Published rates of 1 SKUs from {from}.", (await RunAsync(2, "rates", "import", map, "--from", from, "--yes"))[^1]);
        var again = await RunAsync(2, "rates", "import", map, "--from", from, "--yes");
        Assert.Equal(["0 prices new, 0 changed, 0 of them by more than 25 %, 0 gone, 4 unchanged; 1 entries malformed.", "There is nothing to publish."], again[^2..]);

        var rate = Assert.IsType<RatePublished>(Assert.Single(await StreamAsync("rate/own/x")).Data);
        Assert.StartsWith("LiteLLM price map, map.json, sha256 ", rate.Source, StringComparison.Ordinal);
        Assert.Equal((Given.Day, "USD", RateKind.List), (rate.EffectiveFrom, rate.Currency, rate.Kind));
        await _database.RecordAsync(Own(200_000, 10), Own(200_001, 0));
        Assert.Equal(200_000 * 0.00000125m + 10 * 0.00001m + 200_001 * 0.0000025m, await CostAsync());
    }

    [Fact]
    public async Task A_change_supersedes_from_its_day_a_large_one_is_flagged_and_negotiated_and_gone_prices_stay()
    {
        await RunAsync(0, "rates", "import", Write("old.json", """{"x":{"litellm_provider":"own","input_cost_per_token":1e-06},"y":{"litellm_provider":"own","input_cost_per_token":1e-06}}"""), "--from", "2026-01-01", "--yes");
        await PublishAsync(new RatePublished("own/x", new(2026, 1, 1), "USD", [new("output-tokens", 7, 1_000_000)], "contract", Kind: RateKind.Negotiated));
        var negotiated = (await StreamAsync("rate/own/x"))[^1].Id;

        var told = await RunAsync(0, "rates", "import", Write("new.json", """{"x":{"litellm_provider":"own","input_cost_per_token":1.26e-06,"output_cost_per_token":2e-06}}"""), "--provider", "own", "--yes");
        Assert.Contains(told, line => line.StartsWith("CHANGED !! own/x: input-tokens 1 per 1,000,000 -> 1.26 per 1,000,000 (+26 %), before from LiteLLM price map, old.json, sha256 ", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("gone       own/y: input-tokens 1 per 1,000,000, from LiteLLM price map, old.json, sha256 ", StringComparison.Ordinal));

        Assert.Contains("2 prices new, 1 changed, 1 of them by more than 25 %, 1 gone, 0 unchanged; 0 entries malformed.", told);

        var stream = await StreamAsync("rate/own/x");
        Assert.Equal([negotiated], stream.Where(stored => stored.Data is RatePublished { Kind: RateKind.Negotiated }).Select(stored => stored.Id));
        Assert.Equal(DateOnly.FromDateTime(DateTime.UtcNow), ((RatePublished)stream[^1].Data).EffectiveFrom.AddDays(-1), (expected, actual) => actual.DayNumber - expected.DayNumber is 0 or -1);
        Assert.Single(await StreamAsync("rate/own/y"));
    }

    [Fact]
    public async Task Rates_of_a_new_version_are_published_when_somebody_asks_for_them_and_not_by_a_start()
    {
        // As a database of an earlier version, which did not know the one SKU, and had another price of the other.
        await _database.ExecuteAsync("delete from spend.mt_events where stream_id = 'rate/openai/gpt-5.5'; delete from spend.mt_streams where id = 'rate/openai/gpt-5.5'");
        await PublishAsync(new RatePublished("google/gemini-2.5-flash", new(2025, 6, 17), "USD", [new("cached-input-tokens", 0.075m, 1_000_000)], "earlier version"));
        await using (await SpendDatabase.OpenAsync(_database.Spend.Options, TestContext.Current.CancellationToken))
        {
            Assert.Empty(await StreamAsync("rate/openai/gpt-5.5"));
        }

        var told = await RunAsync(0, "rates", "import", "starting", "--from", "2026-12-01", "--yes");
        Assert.Contains(told, line => line.StartsWith("dated      openai/gpt-5.5: from 2026-04-23, by OpenAI API pricing, https://", StringComparison.Ordinal));
        Assert.Contains("CHANGED !! google/gemini-2.5-flash: cached-input-tokens 0.075 per 1,000,000 -> 0.03 per 1,000,000 (-60 %), before from earlier version", told);
        Assert.Equal("Published rates of 2 SKUs from 2026-12-01, or from their own days.", told[^1]);
        Assert.Equal(new(2026, 4, 23), Assert.IsType<RatePublished>(Assert.Single(await StreamAsync("rate/openai/gpt-5.5")).Data).EffectiveFrom);
        Assert.Equal(new(2026, 12, 1), Assert.IsType<RatePublished>((await StreamAsync("rate/google/gemini-2.5-flash"))[^1].Data).EffectiveFrom);
        Assert.Equal("There is nothing to publish.", (await RunAsync(0, "rates", "import", "starting", "--from", "2026-12-01", "--yes"))[^1]);
    }

    [Fact]
    public async Task What_was_published_or_withdrawn_since_the_comparison_is_not_talked_over_and_a_withdrawn_rate_is_missed()
    {
        var import = _database.Get<RateImport>();
        var map = PriceMap.Read("""{"x":{"litellm_provider":"own","input_cost_per_token":1e-06},"y":{"litellm_provider":"own","input_cost_per_token":1e-06}}"""u8);
        Task<RateDiff> CompareAsync() => import.CompareAsync(map, RateImport.SourceOf("f", "f"u8), Given.Day, [], TestContext.Current.CancellationToken);
        Task<IReadOnlyList<string>> PublishedAsync(RateDiff of) => import.PublishAsync(of, new Recorder("test"), TestContext.Current.CancellationToken);

        var diff = await CompareAsync();
        await PublishAsync(new RatePublished("own/x", Given.Day, "USD", [new("input-tokens", 3, 1_000_000)], "contract"));
        Assert.Equal(["own/x"], await PublishedAsync(diff));
        Assert.Equal(["own/x"], (await CompareAsync()).Changed.Select(change => change.Sku));
        Assert.Equal(["own/x", "own/y"], (await PublishedAsync(diff)).Order());

        var published = Assert.Single(await StreamAsync("rate/own/y"));
        Assert.Null(await _database.Get<PriceBook>().WithdrawAsync(new PublicationWithdrawn(published.Id, "wrong"), new Recorder("test"), TestContext.Current.CancellationToken));
        Assert.Equal("own/y", Assert.Single((await CompareAsync()).New).Sku);
    }

    [Fact]
    public async Task A_file_that_cannot_be_imported_is_refused_in_one_line_that_says_why()
    {
        Assert.Equal($"There is no file {_commands.Path}/none.", Assert.Single(await RunAsync(1, "exchange-rates", "import", $"{_commands.Path}/none")));
        var broken = Write("broken.json", "{\n\"a\": x}");
        Assert.StartsWith($"{broken} is not JSON. Line 2, position 6: ", Assert.Single(await RunAsync(1, "rates", "import", broken)), StringComparison.Ordinal);
        var list = Write("list.json", "[]");
        Assert.Equal($"{list}: A price map is a JSON object with an entry for each model.", Assert.Single(await RunAsync(1, "rates", "import", list)));
        var path = Write("large.json", "");
        await using (var file = File.OpenWrite(path))
        {
            file.SetLength(64 * 1024 * 1024 + 1);
        }

        Assert.Equal($"{path} is larger than 64 MiB.", Assert.Single(await RunAsync(1, "rates", "import", path)));
        Assert.Equal("--from: Must be a day like 2026-01-31.", Assert.Single(await RunAsync(1, "rates", "import", path, "--from", "tomorrow")));
    }

    [Fact]
    public async Task Exchange_rates_are_shown_published_only_when_confirmed_and_nothing_the_second_time()
    {
        var day = Given.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var csv = Write("rates.csv", $"currency,date,rate,source\nEUR,{day},1.25,bank\nEUR,2026-01-01,1.1,\nUSD,{day},1,\nGBP,{day},many,\nEUR,{day},1.25,bank\n");
        var told = await RunAsync(2, "exchange-rates", "import", csv);
        Assert.Contains($"new        EUR 2026-01-01 to {day}: 2 rates, the last 1.25", told);
        Assert.Contains("malformed  line 4: currency: USD is the reporting currency and worth itself.", told);
        Assert.Contains("malformed  line 5: rate: 'many' is not a number like 1.0837.", told);
        Assert.Equal("Nothing was published. --yes publishes.", told[^1]);
        Assert.Empty(await StreamAsync("exchange-rate/EUR"));

        Assert.Equal("Published rates of 1 currencies.", (await RunAsync(2, "exchange-rates", "import", csv, "--yes"))[^1]);
        Assert.Equal("There is nothing to publish.", (await RunAsync(2, "exchange-rates", "import", csv, "--yes"))[^1]);
        Assert.Equal(["rates.csv", "bank"], (await StreamAsync("exchange-rate/EUR")).Select(stored => ((ExchangeRatePublished)stored.Data).Source));
        await _database.RecordAsync(new ChargeRecorded("support-chat", Approach.PromptEngineering, Component.Other, 8, "EUR", Given.At(Given.Day)));
        Assert.Equal(10m, await CostAsync());
    }

    private static TokenUsageRecorded Own(long input, long output) => Given.Tokens(model: "x", input: input, output: output) with { Provider = "own" };

    private async Task<decimal> CostAsync()
    {
        await _database.ProjectAsync();
        var month = BillingPeriod.Of(Given.Day);
        return (await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(month, month), [], TestContext.Current.CancellationToken)).Sum(cost => cost.Actual);
    }

    private Task<Guid> PublishAsync(IEvent publication) =>
        _database.Get<PriceBook>().PublishAsync(publication, new Recorder("test"), TestContext.Current.CancellationToken);

    private Task<IReadOnlyList<StoredEvent>> StreamAsync(string stream) => _database.Store.ReadStreamAsync(stream, TestContext.Current.CancellationToken);

    private string Write(string name, string content) => _commands.Write(name, content);

    private Task<string[]> RunAsync(int exitCode, params string[] arguments) => _commands.RunAsync(exitCode, arguments);
}
