using System.Net;
using System.Text.Json;

namespace SpendTracker.Tests.Web;

/// <summary>
/// Below /api/v0, for one version, what was before the conventions. How the lists of a whole database looked is in <see cref="Log.EarlierDatabaseTests"/>.
/// </summary>
public sealed class EarlierShapeTests(OneHost one) : IClassFixture<OneHost>
{
    private TestHost Host => one.Host;

    private static string Month => BillingPeriod.Of(Given.Day).ToString();

    [Theory]
    [InlineData("workloads", "")]
    [InlineData("discounts", "")]
    [InlineData("aliases", "")]
    [InlineData("exchange-rates", "")]
    [InlineData("estimates", "")]
    [InlineData("plans", "")]
    [InlineData("plans/presets", "")]
    [InlineData("budgets", "")]
    [InlineData("channels", "")]
    [InlineData("reported-costs", "", "rows")]
    [InlineData("alerts?state=all", "alerts")]
    [InlineData("anomalies?state=all", "anomalies")]
    [InlineData("billing-periods", "periods")]
    [InlineData("set-aside", "events")]
    [InlineData("rates?sku=openai/gpt-4o", "rates")]
    [InlineData("events?workload=none", "events")]
    public async Task A_list_has_the_items_of_today_under_its_earlier_name(string path, string earlier, string today = "items")
    {
        var now = (await Host.GetAsync($"/api/v1/{path}")).GetProperty(today);
        using var response = await Host.Client.GetAsync(new Uri($"/api/v0/{path}", UriKind.Relative), TestContext.Current.CancellationToken);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;

        Assert.True(JsonElement.DeepEquals(now, earlier.Length == 0 ? answer : answer.GetProperty(earlier)), $"{answer}");
        AssertDeprecated(response, $"/api/v1/{path.Split('?')[0]}");
    }

    [Fact]
    public async Task Lists_were_whole_and_events_had_addresses()
    {
        await Host.RecordAsync(string.Join('\n', Enumerable.Range(0, 60).Select(i => Given.TokensJson($"paged-{i}").Replace("support-chat", "paged", StringComparison.Ordinal))), "application/x-ndjson");
        var all = await Host.GetAsync("/api/v0/rates");
        Assert.True(all.GetProperty("rates").GetArrayLength() > 100 && all.TryGetProperty("unpriced", out _) && all.TryGetProperty("incomplete", out _));

        var first = await Host.GetUntilAsync($"/api/v0/events?workload=paged&month={Month}", answer => answer.GetProperty("events").GetArrayLength() == 50);
        var second = await Host.GetAsync(first.GetProperty("older").GetString()!);
        Assert.Equal((10, false), (second.GetProperty("events").GetArrayLength(), second.TryGetProperty("older", out _)));
        Assert.Equal(50, (await Host.GetAsync(second.GetProperty("newer").GetString()!)).GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task What_was_created_was_answered_200_without_its_id()
    {
        var rate = await TakenAsync("rates", """{"sku":"own/earlier","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"input-tokens","price":0.30000000000000004}],"source":"list"}""");
        Assert.Equal(("own/earlier", 1, false), (rate.GetProperty("sku").GetString(), rate.GetProperty("rounded").GetArrayLength(), rate.TryGetProperty("id", out _)));
        var estimate = await TakenAsync("estimates", """{"workload":"earlier","approach":"hybrid","from":"2026-01","to":"2026-01","currency":"USD","lines":[{"component":"usage","amount":1}]}""");
        Assert.Equal(1, estimate.GetProperty("lines").GetArrayLength());
        await Host.RecordAsync(Given.TokensJson("earlier"));
        Assert.Equal("appended", (await TakenAsync("usage/corrections", """{"corrects":{"id":"earlier"},"reason":"Sent twice."}""")).GetProperty("status").GetString());
        Assert.Equal("Earlier", (await TakenAsync("channels/earlier", """{"name":"Earlier","address":{"kind":"slack","url":"https://hooks.example.com/ai"}}""", HttpMethod.Put)).GetProperty("name").GetString());
        Assert.True((await TakenAsync("withdrawals?dryRun=true", $$"""{"publication":"{{await PublicationAsync()}}","reason":"r"}""")).TryGetProperty("changes", out _));
    }

    [Fact]
    public async Task An_import_only_looked_unless_it_was_told_to_publish()
    {
        const string Map = """{"looked":{"litellm_provider":"own","input_cost_per_token":1e-06}}""";

        Assert.Equal(0, (await TakenAsync("rates/import?provider=own", Map)).GetProperty("published").GetInt32());
        Assert.Equal(1, (await TakenAsync("rates/import?provider=own&dryRun=false", Map)).GetProperty("published").GetInt32());
    }

    [Fact]
    public async Task What_is_refused_is_refused_as_today_and_a_workload_may_still_be_posted()
    {
        using var refused = await Host.PostAsync("/api/v0/rates", "{}");
        await TestHost.ProblemAsync(refused, HttpStatusCode.BadRequest);
        AssertDeprecated(refused, "/api/v1/rates");
        using var none = await Host.PostAsync("/api/v0/nothing", "{}");
        await TestHost.ProblemAsync(none, HttpStatusCode.NotFound);

        using var posted = await Host.PostAsync("/api/v1/workloads", """{"workload":"posted","name":"Posted","team":"Support","approach":"hybrid"}""");
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        AssertDeprecated(posted, "/api/v1/workloads");
        using var current = await Host.SendAsync(HttpMethod.Put, "/api/v1/workloads/posted", """{"name":"Posted","team":"Support","approach":"hybrid"}""");
        Assert.False(current.Headers.Contains("Deprecation"));
    }

    private async Task<string> PublicationAsync()
    {
        var listed = await Host.GetUntilAsync("/api/v1/rates?sku=own/earlier", answer => answer.GetProperty("items").GetArrayLength() > 0);
        return listed.GetProperty("items")[0].GetProperty("publication").GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> TakenAsync(string path, string body, HttpMethod? method = null)
    {
        using var response = await Host.SendAsync(method ?? HttpMethod.Post, $"/api/v0/{path}", body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Null(response.Headers.Location);
        return JsonDocument.Parse(text).RootElement;
    }

    private static void AssertDeprecated(HttpResponseMessage response, string successor)
    {
        Assert.Equal("@1796083200", Assert.Single(response.Headers.GetValues("Deprecation"))); // 2026-12-01.
        Assert.Equal("Tue, 01 Jun 2027 00:00:00 GMT", Assert.Single(response.Headers.GetValues("Sunset")));
        Assert.Equal($"<{successor}>; rel=\"successor-version\"", Assert.Single(response.Headers.GetValues("Link")));
    }
}
