using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Rates;

/// <summary>Price maps and exchange rates over HTTP.</summary>
public sealed class RateImportEndpointTests : IAsyncLifetime
{
    private const string Rates = "/api/v1/rates/import";
    private const string ExchangeRates = "/api/v1/exchange-rates/import";

    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_price_map_is_compared_published_when_it_is_said_so_and_unchanged_the_second_time()
    {
        const string Map = """{"x":{"litellm_provider":"own","input_cost_per_token":1.25e-06},"other/y":{"litellm_provider":"other","input_cost_per_token":1e-06},"bad":{"litellm_provider":"own","input_cost_per_token":-1}}""";
        await _host.Database.RecordAsync(new TokenUsageRecorded("w", Approach.Hybrid, "own", "x", 1_000_000, 0, Given.At(Given.Day)));
        await Eventually.Async(async () => await _host.Database.ScalarAsync<long>("select count(*) from spend.monthly_cost where sku = 'own/x' and unpriced > 0") == 1);
        var dry = await OkAsync($"{Rates}?from=2026-01-01&provider=own&dryRun=true", Map);
        Assert.Equal((0m, 1.25m), (dry.GetProperty("effect").GetProperty("before").GetDecimal(), dry.GetProperty("effect").GetProperty("after").GetDecimal()));
        Assert.Equal((1, 0), (dry.GetProperty("diff").GetProperty("new").GetArrayLength(), dry.GetProperty("published").GetInt32()));
        var price = dry.GetProperty("diff").GetProperty("new")[0];
        Assert.Equal(("own/x", "input-tokens", 1.25m, 1_000_000m), (price.GetProperty("sku").GetString(), price.GetProperty("meter").GetString(), price.GetProperty("after").GetDecimal(), price.GetProperty("per").GetDecimal()));
        Assert.Equal("1.25", price.GetProperty("after").GetRawText());
        Assert.Equal("input_cost_per_token", dry.GetProperty("diff").GetProperty("malformed")[0].GetProperty("field").GetString());
        Assert.False(dry.GetProperty("diff").TryGetProperty("publications", out _));
        Assert.Empty(await StreamAsync("rate/own/x"));

        Assert.Equal(1, (await OkAsync($"{Rates}?from=2026-01-01&provider=own", Map)).GetProperty("published").GetInt32());
        var again = await OkAsync($"{Rates}?from=2026-01-01&provider=own", Map);
        Assert.Equal((0, 1), (again.GetProperty("published").GetInt32(), again.GetProperty("diff").GetProperty("unchanged").GetInt32()));
        Assert.StartsWith("LiteLLM price map, sent by API, sha256 ", ((RatePublished)Assert.Single(await StreamAsync("rate/own/x")).Data).Source, StringComparison.Ordinal);
        Assert.Equal("key:", (await _host.Database.TextsAsync("select left(headers->>'recordedBy', 4) from spend.mt_events where stream_id = 'rate/own/x'"))[0]);
    }

    [Fact]
    public async Task What_is_wrong_with_a_list_is_named_in_part_and_counted_and_no_name_is_as_long_as_the_list()
    {
        var members = string.Join(',', Enumerable.Repeat("\"input_cost_per_token\":-1", 30));
        var entries = Enumerable.Range(0, 1_001).Select(i => $"\"m{i}\":0").Append($"\"{new string('n', 100_000)}\":{{\"litellm_provider\":\"own\",{members}}}");
        var diff = (await OkAsync($"{Rates}?from=2026-01-01&dryRun=true", $"{{{string.Join(',', entries.Reverse())}}}")).GetProperty("diff");

        Assert.Equal((1_000, 1_001 + 21 - 1_000), (diff.GetProperty("malformed").GetArrayLength(), diff.GetProperty("more").GetProperty("malformed").GetInt32()));
        Assert.False(diff.GetProperty("more").TryGetProperty("rounded", out _));
        var longest = diff.GetProperty("malformed").EnumerateArray().Where(entry => entry.GetProperty("model").GetString()![0] == 'n').ToArray();
        Assert.Equal((21, 201), (longest.Length, longest[0].GetProperty("model").GetString()!.Length));
        Assert.Matches("^[0-9]+ more is wrong with it.$", longest[^1].GetProperty("reason").GetString());
        Assert.True(diff.GetRawText().Length < 200_000);
    }

