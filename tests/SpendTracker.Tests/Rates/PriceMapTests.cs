using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using SpendTracker.Contracts;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Rates;

/// <summary>Price maps as they are read: exact numbers, meters, SKUs, and what is refused.</summary>
public sealed class PriceMapTests
{
    [Theory]
    [InlineData("1.25e-06", "1.25")]
    [InlineData("2.5E-6", "2.5")]
    [InlineData("0.00000015", "0.15")]
    [InlineData("1e-12", "0.000001")]
    [InlineData("5.46875e-07", "0.546875")]
    [InlineData("0.0", "0")]
    [InlineData("0e0", "0")]
    [InlineData("1", "1000000")]
    [InlineData("1.2345678901200000000000000000000e-01", "123456.789012")]
    public void A_number_is_read_to_the_last_digit_and_priced_for_a_million_tokens(string written, string perMillion)
    {
        var price = Assert.Single(Only($$"""{"litellm_provider":"openai","mode":"chat","input_cost_per_token":{{written}}}""").Prices);

        Assert.Equal(("input-tokens", perMillion, 1_000_000m, 0), (price.Meter, price.Price.ToString(CultureInfo.InvariantCulture), price.Per, price.AboveTokens));
    }

    [Theory]
    [InlineData("\"input_cost_per_token\":\"1e-6\"", "input_cost_per_token", "Must be a number.")]
    [InlineData("\"input_cost_per_token\":-1e-6", "input_cost_per_token", "Must not be negative.")]
    [InlineData("\"input_cost_per_token\":1.58945719e-07", "input_cost_per_token", "1.58945719e-07 has more than 12 decimals.")]
    [InlineData("\"input_cost_per_token\":1e-40", "input_cost_per_token", "1e-40 has more than 12 decimals.")]
    [InlineData("\"input_cost_per_token\":1.1", "input_cost_per_token", "Must be at most 1 US dollars.")]
    [InlineData("\"input_cost_per_token\":1e99", "input_cost_per_token", "Must be at most 1 US dollars.")]
    [InlineData("\"input_cost_per_token\":1e-6,\"input_cost_per_token\":2e-6", "input_cost_per_token", "Given twice.")]
    [InlineData("\"input_cost_per_token_priority_above_200k_tokens\":1,\"input_cost_per_token_above_200k_tokens_priority\":1,\"input_cost_per_token_priority\":1", "input_cost_per_token_above_200k_tokens_priority", "Says the price of another member again.")]
    public void A_price_that_is_wrong_keeps_its_entry_out_with_the_reason_and_no_other(string members, string field, string reason)
    {
        var map = Read($$"""{"m":{"litellm_provider":"openai","mode":"chat",{{members}}},"good":{"litellm_provider":"openai","input_cost_per_token":1e-6} }""");

        Assert.Contains(new("m", "openai/m", field, reason), map.Malformed);
        Assert.All(map.Malformed, entry => Assert.Equal("m", entry.Model));
        Assert.Equal("openai/good", Assert.Single(map.Rates).Sku);
    }

    [Theory]
    [InlineData("2.9999900000000002e-06", "2.99999")]
    [InlineData("2.4999999999999998e-07", "0.25")]
    [InlineData("5.0000000000000004e-08", "0.05")]
    [InlineData("1.00000000000000000000000000000001e-6", "1")]
    public void The_noise_of_a_double_is_cut_off_a_price_and_named(string written, string perMillion)
    {
        var map = Read($$"""{"m":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":{{written}}} }""");

        Assert.Equal(perMillion, Assert.Single(Assert.Single(map.Rates).Prices).Price.ToString(CultureInfo.InvariantCulture));
        Assert.StartsWith($"{written} was rounded to 0.0000", Assert.Single(map.Rounded).Reason, StringComparison.Ordinal);
        Assert.Equal(("m", "openai/m", "input_cost_per_token"), (map.Rounded[0].Model, map.Rounded[0].Sku, map.Rounded[0].Field));
    }

