using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Budgets;

/// <summary>Budgets over HTTP, one host for all: each test has budgets of its own.</summary>
public sealed class BudgetEndpointTests(OneHost one) : IClassFixture<OneHost>
{
    private static readonly string Month = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).ToString();

    private TestHost Host => one.Host;

    [Fact]
    public async Task A_budget_is_set_changed_read_with_its_figures_and_removed_and_its_history_says_who()
    {
        await Host.Database.PublishAsync("openai/gpt-4o", BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Start, new MeterPrice("input-tokens", 0.01m, 1), new MeterPrice("output-tokens", 0, 1));
        await Host.RecordAsync($"[{Given.TokensJson("life", usedAt: DateTime.UtcNow.ToString("o"))}]");
        Assert.Equal((HttpStatusCode.Created, "\"1\""), await PutAsync("life", Terms(amount: "8")));
        Assert.Equal((HttpStatusCode.OK, "\"1\""), await PutAsync("life", Terms(amount: "8")));
        Assert.Equal((HttpStatusCode.OK, "\"2\""), await PutAsync("life", Terms(amount: "20", extra: ",\"thresholds\":[{\"on\":\"actual\",\"percent\":50},{\"on\":\"actual\",\"amount\":11}]")));

        var budget = await Host.GetUntilAsync("/api/v1/budgets/life", budget => Current(budget, "version") == 2 && Current(budget, "spent") == 10);
        var current = budget.GetProperty("current");
        Assert.Equal("within", budget.GetProperty("standing").GetString());
        Assert.Equal((20m, 10m), (Current(budget, "limit"), Current(budget, "left")));
        Assert.Equal(
            ["actual:50% 10 10 reached", "actual:11 11 10 below"],
            current.GetProperty("thresholds").EnumerateArray().Select(t => $"{t.GetProperty("threshold")} {t.GetProperty("at").GetDecimal():0.##} {t.GetProperty("observed").GetDecimal():0.##} {t.GetProperty("state")}"));
        budget = await Host.GetUntilAsync("/api/v1/budgets/life", read => read.GetProperty("openAlerts").GetArrayLength() == 1);
        Assert.Equal(10, budget.GetProperty("openAlerts")[0].GetProperty("crossed").GetProperty("observed").GetDecimal());
        Assert.Equal([20m, 8m], budget.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("terms").GetProperty("amount").GetDecimal()));
        Assert.StartsWith("key:", budget.GetProperty("versions")[0].GetProperty("setBy").GetString(), StringComparison.Ordinal);
        await Host.GetUntilAsync("/api/v1/budgets", list => list.GetProperty("items").EnumerateArray().Any(row => row.GetProperty("budget").GetString() == "life" && row.GetProperty("version").GetInt32() == 2));

        Assert.Equal(HttpStatusCode.BadRequest, await DeleteAsync("life", ""));
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync("life", "?reason=over"));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync("life", "?reason=over"));
        var removed = (await Host.GetAsync("/api/v1/budgets/life")).GetProperty("removed");
        Assert.Equal("over", removed.GetProperty("reason").GetString());
        await Host.GetUntilAsync("/api/v1/budgets", list => list.GetProperty("items").EnumerateArray().All(row => row.GetProperty("budget").GetString() != "life"));
        Assert.Equal((HttpStatusCode.Created, "\"3\""), await PutAsync("life", Terms(amount: "8")));
        Assert.False((await Host.GetAsync("/api/v1/budgets/life")).TryGetProperty("removed", out _));
        using var unknown = await Host.Client.GetAsync(new Uri("/api/v1/budgets/never", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task What_is_priced_incompletely_stands_beside_what_is_unpriced_in_every_answer()
    {
        await Host.Database.ChangePricesAsync(new RatePublished(
            "acme/ear", BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Start, "USD", [new("input-tokens", 1)], "list", NotCarried: [new("audio-input-tokens")]));
        Assert.Equal(HttpStatusCode.Created, (await PutAsync("ear", Terms(amount: "5000").Replace("support-chat", "ear", StringComparison.Ordinal))).Status);
        await Host.RecordAsync(
            $$"""
            [{"type":"token_usage_recorded","id":"ear-1","workload":"ear","approach":"hybrid","provider":"acme","model":"ear","inputTokens":1000,"audioInputTokens":300,"outputTokens":0,"usedAt":"{{DateTime.UtcNow:o}}"}, {{Unpriced("ear-2", 200)}}]
            """);

        static string Unpriced(string id, int tokens) =>
            $$"""{"type":"token_usage_recorded","id":"{{id}}","workload":"ear","approach":"hybrid","provider":"acme","model":"unheard-of","inputTokens":{{tokens}},"outputTokens":0,"usedAt":"{{DateTime.UtcNow:o}}"}""";
        static string Lacking(JsonElement figures) => string.Join(' ', new[] { "unpriced", "incomplete", "unpricedPercents", "unconverted", "doubt" }.Select(member => figures.GetProperty(member)));
        const string Expected = """{"tokens":200} {"tokens":300} {"tokens":41.67} {} 200 tokens have no rate; 300 tokens are priced incompletely""";
        var budget = await Host.GetUntilAsync("/api/v1/budgets/ear", budget => Current(budget, "spent") == 1_000);
        Assert.Equal(Expected, Lacking(budget.GetProperty("current")));
        var listed = (await Host.GetAsync("/api/v1/budgets")).GetProperty("items").EnumerateArray().Single(row => row.GetProperty("budget").GetString() == "ear");
        Assert.Equal(Expected, Lacking(listed.GetProperty("current")));
        Assert.Equal(Expected, Lacking(await Host.GetAsync("/api/v1/budgets/ear/allowance")));

        // A caller that knows the answer is told what lacks a price since, although as much is left.
        var known = await AllowanceAsync("ear", null);
        Assert.Equal(HttpStatusCode.NotModified, (await AllowanceAsync("ear", known.Tag)).Status);
        await Host.RecordAsync(Unpriced("ear-3", 100));
        await Host.GetUntilAsync("/api/v1/budgets/ear/allowance", answer => answer.GetProperty("unpriced").GetProperty("tokens").GetDecimal() == 300);
        Assert.Equal(HttpStatusCode.OK, (await AllowanceAsync("ear", known.Tag)).Status);

        // What has no rate is told only where there is some.
        await Host.Database.ChangePricesAsync(new RatePublished("acme/unheard-of", BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Start, "USD", [new("input-tokens", 1)], "list"));
        var allowance = await Host.GetUntilAsync("/api/v1/budgets/ear/allowance", answer => answer.GetProperty("spent").GetDecimal() == 1_300);
        Assert.Equal("""{} {"tokens":300} {"tokens":23.08} {} 300 tokens are priced incompletely""", Lacking(allowance));
    }

    [Fact]
    public async Task Of_two_who_looked_at_the_same_version_the_second_is_told_who_was_faster()
    {
        Assert.Equal(HttpStatusCode.Created, (await PutAsync("race", Terms(), ("If-None-Match", "*"))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync("race", Terms(amount: "2"), ("If-None-Match", "*"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("race", Terms(amount: "3"), ("If-Match", "\"1\""))).Status);
        using var late = await SendAsync("race?version=1", Terms(amount: "4"));
        Assert.Equal((HttpStatusCode.Conflict, true), (late.StatusCode, late.Headers.Contains("Deprecation")));
        var detail = (await late.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("detail").GetString();
        Assert.StartsWith("The budget was expected at version 1, but is at version 2, set by key:", detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync("race", Terms(amount: "4"), ("If-Match", "\"1\""))).Status);
        Assert.Equal((HttpStatusCode.OK, "\"3\""), await PutAsync("race?version=2", Terms(amount: "4")));
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("race?version=2", Terms(), ("If-Match", "\"2\""))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("race", Terms(), ("If-Match", "W/x"))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PutAsync("nobodys", Terms(), ("If-Match", "\"1\""))).Status);
    }

    [Theory]
    [InlineData("""{"nam":"x","scope":{},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1}""", "nam", "Not a field of this type")]
    [InlineData("""{"name":"x","scope":{},"period":{"kind":"month","from":"2026-01","until":"2026-02"},"currency":"USD","amount":1}""", "period.until", "Not a field here.")]
    [InlineData("""{"name":"x","scope":{},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1,"thresholds":[{"on":"actual","percentage":80}]}""", "thresholds[0].percentage", "Not a field here.")]
    [InlineData("""{"name":"x","scope":{},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1,"thresholds":[null]}""", "thresholds", "Must not contain null.")]
    [InlineData("""{"name":"x","scope":{"team":null},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1}""", "scope.team", "Must be 1 to 100 values.")]
    [InlineData("""{"name":"x","period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1}""", "scope", "Missing.")]
    [InlineData("""{"name":"x","scope":{"teams":["a"]},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1}""", "scope", "'teams' is not a dimension.")]
    [InlineData("""{"name":"x","scope":{},"period":{"kind":"week","from":"2026-01"},"currency":"USD","amount":1}""", "period.kind", "")]
    [InlineData("""{"name":"x","scope":{},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":-1}""", "amount", "Must be from 0 to 1,000,000,000,000.")]
    [InlineData("""{"name":"x","scope":{},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1,"budget":"other"}""", "budget", "Must be that of the path")]
    public async Task What_is_wrong_with_a_budget_is_named_by_field(string body, string field, string reason)
    {
        using var response = await SendAsync("wrong", body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("errors");
        Assert.True(errors.TryGetProperty(field, out var reasons), $"{errors}");
        Assert.StartsWith(reason, reasons[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_that_nobody_set_up_is_refused_by_name_since_its_alerts_would_reach_nobody()
    {
        const string Thresholds = ",\"thresholds\":[{\"on\":\"actual\",\"percent\":80},{\"on\":\"actual\",\"percent\":90,\"channels\":[\"oncall\"]}]";
        using var refused = await SendAsync("told", Terms(extra: Thresholds));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var errors = (await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("errors");
        Assert.Equal("There is no channel 'oncall'. Set it up first, or leave it out.", errors.GetProperty("thresholds[1].channels")[0].GetString());

        using var channel = await Host.Client.PutAsync(
            new Uri("/api/v1/channels/oncall", UriKind.Relative), Json("""{"name":"On-call","address":{"kind":"slack","url":"http://spend.invalid/hook"}}"""), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, channel.StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await PutAsync("told", Terms(extra: Thresholds))).Status);
    }

    [Fact]
    public async Task Reading_needs_the_scope_read_and_setting_and_removing_the_scope_budget()
    {
        await PutAsync("guarded", Terms());
        await AssertMayAsync(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized);
        await AssertMayAsync([Scope.Record, Scope.Publish, Scope.Close, Scope.Channel], HttpStatusCode.Forbidden, HttpStatusCode.Forbidden);
        await AssertMayAsync([Scope.Read], HttpStatusCode.OK, HttpStatusCode.Forbidden);
        await AssertMayAsync([Scope.Budget], HttpStatusCode.Forbidden, HttpStatusCode.OK);
    }

    private async Task AssertMayAsync(Scope[]? scopes, HttpStatusCode read, HttpStatusCode change)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Host.Address) };
        client.DefaultRequestHeaders.Authorization = scopes is null ? null : new("Bearer", await Host.IssueKeyAsync(scopes));
        foreach (var path in (string[])["budgets", "budgets/guarded"])
        {
            using var looked = await client.GetAsync(new Uri($"/api/v1/{path}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(read, looked.StatusCode);
        }

        using var set = await client.PutAsync(new Uri("/api/v1/budgets/guarded", UriKind.Relative), Json(Terms()), TestContext.Current.CancellationToken);
        Assert.Equal(change, set.StatusCode);
        using var removed = await client.DeleteAsync(new Uri("/api/v1/budgets/guarded?reason=r", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(change == HttpStatusCode.OK ? HttpStatusCode.NoContent : change, removed.StatusCode);
    }

    private static string Terms(string amount = "1", string extra = "") =>
        $$"""{"name":"Support","scope":{"workload":["support-chat"]},"period":{"kind":"month","from":"{{Month}}"},"currency":"USD","amount":{{amount}}{{extra}}}""";

    private static decimal? Current(JsonElement budget, string figure) =>
        budget.TryGetProperty("current", out var current) && current.TryGetProperty(figure, out var value) ? value.GetDecimal() : null;

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<HttpResponseMessage> SendAsync(string budget, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/api/v1/budgets/{budget}", UriKind.Relative)) { Content = Json(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<(HttpStatusCode Status, string? Tag)> PutAsync(string budget, string body, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(budget, body, headers);
        return (response.StatusCode, response.Headers.ETag?.Tag);
    }

    private async Task<(HttpStatusCode Status, EntityTagHeaderValue? Tag)> AllowanceAsync(string budget, EntityTagHeaderValue? known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/api/v1/budgets/{budget}/allowance", UriKind.Relative));
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        using var response = await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Headers.ETag);
    }

    private async Task<HttpStatusCode> DeleteAsync(string budget, string query)
    {
        using var response = await Host.Client.DeleteAsync(new Uri($"/api/v1/budgets/{budget}{query}", UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