    [Fact]
    public async Task Exchange_rates_are_compared_published_when_it_is_said_so_and_unchanged_the_second_time()
    {
        const string Csv = "currency,date,rate\nEUR,2026-01-01,1.1\nEUR,2025-12-31,1.2\nGBP,2026-01-01,1.3\nbad\n";
        var dry = await OkAsync($"{ExchangeRates}?from=2026-01-01&currency=EUR&dryRun=true", Csv, "text/csv");
        Assert.Equal((1, 0), (dry.GetProperty("diff").GetProperty("new").GetArrayLength(), dry.GetProperty("published").GetInt32()));
        Assert.Equal(5, dry.GetProperty("diff").GetProperty("malformed")[0].GetProperty("line").GetInt32());
        Assert.Equal(2, (await OkAsync($"{ExchangeRates}", Csv, "text/csv")).GetProperty("published").GetInt32());

        var changed = await OkAsync($"{ExchangeRates}", Csv.Replace("1.3", "1.7", StringComparison.Ordinal), "text/csv");
        Assert.Equal((1, 2), (changed.GetProperty("published").GetInt32(), changed.GetProperty("diff").GetProperty("unchanged").GetInt32()));
        var change = Assert.Single(changed.GetProperty("diff").GetProperty("changed").EnumerateArray());
        Assert.Equal((1.3m, 1.7m, true), (change.GetProperty("before").GetDecimal(), change.GetProperty("after").GetDecimal(), change.GetProperty("large").GetBoolean()));
    }