    /// <summary>A relative 10⁻¹² is noise, and twice that would be another price.</summary>
    [Theory]
    [InlineData("0.1000000000001", true)]
    [InlineData("0.1000000000002", false)]
    [InlineData("0.00000100000000000001", true)]
    [InlineData("0.0000010000001", false)]
    public void Only_noise_is_cut_off(string written, bool taken) =>
        Assert.Equal(taken ? 0 : 1, Read($$"""{"m":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":{{written}}} }""").Malformed.Count);

    [Theory]
    [InlineData("output_cost_per_token_above_200k_tokens")]
    [InlineData("cache_read_input_token_cost_above_200k_tokens")]
    [InlineData("input_cost_per_token_above_512k_tokens")]
    public void One_stray_step_is_left_out_by_name_and_its_entry_is_taken(string member)
    {
        var map = Read($$"""{"m":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-6,"{{member}}":2e-6} }""");

        Assert.Equal([new("input-tokens", 1, 1_000_000)], Assert.Single(map.Rates).Prices);
        Assert.Equal([member], map.LeftOut.Select(price => price.Member));
        Assert.Empty(map.Malformed);
    }

    [Theory]
    [InlineData("[]", "", "Must be an object.")]
    [InlineData("""{"mode":"chat","input_cost_per_token":1e-6}""", "litellm_provider", "Must not be empty.")]
    [InlineData("""{"litellm_provider":7,"input_cost_per_token":1e-6}""", "litellm_provider", "Must be a text.")]
    [InlineData("""{"litellm_provider":"a b","input_cost_per_token":1e-6}""", "litellm_provider", "Must not contain a slash or a blank.")]
    public void An_entry_without_a_shape_or_a_provider_is_malformed(string entry, string field, string reason) =>
        Assert.Contains(new("m", null, field, reason), Read($$"""{"m":{{entry}}}""").Malformed);

    [Fact]
    public void Every_kind_of_token_tier_and_step_has_its_meter_and_reasoning_is_output_unless_it_has_a_price_of_its_own()
    {
        var prices = Only(
            """
            {"litellm_provider":"openai","mode":"responses","max_tokens":1,"supports_vision":true,
             "input_cost_per_token":1e-6,"input_cost_per_token_above_272k_tokens":2e-6,"cache_read_input_token_cost":1e-7,"cache_creation_input_token_cost":3e-6,
             "output_cost_per_token":4e-6,"output_cost_per_token_above_272k_tokens":6e-6,
             "input_cost_per_token_batches":5e-7,"output_cost_per_token_batches":2e-6,
             "input_cost_per_token_priority":3e-6,"input_cost_per_token_above_200k_tokens_priority":5e-6,"cache_read_input_token_cost_flex":null,
             "output_cost_per_token_flex":1e-6,"output_cost_per_reasoning_token_flex":2e-6,
             "input_cost_per_request":0.005}
            """).Prices;

        Assert.Equal(
            [
                new("input-tokens", 1, 1_000_000), new("input-tokens", 2, 1_000_000, 272_000),
                new("cached-input-tokens", 0.1m, 1_000_000),
                new("cache-write-tokens", 3, 1_000_000),
                new("output-tokens", 4, 1_000_000), new("output-tokens", 6, 1_000_000, 272_000),
                new("reasoning-tokens", 4, 1_000_000), new("reasoning-tokens", 6, 1_000_000, 272_000),
                new("batch-input-tokens", 0.5m, 1_000_000),
                new("batch-output-tokens", 2, 1_000_000),
                new("batch-reasoning-tokens", 2, 1_000_000),
                new("flex-output-tokens", 1, 1_000_000),
                new("flex-reasoning-tokens", 2, 1_000_000),
                new("priority-input-tokens", 3, 1_000_000), new("priority-input-tokens", 5, 1_000_000, 200_000),
                new MeterPrice("requests", 0.005m),
            ],
            prices);
    }

