using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Rates;

/// <summary>The price book over HTTP: publishing, withdrawing, previews, refusals.</summary>
public sealed class RateEndpointTests : IAsyncLifetime
{
    private static readonly string Month = BillingPeriod.Of(Given.Day).ToString();
    private static readonly string Day = Given.Day.ToString("yyyy-MM-dd");

    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_dry_run_answers_what_would_change_and_the_same_without_it_changes_that()
    {
        await RecordAsync("own");
        await _host.GetUntilAsync("/api/v1/unpriced", answer => answer.GetProperty("unpriced").GetArrayLength() == 1);
        var preview = await PostOkAsync("rates?dryRun=true", Rate("own/model", 2));
        var change = Assert.Single(preview.GetProperty("changes").EnumerateArray().ToArray());
        Assert.Equal((Month, Month, "support-chat", "prompt-engineering"), (Text(change, "month"), Text(change, "booksIn"), Text(change, "workload"), Text(change, "approach")));
        Assert.Equal((0m, 2_000m, 1_000m, 0m), (Number(change, "before"), Number(change, "after"), Number(change, "unpricedBefore"), Number(change, "unpricedAfter")));
        Assert.Equal((2_000m, "USD"), (Number(preview, "difference"), Text(preview, "currency")));
        Assert.Empty((await _host.GetAsync("/api/v1/rates?sku=own/model")).GetProperty("items").EnumerateArray());

        await PostOkAsync("rates?dryRun=false", Rate("own/model", 2));
        await ActualUntilAsync(2_000);
        Assert.Empty((await _host.GetAsync("/api/v1/unpriced")).GetProperty("unpriced").EnumerateArray());
    }

    [Fact]
    public async Task Discounts_aliases_and_exchange_rates_are_published_listed_and_withdrawn_once()
    {
        await PostOkAsync("rates", Rate("own/model", 2));
        await RecordAsync("own");
        await ActualUntilAsync(2_000);
        await PostOkAsync("discounts", $$"""{"sku":"own/*","percent":25,"effectiveFrom":"{{Day}}","source":"contract"}""");
        await ActualUntilAsync(1_500);
        await RecordAsync("azure");
        await PostOkAsync("aliases", """{"model":"azure/model","sku":"own/model"}""");
        await ActualUntilAsync(3_000);
        await PostOkAsync("exchange-rates", $$"""{"currency":"EUR","effectiveFrom":"{{Day}}","rate":1.25,"source":"bank"}""");
        await PostOkAsync("rates", Rate("own/model", 2, "EUR"));
        await ActualUntilAsync(3_750);

        foreach (var (noun, actual) in ((string, decimal)[])[("exchange-rates", 0), ("discounts", 0), ("aliases", 0)])
        {
            var publication = Assert.Single((await _host.GetAsync($"/api/v1/{noun}")).GetProperty("items").EnumerateArray().ToArray()).GetProperty("publication");
            var withdrawal = $$"""{"publication":"{{Text(publication, "id")}}","reason":"agreed anew"}""";
            Assert.NotEmpty((await PostOkAsync("withdrawals?dryRun=true", withdrawal)).GetProperty("changes").EnumerateArray());
            await PostOkAsync("withdrawals", withdrawal);
            var listed = await _host.GetUntilAsync($"/api/v1/{noun}", answer => answer.GetProperty("items")[0].GetProperty("publication").TryGetProperty("withdrawnAt", out _));
            Assert.Equal("agreed anew", Text(listed.GetProperty("items")[0].GetProperty("publication"), "withdrawnBecause"));
            await ActualUntilAsync(actual);
            foreach (var query in (string[])["", "?dryRun=true"])
            {
                await RefusedAsync($"withdrawals{query}", withdrawal, HttpStatusCode.Conflict);
            }
        }

        var lacking = await _host.GetAsync($"/api/v1/unpriced?from={Month}&to={Month}");
        Assert.Equal(("EUR", 2_000m), (Text(lacking.GetProperty("unconverted")[0], "currency"), Number(lacking.GetProperty("unconverted")[0], "amount")));
        Assert.Equal("azure/model", Text(lacking.GetProperty("unpriced")[0], "sku"));
    }

