using System.Globalization;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Tests.Deploy;
using SpendTracker.Usage;

namespace SpendTracker.Tests.Rates;

/// <summary>The rates that ship with the product, by themselves and against a list that others keep.</summary>
public sealed class StartingRateTests
{
    private const string Independent = "@pydantic/genai-prices";

    /// <summary>When the rates were looked up.</summary>
    private static readonly DateOnly Today = new(2026, 11, 29);

    /// <summary>Providers as the independent list names them.</summary>
    private static readonly Dictionary<string, string> Providers = new()
    {
        ["openai"] = "openai", ["anthropic"] = "anthropic", ["google"] = "google", ["xai"] = "x-ai", ["deepseek"] = "deepseek", ["moonshot"] = "moonshotai",
        ["mistral"] = "mistral", ["cohere"] = "cohere", ["groq"] = "groq", ["zai"] = "zai", ["minimax"] = "minimax", ["cerebras"] = "cerebras", ["voyage"] = "voyageai",
        ["azure"] = "azure", ["bedrock"] = "aws", ["fireworks_ai"] = "fireworks",
    };

    private static readonly Dictionary<string, string> Meter = new()
    {
        ["input_mtok"] = Meters.InputTokens, ["cache_read_mtok"] = Meters.CachedInputTokens, ["cache_write_mtok"] = Meters.CacheWriteTokens, ["output_mtok"] = Meters.OutputTokens,
    };