    [Fact]
    public void Steps_of_the_output_go_for_reasoning_only_where_the_two_cost_the_same()
    {
        static string Entry(string reasoning) =>
            $$"""{"litellm_provider":"openai","output_cost_per_token":2e-6,"output_cost_per_token_above_200k_tokens":4e-6,"output_cost_per_reasoning_token":{{reasoning}}}""";

        Assert.Equal([2m, 4m], Only(Entry("0.0000020")).Prices.Where(price => price.Meter == "reasoning-tokens").Select(price => price.Price));
        Assert.Equal([3m], Only(Entry("3e-6")).Prices.Where(price => price.Meter == "reasoning-tokens").Select(price => price.Price));
    }

    [Theory]
    [InlineData("gpt-4o", "openai", "openai/gpt-4o")]
    [InlineData("ft:gpt-4o", "openai", "openai/ft:gpt-4o")]
    [InlineData("azure/gpt-4o", "azure", "azure/gpt-4o")]
    [InlineData("azure/eu/gpt-4o", "azure", "azure/eu/gpt-4o")]
    [InlineData("azure/instruct", "azure_text", "azure/instruct")]
    [InlineData("azure_ai/llama", "azure_ai", "azure_ai/llama")]
    [InlineData("anthropic.claude-v1:0", "bedrock_converse", "bedrock/anthropic.claude-v1:0")]
    [InlineData("bedrock/eu-west-1/anthropic.claude", "bedrock", "bedrock/eu-west-1/anthropic.claude")]
    [InlineData("gemini-pro", "vertex_ai-language-models", "vertex_ai/gemini-pro")]
    [InlineData("vertex_ai/llama", "vertex_ai-llama_models", "vertex_ai/llama")]
    [InlineData("gemini/gemini-pro", "gemini", "google/gemini-pro")]
    [InlineData("openrouter/openai/gpt-4o", "openrouter", "openrouter/openai/gpt-4o")]
    [InlineData("command", "cohere_chat", "cohere/command")]
    [InlineData("davinci", "text-completion-openai", "openai/davinci")]
    [InlineData("text-completion-codestral/c", "text-completion-codestral", "codestral/c")]
    [InlineData("accounts/fireworks/models/m", "fireworks_ai", "fireworks_ai/accounts/fireworks/models/m")]
    [InlineData("/m", "openai", "openai//m")]
    public void A_SKU_is_the_provider_and_the_model_as_events_report_them(string model, string provider, string sku) =>
        Assert.Equal(sku, Assert.Single(Read($$"""{"{{model}}":{"litellm_provider":"{{provider}}","input_cost_per_token":1e-6} }""").Rates).Sku);

    [Fact]
    public void What_nothing_is_counted_for_is_told_by_reason_and_the_documentation_is_no_model()
    {
        var map = Read(
            """
            {"sample_spec":{"litellm_provider":"one of","input_cost_per_token":0.0,"max_tokens":"text"},
             "a":{"litellm_provider":"openai","mode":"image_generation","output_cost_per_image":0.04},
             "b":{"litellm_provider":"openai","mode":"audio_speech","input_cost_per_token":1e-6},
             "c":{"litellm_provider":"openai","mode":"image_generation","input_cost_per_token":"wrong"},
             "d":{"litellm_provider":"openai","mode":"chat"},
             "e":{"litellm_provider":"dashscope","mode":"chat","tiered_pricing":[{"range":[0,1]}]},
             "f":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-6,"input_cost_per_audio_token":1e-5,"cache_creation_input_token_cost_above_1hr":6e-6}}
            """);

        Assert.Equal(["mode audio_speech 1", "mode image_generation 2", "no price for a token or a request 1", "tiered_pricing 1"], map.NotPriced.Select(reason => $"{reason.Key} {reason.Value}"));
        Assert.Equal(
            [new LeftOutPrice("e", "dashscope/e", "tiered_pricing"), new("f", "openai/f", "input_cost_per_audio_token"), new("f", "openai/f", "cache_creation_input_token_cost_above_1hr")], map.LeftOut);
        Assert.Equal("openai/f", Assert.Single(map.Rates).Sku);
        Assert.Empty(map.Malformed);
    }