    [Fact]
    public async Task An_import_needs_a_key_that_may_publish_even_to_look()
    {
        var keys = new Dictionary<string, HttpStatusCode>
        {
            ["nobody's"] = HttpStatusCode.Unauthorized,
            [await _host.IssueKeyAsync([Scope.Record, Scope.Read])] = HttpStatusCode.Forbidden,
        };
        foreach (var (key, expected) in keys)
        {
            _host.Client.DefaultRequestHeaders.Authorization = new("Bearer", key);
            await RefusedAsync(Rates, "{}", "application/json", expected);
            await RefusedAsync(ExchangeRates, "currency,date,rate", "text/csv", expected);
        }

        _host.Client.DefaultRequestHeaders.Authorization = null;
        await RefusedAsync(Rates, "{}", "application/json", HttpStatusCode.Unauthorized);
        await RefusedAsync(ExchangeRates, "currency,date,rate", "text/csv", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_option_that_makes_no_sense_is_named()
    {
        foreach (var (path, field) in ((string, string)[])[($"{Rates}?from=soon", "from"), ($"{Rates}?from=1999-12-31", "from"), ($"{Rates}?dryRun=maybe", "dryRun"), ($"{ExchangeRates}?from=2026-02-30", "from"), ($"{ExchangeRates}?dryRun=1", "dryRun")])
        {
            Assert.True((await RefusedAsync(path, "{}", "application/json", HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty(field, out _), path);
        }
    }

    [Fact]
    public async Task A_body_that_is_no_such_file_is_refused_with_the_reason()
    {
        await ReasonAsync(Rates, "{", "application/json", HttpStatusCode.BadRequest, "Line 1, position 2: ");
        await ReasonAsync(Rates, "[]", "application/json", HttpStatusCode.BadRequest, "A price map is a JSON object with an entry for each model.");
        await ReasonAsync(Rates, "{}", "text/csv", HttpStatusCode.UnsupportedMediaType, "Send application/json.");
        await ReasonAsync(ExchangeRates, "a,b\n1,2", "text/csv", HttpStatusCode.BadRequest, "Its first line must be currency,date,rate ");
        await ReasonAsync(ExchangeRates, "", "text/csv", HttpStatusCode.BadRequest, "Its first line must be currency,date,rate ");
        await ReasonAsync(ExchangeRates, "Date,EUX,\n2026-01-02,1,", "text/csv", HttpStatusCode.BadRequest, "It has no column for the reporting currency, USD.");
        await ReasonAsync(ExchangeRates, "{}", "application/json", HttpStatusCode.UnsupportedMediaType, "Send text/csv.");
        await ReasonAsync(ExchangeRates, $"currency,date,rate,source\n{new string('x', 70_000)},2026-01-01,1,", "text/csv", HttpStatusCode.BadRequest, "It cannot be read on from line 2: ");
    }

    [Fact]
    public async Task The_rates_of_this_version_are_compared_without_a_body()
    {
        await _host.Database.ExecuteAsync("delete from spend.mt_events where stream_id = 'rate/openai/gpt-5.5'; delete from spend.mt_streams where id = 'rate/openai/gpt-5.5'");
        var dry = await OkAsync($"{Rates}?list=starting&from=2026-12-01&dryRun=true", "", "text/plain");
        Assert.Equal(["openai/gpt-5.5"], dry.GetProperty("diff").GetProperty("new").EnumerateArray().Select(price => price.GetProperty("sku").GetString()).Distinct());
        Assert.Equal(0, (await OkAsync($"{Rates}?list=starting&from=2026-12-01&provider=anthropic", "", "text/plain")).GetProperty("published").GetInt32());
        Assert.Equal(1, (await OkAsync($"{Rates}?list=starting&from=2026-12-01", "", "text/plain")).GetProperty("published").GetInt32());
        Assert.Equal(0, (await OkAsync($"{Rates}?list=starting&from=2026-12-01", "", "text/plain")).GetProperty("published").GetInt32());
        Assert.True((await RefusedAsync($"{Rates}?list=other", "{}", "application/json", HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("list", out _));
    }

    [Fact]
    public async Task What_is_too_large_is_refused_with_the_limit()
    {
        var wrong = string.Concat(Enumerable.Repeat("EUR,soon,1\n", 1_001));
        await ReasonAsync(ExchangeRates, $"currency,date,rate\n{wrong}", "text/csv", HttpStatusCode.BadRequest, "More than 1,000 rows or fields are wrong. The first is in line 2: date 'soon' is not a day");

        // Asked first, the server answers before the body is sent.
        _host.Client.DefaultRequestHeaders.ExpectContinue = true;
        var large = new string(' ', 16 * 1024 * 1024 + 1);
        await ReasonAsync(Rates, large, "application/json", HttpStatusCode.RequestEntityTooLarge, "At most 16 MiB a request.");
        await ReasonAsync(ExchangeRates, large, "text/csv", HttpStatusCode.RequestEntityTooLarge, "At most 16 MiB a request.");
    }

    private async Task ReasonAsync(string path, string body, string contentType, HttpStatusCode status, string reason) =>
        Assert.StartsWith(reason, (await RefusedAsync(path, body, contentType, status)).GetProperty("detail").GetString(), StringComparison.Ordinal);

    private async Task<JsonElement> RefusedAsync(string path, string body, string contentType, HttpStatusCode status)
    {
        using var response = await _host.PostAsync(path, body, contentType);
        Assert.Equal(status, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private Task<IReadOnlyList<StoredEvent>> StreamAsync(string stream) => _host.Database.Store.ReadStreamAsync(stream, TestContext.Current.CancellationToken);

    private async Task<JsonElement> OkAsync(string path, string body, string contentType = "application/json")
    {
        using var response = await _host.PostAsync(path, body, contentType);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return answer;
    }
}