    [Fact]
    public async Task What_is_in_no_amount_is_beside_the_amounts_as_JSON_and_as_CSV()
    {
        await PostOkAsync("rates", Rate("own/model", 2));
        await PostOkAsync("discounts", $$"""{"sku":"own/*","percent":25,"effectiveFrom":"{{Day}}","source":"contract"}""");
        await RecordAsync("own");
        await _host.RecordAsync(
            $$"""{"type":"charge_recorded","workload":"support-chat","approach":"prompt-engineering","component":"other","amount":10,"currency":"EUR","chargedAt":"{{Given.At(Given.Day):o}}"}""");
        var costs = await _host.GetUntilAsync($"/api/v1/costs?from={Month}&to={Month}", answer => answer.GetProperty("total").GetProperty("unconverted").EnumerateObject().Any());
        var total = costs.GetProperty("total");
        Assert.Equal((1_500m, 2_000m, 0m, 10m), (Number(total, "actual"), Number(total, "listed"), Number(total, "corrections"), Number(total.GetProperty("unconverted"), "EUR")));

        var csv = await _host.Client.GetStringAsync(new Uri($"/api/v1/costs?from={Month}&to={Month}&format=csv", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains($"{Month},prompt-engineering,1500,0,0,1500,2000,0,0,0,0,0,EUR 10.00,0,0,0,0,0,0", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_providers_report_is_beside_what_the_rates_give()
    {
        await PostOkAsync("rates", Rate("own/model", 2));
        await RecordAsync("own", """,  "reportedCost": 1800, "reportedCurrency": "USD" """);
        var reported = await _host.GetUntilAsync($"/api/v1/reported-costs?from={Month}&to={Month}", answer => answer.GetProperty("rows").GetArrayLength() == 1 && Number(answer.GetProperty("rows")[0], "computed") == 2_000);
        Assert.Equal((1_800m, 200m, 1m), (Number(reported.GetProperty("rows")[0], "reported"), Number(reported.GetProperty("rows")[0], "difference"), Number(reported.GetProperty("rows")[0], "share")));
    }

    [Fact]
    public async Task Every_rule_that_is_broken_is_named_with_its_field()
    {
        (string Noun, string Body, string Field)[] cases =
        [
            ("rates", Rate("own", 1), "sku"),
            ("rates", Rate("charge/EUR", 1), "sku"),
            ("rates", Rate("own/*", 1), "sku"),
            ("rates", Rate("own/model", 1).Replace(Day, "1999-12-31", StringComparison.Ordinal), "effectiveFrom"),
            ("rates", Rate("own/model", 1).Replace("\"price\":1", "\"price\":1,\"aboveTokens\":200000", StringComparison.Ordinal), "prices[0].aboveTokens"),
            ("rates", Rate("own/model", 1).Replace("\"source\"", "\"effectiveTo\":\"2020-01-01\",\"source\"", StringComparison.Ordinal), "effectiveTo"),
            ("rates", Rate("own/model", 1).Replace("\"source\"", "\"effectiveTo\":\"2200-01-01\",\"source\"", StringComparison.Ordinal), "effectiveTo"),
            ("rates?dryRun=maybe", Rate("own/model", 1), "dryRun"),
            ("discounts", Discount("own", 10), "sku"),
            ("discounts", Discount("o*/model", 10), "sku"),
            ("discounts", Discount("own/*", 100.5m), "percent"),
            ("discounts", Discount("own/*", 0.00001m), "percent"),
            ("discounts", Discount("own/*", 10, ",\"effectiveTo\":\"2020-01-01\""), "effectiveTo"),
            ("aliases", """{"model":"model","sku":"own/model"}""", "model"),
            ("aliases", """{"model":"*/model","sku":"own/model"}""", "model"),
            ("aliases", """{"model":"own/model","sku":"own/model"}""", "sku"),
            ("aliases", """{"model":"charge/EUR","sku":"own/model"}""", "model"),
            ("exchange-rates", $$"""{"currency":"USD","effectiveFrom":"{{Day}}","rate":1,"source":"s"}""", "currency"),
            ("exchange-rates", $$"""{"currency":"EUR","effectiveFrom":"{{Day}}","rate":0,"source":"s"}""", "rate"),
            ("exchange-rates", $$"""{"currency":"EUR","effectiveFrom":"{{Day}}","rate":1.00000000001,"source":"s"}""", "rate"),
            ("exchange-rates", $$"""{"currency":"EUR","effectiveFrom":"{{Day}}","rate":1,"source":" "}""", "source"),
            ("exchange-rates", $$"""{"currency":"EUR","effectiveFrom":"{{Day}}","rate":1,"source":"s","colour":"red"}""", "colour"),
            ("withdrawals", $$"""{"publication":"{{Guid.NewGuid()}}","reason":""}""", "reason"),
            ("withdrawals", """{"publication":"the last one","reason":"r"}""", "publication"),
        ];
        foreach (var (noun, body, field) in cases)
        {
            var problem = await RefusedAsync(noun, body, HttpStatusCode.BadRequest);
            Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), $"{noun} {body}: {problem}");
        }

        await RefusedAsync("withdrawals", $$"""{"publication":"{{Guid.NewGuid()}}","reason":"r"}""", HttpStatusCode.NotFound);
        await RefusedAsync("withdrawals?dryRun=true", $$"""{"publication":"{{Guid.NewGuid()}}","reason":"r"}""", HttpStatusCode.NotFound);
        foreach (var path in (string[])["/api/v1/unpriced?from=soon", "/api/v1/reported-costs?from=2026-02&to=2026-01"])
        {
            using var response = await _host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData("record,read", HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData("record,publish", HttpStatusCode.Forbidden, HttpStatusCode.BadRequest)]
    public async Task Reading_the_book_and_changing_it_need_a_scope_each(string? scopes, HttpStatusCode get, HttpStatusCode post)
    {
        var wanted = scopes?.Split(',').Select(EnumName.Parse<Scope>).ToArray();
        _host.Client.DefaultRequestHeaders.Authorization = wanted is null ? null : new("Bearer", await _host.IssueKeyAsync(wanted));
        foreach (var noun in (string[])["rates", "discounts", "aliases", "exchange-rates", "unpriced", "reported-costs"])
        {
            using var response = await _host.Client.GetAsync(new Uri($"/api/v1/{noun}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((noun, get), (noun, response.StatusCode));
        }

        foreach (var noun in (string[])["rates", "discounts", "aliases", "exchange-rates", "withdrawals", "rates?dryRun=true"])
        {
            using var response = await _host.PostAsync($"/api/v1/{noun}", "{}");
            Assert.Equal((noun, post), (noun, response.StatusCode));
        }
    }

    private static string Rate(string sku, decimal price, string currency = "USD") =>
        $$"""{"sku":"{{sku}}","effectiveFrom":"{{Day}}","currency":"{{currency}}","prices":[{"meter":"input-tokens","price":{{price}}}],"source":"list"}""";

    private static string Discount(string sku, decimal percent, string extra = "") =>
        $$"""{"sku":"{{sku}}","percent":{{percent}},"effectiveFrom":"{{Day}}","source":"contract"{{extra}}}""";

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static decimal Number(JsonElement element, string name) => element.GetProperty(name).GetDecimal();

    /// <summary>A thousand input tokens of a provider's model.</summary>
    private async Task RecordAsync(string provider, string extra = "") => Assert.Equal(HttpStatusCode.OK, (await _host.RecordAsync(
        Given.TokensJson(extra: extra).Replace("\"openai\"", $"\"{provider}\"", StringComparison.Ordinal).Replace("gpt-4o", "model", StringComparison.Ordinal).Replace("\"outputTokens\":100", "\"outputTokens\":0", StringComparison.Ordinal))).Status);

    private Task<JsonElement> ActualUntilAsync(decimal actual) =>
        _host.GetUntilAsync($"/api/v1/costs?from={Month}&to={Month}", answer => Number(answer.GetProperty("total"), "actual") == actual);

    private async Task<JsonElement> PostOkAsync(string path, string body)
    {
        using var response = await _host.PostAsync($"/api/v1/{path}", body);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return answer;
    }

    private async Task<JsonElement> RefusedAsync(string path, string body, HttpStatusCode status)
    {
        using var response = await _host.PostAsync($"/api/v1/{path}", body);
        return await TestHost.ProblemAsync(response, status);
    }
}