    [Fact]
    public void Two_entries_for_one_SKU_must_agree_or_the_one_named_like_it_holds()
    {
        const string One = """{"litellm_provider":"deepseek","input_cost_per_token":1e-6}""", Two = """{"litellm_provider":"deepseek","input_cost_per_token":2e-6}""";

        var agreed = Read($$"""{"chat":{{One}},"deepseek/chat":{{One}}}""");
        Assert.Empty(agreed.Malformed);
        Assert.Equal(("deepseek/chat", "chat deepseek/chat", "deepseek/chat"), Shared(agreed));

        var named = Read($$"""{"chat":{{One}},"deepseek/chat":{{Two}}}""");
        Assert.Equal(2m, Assert.Single(named.Rates).Prices[0].Price);
        Assert.Equal([new MalformedEntry("chat", "deepseek/chat", "", "'deepseek/chat' has other prices for the same SKU.")], named.Malformed);
        Assert.Equal(("deepseek/chat", "chat deepseek/chat", "deepseek/chat"), Shared(named));

        // One leaves out a price that the other does not have: they say different things.
        var sound = Read($$"""{"chat":{"litellm_provider":"deepseek","input_cost_per_token":1e-6,"input_cost_per_audio_token":5e-6},"deepseek/chat":{{One}}}""");
        Assert.Empty(Assert.Single(sound.Rates).NotCarried);
        Assert.Equal("chat", Assert.Single(sound.Malformed).Model);

        var neither = Read("""{"m":{"litellm_provider":"cohere","input_cost_per_token":1e-6},"cohere_chat/m":{"litellm_provider":"cohere_chat","input_cost_per_token":2e-6}}""");
        Assert.Empty(neither.Rates);
        Assert.Equal(["m", "cohere_chat/m"], neither.Malformed.Select(entry => entry.Model));
        Assert.Equal(("cohere/m", "m cohere_chat/m", null), Shared(neither));

        var twice = Read($$"""{"m":{{One}},"m":{{Two}},"n":{{One}},"n":{{One}}}""");
        Assert.Equal("deepseek/n", Assert.Single(twice.Rates).Sku);
        Assert.Equal([new MalformedEntry("m", "deepseek/m", "", "Given more than once, and not the same.")], twice.Malformed);
    }

    private static (string Sku, string Models, string? Taken) Shared(PriceMap map) =>
        Assert.Single(map.Shared) is var shared ? (shared.Sku, string.Join(' ', shared.Models), shared.Taken) : default;

    [Fact]
    public void Every_price_that_is_not_carried_over_is_named_by_entry_and_member_and_one_of_0_says_nothing()
    {
        var map = Read(
            """
            {"m":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-6,"output_cost_per_token":2e-6,
                  "input_cost_per_second":0.1,"output_cost_per_second":0.0,"input_cost_per_image":null,"search_context_cost_per_query":{"low":0.01,"high":0},"code_interpreter_cost_per_session":{"low":0},
                  "regional_processing_uplift_multiplier_eu":1.1,"provider_specific_entry":{"us":1.1,"fast":6},"off_peak_pricing":"0.5","image_price":1,
                  "supports_pricing":true,"web_search_billing_unit":"query","max_tokens":9},
             "n":{"litellm_provider":"bedrock","mode":"embedding","input_cost_per_token":1e-6,"provider_specific_entry":{"bedrock_invocation_schema":"v2"},"input_dbu_cost_per_token":0.07}}
            """);

        Assert.Equal(
            [
                "m input_cost_per_second", "m search_context_cost_per_query", "m regional_processing_uplift_multiplier_eu", "m provider_specific_entry", "m off_peak_pricing", "m image_price",
                "n input_dbu_cost_per_token",
            ],
            map.LeftOut.Select(price => $"{price.Model} {price.Member}"));
        Assert.All(map.Rates, rate => Assert.Empty(rate.NotCarried)); // Usage does not say its region, its speed or its searches.
    }