    /// <summary>Why we say something else than the independent list, by the beginning of the SKU.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["anthropic/claude-sonnet-5-5"] = "It takes the name for Claude Sonnet 5, whose cache reads cost twice as much since 2026-10-07.",
        ["anthropic/claude-sonnet-4"] = "It has dropped the step of the retired beta for a million tokens.",
        ["google/gemini-3.6-flash"] = "It knows the introductory price only, not the price before it.",
        ["xai/grok-4.5"] = "It says 0.30 for cache reads; GitHub's and LiteLLM's lists and xAI's for its successors say 0.50.",
        ["xai/grok-4-1-fast"] = "It lacks the step at 128,000 tokens.",
        ["xai/grok-4-fast"] = "It lacks the step at 128,000 tokens.",
        ["xai/grok-4"] = "It lacks the step at 128,000 tokens.",
        ["deepseek/deepseek-v4"] = "Ours is the price of peak hours, or DeepSeek's later one; it is asked at noon.",
        ["deepseek/deepseek-chat"] = "It has the price of an earlier version of the model behind the name.",
        ["deepseek/deepseek-reasoner"] = "It has the price of an earlier version of the model behind the name.",
        ["mistral/mistral-large-latest"] = "It has the price of the version before.",
        ["mistral/mistral-small-latest"] = "It has the price of the version before.",
        ["mistral/mistral-embed"] = "It asks for output, of which embeddings have none.",
        ["minimax/MiniMax-M3"] = "Its step at 512,000 tokens is none that is counted here: the rate says so.",
        ["groq/openai/gpt-oss-safeguard-20b"] = "It takes the name for another model.",
        ["azure/o4-mini"] = "It rounds the price of cache reads to cents.",
    };

    [Fact]
    public void Each_keeps_the_rules_of_the_price_book_and_holds_once_from_its_day()
    {
        Assert.All(StartingRates.All, rate => Assert.Empty(PriceBookRules.Check(rate, "EUR")));
        Assert.DoesNotContain(StartingRates.All.SelectMany(rate => rate.Prices, (rate, price) => (rate.Sku, rate.EffectiveFrom, price.Meter, price.AboveTokens)).CountBy(price => price), price => price.Value > 1);
    }

    [Fact]
    public void There_are_over_120_models_of_over_10_providers_with_cache_batch_and_steps()
    {
        var current = InForce(Today).Where(rate => rate.Prices.Any(price => price.Meter == Meters.InputTokens)).ToArray();

        Assert.True(current.DistinctBy(rate => rate.Sku).Count() >= 240, $"{current.Length}");
        Assert.True(current.DistinctBy(rate => rate.Sku[..rate.Sku.IndexOf('/', StringComparison.Ordinal)]).Count() >= 15);
        Assert.True(current.Count(rate => rate.Prices.Any(price => price.Meter == Meters.CachedInputTokens)) >= 150);
        Assert.True(current.Count(rate => rate.Prices.Any(price => price.Meter == Meters.InTier(Meters.InputTokens, ServiceTier.Batch))) >= 100);
        Assert.True(current.Count(rate => rate.Prices.Any(price => price.AboveTokens > 0)) >= 30);
    }

    [Theory]
    [InlineData("openai/gpt-5.1")]
    [InlineData("openai/gpt-5.6-sol")]
    [InlineData("openai/gpt-6-sol")]
    [InlineData("openai/gpt-6.2-sol")]
    [InlineData("anthropic/claude-haiku-4-5-20251001")]
    [InlineData("anthropic/claude-opus-5-5")]
    [InlineData("google/gemini-3.1-pro-preview")]
    [InlineData("google/gemini-4-neon")]
    [InlineData("xai/grok-4.6")]
    [InlineData("deepseek/deepseek-v4-pro")]
    [InlineData("moonshot/kimi-k3")]
    public void A_current_model_has_prices(string sku) => Assert.Contains(InForce(Today), rate => rate.Sku == sku && rate.Prices.Any(price => price.Meter == Meters.OutputTokens));

    [Fact]
    public void Each_says_its_list_and_the_day_it_was_looked_up() => Assert.All(
        StartingRates.All, rate => Assert.Matches("^.+, looked up 20[0-9]{2}-[01][0-9]-[0-3][0-9](; agrees with .+)?$", rate.Source));

    [Fact]
    public void Where_long_contexts_cost_more_they_do_in_each_tier_and_for_each_part_of_a_total() => Assert.All(StartingRates.All, rate =>
    {
        string StepsOf(string meter) => string.Join(' ', rate.Prices.Where(price => price.Meter == meter).Select(price => price.AboveTokens).Order());
        Assert.Single(rate.Prices.Select(price => price.Meter).Distinct().Select(StepsOf).Distinct());
    });

    /// <summary>What no event is counted in would be a price for nothing.</summary>
    [Fact]
    public void Only_meters_that_usage_of_such_a_name_is_counted_in_have_a_price() => Assert.All(
        StartingRates.All.SelectMany(rate => rate.Prices),
        price => Assert.True(price.Meter.EndsWith("-tokens", StringComparison.Ordinal) || price.Meter == Meters.HostingHours, price.Meter));

    [Fact]
    public void Gemini_has_its_step_its_cache_price_and_the_price_that_it_has_announced()
    {
        MeterPrice[] PricesOf(string sku, DateOnly day, string meter) => [.. InForce(day).Single(rate => rate.Sku == sku).Prices.Where(price => price.Meter == meter)];

        Assert.Equal([new(Meters.InputTokens, 1.25m, 1_000_000), new(Meters.InputTokens, 2.5m, 1_000_000, 200_000)], PricesOf("google/gemini-2.5-pro", Today, Meters.InputTokens));
        Assert.Equal([new(Meters.CachedInputTokens, 0.125m, 1_000_000), new(Meters.CachedInputTokens, 0.25m, 1_000_000, 200_000)], PricesOf("google/gemini-2.5-pro", Today, Meters.CachedInputTokens));
        Assert.Equal(0.03m, PricesOf("google/gemini-2.5-flash", Today, Meters.CachedInputTokens)[0].Price);
        Assert.Equal(0.01m, PricesOf("google/gemini-2.5-flash-lite", Today, Meters.CachedInputTokens)[0].Price);
        Assert.Equal(0.75m, PricesOf("google/gemini-3.8-flash", new(2026, 12, 31), Meters.InputTokens)[0].Price);
        Assert.Equal(1.5m, PricesOf("google/gemini-3.8-flash", new(2027, 1, 1), Meters.InputTokens)[0].Price);
    }

    [Fact]
    public async Task Hosts_that_set_up_one_database_at_a_time_publish_each_once()
    {
        var options = new SpendDatabaseOptions { ConnectionString = await TestServer.CreateDatabaseAsync(empty: true) };
        var hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SpendDatabase.OpenAsync(options, TestContext.Current.CancellationToken)));
        try
        {
            await using var command = hosts[0].DataSource.CreateCommand("select count(*) from spend.mt_events where type = 'rate_published'");
            Assert.Equal((long)StartingRates.All.Count, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            await Task.WhenAll(hosts.Select(host => host.DisposeAsync().AsTask()));
        }
    }

    [Fact]
    public async Task They_are_those_of_an_independent_list_but_for_exceptions_with_a_reason()
    {
        Checker.Require(Independent);
        var ours = StartingRates.All.Where(rate => Providers.ContainsKey(ProviderOf(rate)) && rate.Prices.Any(price => price.Meter == Meters.InputTokens)).ToArray();
        var file = Path.GetTempFileName();
        string told;
        try
        {
            await File.WriteAllTextAsync(
                file, JsonSerializer.Serialize(ours.Select(rate => new { provider = Providers[ProviderOf(rate)], model = rate.Sku[(ProviderOf(rate).Length + 1)..], at = $"{LastDay(rate):yyyy-MM-dd}T12:00:00Z" })),
                TestContext.Current.CancellationToken);
            told = await Checker.NodeAsync("prices.js", file);
        }
        finally
        {
            File.Delete(file);
        }

        var theirs = JsonSerializer.Deserialize<JsonElement[]>(told)!;
        Assert.True(theirs.Count(prices => prices.ValueKind == JsonValueKind.Object) >= 240, "The list knows too few of our models for a comparison.");
        var differences = ours.Zip(theirs).Where(pair => pair.Second.ValueKind == JsonValueKind.Object)
            .SelectMany(pair => Differences(pair.First, pair.Second), (pair, difference) => (pair.First.Sku, Text: $"{pair.First.Sku} on {LastDay(pair.First):yyyy-MM-dd}, {difference}")).ToArray();

        Assert.Empty(differences.Where(difference => !Exceptions.Keys.Any(sku => IsOf(difference.Sku, sku))).Select(difference => difference.Text));
        Assert.DoesNotContain(Exceptions.Keys, sku => !differences.Any(difference => IsOf(difference.Sku, sku)));
    }

    /// <summary>The same name, or with a date or a variant behind it.</summary>
    private static bool IsOf(string sku, string beginning) => sku == beginning || sku.StartsWith($"{beginning}-", StringComparison.Ordinal);

    private static IEnumerable<string> Differences(RatePublished ours, JsonElement theirs)
    {
        foreach (var (key, meter) in Meter)
        {
            if (!theirs.TryGetProperty(key, out var price))
            {
                continue;
            }

            var prices = ours.Prices.Where(own => own.Meter == meter).ToArray();
            foreach (var step in prices.Select(own => own.AboveTokens).Concat(TiersOf(price).Select(tier => tier.Above)).Append(0).Distinct().Order())
            {
                var (own, other) = (prices.Where(own => own.AboveTokens <= step).MaxBy(own => own.AboveTokens)?.Price ?? 0, TiersOf(price).Where(tier => tier.Above <= step).MaxBy(tier => tier.Above).Price);
                if (own != other)
                {
                    yield return string.Create(CultureInfo.InvariantCulture, $"{meter} above {step}: {own} here, {other} there");
                }
            }
        }
    }

    /// <summary>Prices by the context length above which they hold. Some lists say "from 200,000 on" where others say "above 200,000": one token makes no difference here.</summary>
    private static (int Above, decimal Price)[] TiersOf(JsonElement price) => price.ValueKind == JsonValueKind.Number
        ? [(0, price.GetDecimal())]
        : [(0, price.GetProperty("base").GetDecimal()), .. price.GetProperty("tiers").EnumerateArray().Select(tier => ((tier.GetProperty("start").GetInt32() + 1) / 1_000 * 1_000, tier.GetProperty("price").GetDecimal()))];

    private static string ProviderOf(RatePublished rate) => rate.Sku[..rate.Sku.IndexOf('/', StringComparison.Ordinal)];

    private static IEnumerable<RatePublished> InForce(DateOnly day) => StartingRates.All.Where(rate => rate.EffectiveFrom <= day && LastDay(rate) >= day);

    /// <summary>The last day of a rate for tokens, or the day of the comparison where it is in force then.</summary>
    private static DateOnly LastDay(RatePublished rate)
    {
        var next = StartingRates.All.Where(later => later.Sku == rate.Sku && later.EffectiveFrom > rate.EffectiveFrom && later.Prices[0].Meter == rate.Prices[0].Meter).Select(later => (DateOnly?)later.EffectiveFrom.AddDays(-1)).Min();
        var last = rate.EffectiveTo < (next ?? DateOnly.MaxValue) ? rate.EffectiveTo : next;
        return last ?? (rate.EffectiveFrom > Today ? rate.EffectiveFrom : Today);
    }
}
