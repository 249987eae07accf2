using System.Net;
using System.Text.Json;

namespace SpendTracker.Tests.Plans;

/// <summary>Plans over HTTP, with the price book of a real database.</summary>
public sealed class PlanEndpointTests(OneHost shared) : IClassFixture<OneHost>
{
    private const string Prompts = """{"name":"Prompts","approach":"prompt-engineering","routes":[{"sku":"openai/gpt-4o","inputTokens":{"low":500,"expected":1000,"high":2000},"outputTokens":100}]}""";

    private readonly TestHost _host = shared.Host;

    [Fact]
    public async Task A_plan_is_priced_by_the_book_and_tells_where_each_price_is_from()
    {
        await _host.GetUntilAsync("/api/v1/rates?sku=openai/gpt-4o", a => a.GetProperty("items").GetArrayLength() > 0);
        var answer = await PreviewAsync($$"""{"name":"p","from":"2026-12","months":2,"requestsPerMonth":1000,"options":[{{Prompts}}]}""");

        Assert.Equal("USD", answer.GetProperty("currency").GetString());
        var option = answer.GetProperty("figures").GetProperty("options")[0];
        var lines = option.GetProperty("lines").EnumerateArray().Where(line => line.GetProperty("month").GetString() == "2026-12").ToArray();
        Assert.Equal(["input-tokens", "output-tokens"], lines.Select(line => line.GetProperty("meter").GetString()));
        Assert.All(lines, line => Assert.NotEmpty(line.GetProperty("source").GetString()!));
        Assert.Equal(1_000_000 * lines[0].GetProperty("price").GetDecimal(), lines[0].GetProperty("amount").GetDecimal());
        Assert.True(option.GetProperty("cash").GetProperty("low").GetDecimal() < option.GetProperty("cash").GetProperty("expected").GetDecimal());
        Assert.Equal(0, option.GetProperty("unpriced").GetArrayLength());
    }

    [Fact]
    public async Task What_has_no_price_is_named_and_the_rest_is_shown()
    {
        var answer = await PreviewAsync("""{"name":"p","from":"2026-12","months":1,"requestsPerMonth":1000,"options":[{"name":"o","approach":"fine-tuning","routes":[{"sku":"nobody/knows","inputTokens":10,"outputTokens":0}],"infrastructurePerMonth":25}]}""");

        var option = answer.GetProperty("figures").GetProperty("options")[0];
        Assert.Equal("nobody/knows", option.GetProperty("unpriced")[0].GetProperty("sku").GetString());
        Assert.Equal(25, option.GetProperty("cash").GetProperty("expected").GetDecimal());
        Assert.False(option.GetProperty("lines")[0].TryGetProperty("amount", out _));
    }

    [Fact]
    public async Task Each_preset_can_be_sent_back_as_it_is()
    {
        using var response = await _host.Client.GetAsync(new Uri("/api/v1/plans/presets", UriKind.Relative), TestContext.Current.CancellationToken);
        var presets = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(["small-project", "enterprise"], presets.GetProperty("items").EnumerateArray().Select(preset => preset.GetProperty("id").GetString()));
        foreach (var preset in presets.GetProperty("items").EnumerateArray())
        {
            var answer = await PreviewAsync(preset.GetProperty("plan").GetRawText());
            Assert.Equal(3, answer.GetProperty("figures").GetProperty("options").GetArrayLength());
            Assert.Equal("Prompts", answer.GetProperty("figures").GetProperty("breakEvens")[0].GetProperty("first").GetString());
        }
    }

    [Theory]
    [InlineData("""{"name":"p","from":"2026-13","months":1,"requestsPerMonth":1,"options":[@]}""", "from")]
    [InlineData("""{"name":"p","from":"2026-12","months":61,"requestsPerMonth":1,"options":[@]}""", "months")]
    [InlineData("""{"name":"p","from":"2026-12","months":1,"requestsPerMonth":-1,"options":[@]}""", "requestsPerMonth")]
    [InlineData("""{"name":"p","from":"2026-12","months":1,"requestsPerMonth":{"low":2,"expected":1,"high":3},"options":[@]}""", "requestsPerMonth")]
    [InlineData("""{"name":"p","from":"2026-12","months":1,"requestsPerMonth":{"low":2},"options":[@]}""", "requestsPerMonth")]
    [InlineData("""{"name":"p","from":"2026-12","months":60,"requestsPerMonth":1000000,"growthPercent":50,"options":[@]}""", "growthPercent")]
    [InlineData("""{"name":"p","from":"2026-12","months":1,"requestsPerMonth":1,"options":[@,@]}""", "options")]
    [InlineData("""{"name":"p","from":"2026-12","months":1,"requestsPerMonth":1,"currency":"CHF","options":[@]}""", "currency")]
    [InlineData("""{"name":"p","from":"2026-12","months":1,"requestsPerMonth":1,"options":[{"name":"o","approach":"hybrid","routes":[{"sku":"a","share":0.7,"inputTokens":1,"outputTokens":1}]}]}""", "options[0].routes")]
    [InlineData("""{"name":"p","from":"2026-12","months":1,"requestsPerMonth":1,"options":[{"name":"o","approach":"hybrid","routes":[{"sku":"a","inputTokens":1,"outputTokens":1}],"datasets":[{"name":"d","amount":1,"items":2}]}]}""", "options[0].datasets[0]")]
    [InlineData("""{"name":"p","from":"2026-12","months":1,"requestsPerMonth":1,"options":[{"name":"o","approach":"hybrid","routes":[{"sku":"a","inputTokens":1,"outputTokens":1}],"successShare":0}]}""", "options[0].successShare")]
    public async Task An_assumption_out_of_range_names_the_field(string plan, string field)
    {
        using var response = await _host.PostAsync("/api/v1/plans/preview", plan.Replace("@", Prompts, StringComparison.Ordinal));

        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(problem.GetProperty("errors").EnumerateObject(), error => error.Name == field);
    }

    [Fact]
    public async Task Amounts_that_cannot_be_counted_are_refused()
    {
        using var response = await _host.PostAsync("/api/v1/plans/preview", """{"name":"p","from":"2026-12","months":60,"requestsPerMonth":1000000000000,"options":[{"name":"o","approach":"hybrid","attemptsPerRequest":100,"routes":[{"sku":"a","inputTokens":100000000,"outputTokens":1,"examples":1000,"exampleTokens":1000000,"prices":[{"meter":"input-tokens","price":1000000}]}]}]}""");

        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(problem.GetProperty("errors").EnumerateObject(), error => error.Name == "requestsPerMonth");
    }

    private async Task<JsonElement> PreviewAsync(string plan)
    {
        using var response = await _host.PostAsync("/api/v1/plans/preview", plan);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }
}