    [Theory]
    [InlineData("\"input_cost_per_audio_token\":3e-6", "audio-input-tokens batch-audio-input-tokens")]
    [InlineData("\"input_cost_per_audio_token\":1e-6", "")] // The price of text, so that nothing is lost.
    [InlineData("\"input_cost_per_audio_token_priority\":3e-6,\"input_cost_per_audio_per_second\":1e-5", "audio-input-tokens batch-audio-input-tokens")]
    [InlineData("\"output_cost_per_audio_token\":3e-6", "audio-output-tokens batch-audio-output-tokens")]
    [InlineData("\"cache_creation_input_token_cost_above_1hr\":3e-6", "cache-write-1h-tokens")]
    [InlineData("\"cache_creation_input_token_cost_above_1hr\":5e-6,\"cache_creation_input_token_cost_above_1hr_above_200k_tokens\":7e-6", "")]
    [InlineData("\"cache_creation_input_token_cost_above_1hr_above_200k_tokens\":8e-6", "cache-write-1h-tokens")]
    [InlineData("\"tiered_pricing\":[{\"input_cost_per_token\":1e-6,\"range\":[0,32000.0]}]", "batch-input-tokens batch-output-tokens batch-reasoning-tokens cache-write-tokens input-tokens output-tokens reasoning-tokens")]
    [InlineData("\"tiered_pricing\":[{\"range\":[0,256000.0]}],\"input_cost_per_audio_token\":3e-6",
        "batch-input-tokens>256000 batch-output-tokens>256000 batch-reasoning-tokens>256000 cache-write-tokens>256000 input-tokens>256000 output-tokens>256000 reasoning-tokens>256000")]
    public void What_usage_tells_of_prices_that_are_not_carried_over_is_kept_with_the_rate(string members, string notCarried)
    {
        var rate = Only(
            $$"""
            {"litellm_provider":"own","input_cost_per_token":1e-6,"output_cost_per_token":2e-6,"input_cost_per_token_batches":5e-7,"output_cost_per_token_batches":1e-6,
             "cache_creation_input_token_cost":5e-6,"cache_creation_input_token_cost_above_200k_tokens":7e-6,{{members}}}
            """);

        Assert.Equal(notCarried, string.Join(' ', rate.NotCarried.Select(price => price.AboveTokens == 0 ? price.Meter : $"{price.Meter}>{price.AboveTokens}")));
        Assert.Empty(PriceBookRules.Check(new RatePublished(rate.Sku, Given.Day, "USD", rate.Prices, "list", NotCarried: rate.NotCarried), "USD"));
    }

    [Fact]
    public void A_price_of_sound_is_for_no_usage_where_text_has_none() =>
        Assert.Empty(Only("""{"litellm_provider":"own","output_cost_per_token":2e-6,"input_cost_per_audio_token":1e-6}""").NotCarried);

    [Fact]
    public void Entries_with_nothing_but_zeros_are_told_from_those_with_some()
    {
        var map = Read(
            """
            {"a":{"litellm_provider":"own","input_cost_per_token":0,"output_cost_per_token":0.0,"input_cost_per_token_above_128k_tokens":0e0},
             "b":{"litellm_provider":"own","input_cost_per_token":1e-6,"output_cost_per_token":0},"c":{"litellm_provider":"own","input_cost_per_token":0,"input_cost_per_request":0.1}}
            """);

        Assert.Equal(["own/a"], map.Rates.Where(rate => rate.IsZero).Select(rate => rate.Sku));
    }

    /// <summary>A public list of August 2026, counted by a script of its own; it is skipped by name where it does not lie beside the repository.</summary>
    [Fact]
    public void Of_a_whole_public_list_nothing_is_left_out_without_its_name()
    {
        var file = File.ReadAllBytes(DataFile("litellm-prices-2026-08-06.json"));
        var map = PriceMap.Read(file);
        using var entries = JsonDocument.Parse(file);
        HashSet<string?> counted = ["chat", "completion", "responses", "embedding", null];
        var prices =
            from entry in entries.RootElement.EnumerateObject()
            where entry.Name != "sample_spec" && counted.Contains(entry.Value.TryGetProperty("mode", out var mode) ? mode.GetString() : null)
            from member in entry.Value.EnumerateObject()
            where Regex.IsMatch(member.Name, "cost|price|pricing|uplift") && !Regex.IsMatch(member.Name, "^(input|output)_cost_per_(token|reasoning_token|request)($|_batches|_flex|_priority|_above_[0-9]+k)|^cache_(read|creation)_input_token_cost($|_flex|_priority|_above_[0-9]+k)")
                && member.Value.ToString() is not ("0" or "0.0" or "")
            select (entry.Name, member.Name);
        var malformed = map.Malformed.Select(entry => entry.Model).ToHashSet();
        Assert.Empty(prices.Where(price => !malformed.Contains(price.Item1)).Except(map.LeftOut.Select(price => (price.Model, price.Member))));

        int Entries(string member) => map.LeftOut.Count(price => price.Member == member);
        int Marked(string meter) => map.Rates.Count(rate => rate.NotCarried.Any(price => price.Meter == meter));
        Assert.Equal((77, 18), (Entries("input_cost_per_audio_token"), Entries("output_cost_per_audio_token")));
        Assert.InRange(Entries("cache_creation_input_token_cost_above_1hr"), 123, 124); // One of these entries may be refused for the digits of a price.
        Assert.Equal(8, Entries("provider_specific_entry"));
        Assert.InRange(Marked("audio-input-tokens"), 60, 66); // Of 77, 11 ask the price of text.
        Assert.InRange(Marked("cache-write-1h-tokens"), 115, 123);
        Assert.InRange(map.Rates.Count(rate => rate.IsZero), 90, 95);
        Assert.All(map.Rates, rate => Assert.Empty(PriceBookRules.Check(new RatePublished(rate.Sku, Given.Day, "USD", rate.Prices, "list", NotCarried: rate.NotCarried), "USD")));
        Assert.Equal(map.Shared.Where(shared => shared.Taken is not null).Select(shared => shared.Sku), map.Shared.Select(shared => shared.Sku).Intersect(map.Rates.Select(rate => rate.Sku)));
    }

    [Fact]
    public void What_is_no_price_map_is_refused_whole()
    {
        Assert.Equal("A price map is a JSON object with an entry for each model.", Read("[]").Refusal);
        Assert.Equal("At most 20,000 entries; it has 20,001.", Read($$"""{{{string.Join(',', Enumerable.Range(0, 20_001).Select(i => $"\"{i}\":0"))}}}""").Refusal);
        foreach (var broken in (string[])["", "{", "{} {}", "{\"a\":NaN}", "not json"])
        {
            Assert.ThrowsAny<JsonException>(() => Read(broken));
        }
    }

    /// <summary>A public file that lies beside the repository, where it does.</summary>
    private static string DataFile(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        Assert.Skip($"{name} is not there.");
        return "";
    }

    private static PriceMap Read(string json) => PriceMap.Read(Encoding.UTF8.GetBytes(json));

    private static ListedRate Only(string entry)
    {
        var map = Read($$"""{"m":{{entry}}}""");
        Assert.Empty(map.Malformed);
        return Assert.Single(map.Rates);
    }
}
