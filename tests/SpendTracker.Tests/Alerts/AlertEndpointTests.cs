using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts;

namespace SpendTracker.Tests.Alerts;

/// <summary>Alerts over HTTP, and acknowledging them, with a key and by a link.</summary>
public sealed class AlertEndpointTests : IAsyncLifetime
{
    private Alerting _alerting = null!;

    public async ValueTask InitializeAsync() => _alerting = await Alerting.StartAsync();

    public ValueTask DisposeAsync() => _alerting.DisposeAsync();

    [Fact]
    public async Task Alerts_are_listed_open_or_all_by_budget_and_in_pages()
    {
        var many = await Alerting.CrossAsync(_alerting.Database, 120, [], "many");
        var one = await _alerting.CrossAsync();
        await _alerting.ResolveAsync(one);
        await _alerting.Host.GetUntilAsync("/api/v1/alerts?state=all", list => list.GetProperty("items").EnumerateArray().Any(alert => alert.GetProperty("id").GetGuid() == one && alert.GetProperty("state").GetString() == "resolved"));

        List<Guid> listed = [];
        for (var path = "/api/v1/alerts"; path is not null;)
        {
            var page = await _alerting.Host.GetAsync(path);
            listed.AddRange(page.GetProperty("items").EnumerateArray().Select(alert => alert.GetProperty("id").GetGuid()));
            path = page.TryGetProperty("next", out var next) ? $"/api/v1/alerts?cursor={next}" : null;
        }

        Assert.Equal(many.Order(), listed.Order());
        var budget = (await _alerting.Host.GetAsync("/api/v1/alerts?state=all&budget=b1-0")).GetProperty("items");
        Assert.Equal(one, Assert.Single(budget.EnumerateArray()).GetProperty("id").GetGuid());
        foreach (var (query, field) in ((string, string)[])[("state=closed", "state"), ("cursor=x", "cursor"), ("limit=1001", "limit")])
        {
            using var refused = await _alerting.Host.Client.GetAsync(new Uri($"/api/v1/alerts?{query}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(field, await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_first_acknowledgement_counts_and_who_comes_later_is_told_of_it()
    {
        var alert = await _alerting.CrossAsync();
        var first = await AcknowledgeAsync(alert, """{"note":"On it."}""", HttpStatusCode.OK);
        var second = await AcknowledgeAsync(alert, """{"note":"Me, too."}""", HttpStatusCode.OK);

        Assert.Equal(("On it.", "On it."), (first.GetProperty("note").GetString(), second.GetProperty("note").GetString()));
        Assert.StartsWith("key:", first.GetProperty("by").GetString(), StringComparison.Ordinal);
        Assert.IsType<AlertAcknowledged>(Assert.Single(await _alerting.LoggedAsync(alert)));
        var shown = await _alerting.Host.GetUntilAsync($"/api/v1/alerts/{alert}", answer => answer.GetProperty("alert").GetProperty("state").GetString() == "acknowledged");
        Assert.Equal("On it.", shown.GetProperty("alert").GetProperty("acknowledged").GetProperty("note").GetString());
        await AcknowledgeAsync(Guid.NewGuid(), "{}", HttpStatusCode.NotFound);
        await AcknowledgeAsync(alert, $$"""{"note":"{{new string('x', 1_001)}}"}""", HttpStatusCode.BadRequest);
        await AcknowledgeAsync(alert, """{"nota":"x"}""", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_link_shows_a_button_and_only_pressing_it_acknowledges()
    {
        await _alerting.SetAsync("ops");
        var alert = await _alerting.CrossAsync("ops");
        await _alerting.Receiver.UntilAsync("ops", 1);
        var link = new Uri(JsonDocument.Parse(_alerting.Receiver.All[0].Body).RootElement.GetProperty("data").GetProperty("alerts")[0].GetProperty("acknowledge").GetString()!);
        Assert.Equal("https://spend.example.com/acknowledge", link.GetLeftPart(UriPartial.Path));

        using var stranger = new HttpClient { BaseAddress = new Uri(_alerting.Host.Address) };
        var page = await stranger.GetStringAsync(new Uri($"/acknowledge{link.Fragment}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("<button", page, StringComparison.Ordinal);
        await _alerting.SettledAsync();
        Assert.DoesNotContain(await _alerting.LoggedAsync(alert), data => data is AlertAcknowledged);

        var (status, text) = await PressAsync(stranger, link.Fragment[1..]);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("by the link sent to ops", text, StringComparison.Ordinal);
        Assert.Contains(await _alerting.LoggedAsync(alert), data => data is AlertAcknowledged);
    }

    [Fact]
    public async Task A_link_that_was_changed_or_has_expired_is_refused_and_says_so()
    {
        var alert = await _alerting.CrossAsync();
        var token = _alerting.Host.Services.GetRequiredService<AcknowledgeLinks>().TokenOf(alert, "ops");
        using var stranger = new HttpClient { BaseAddress = new Uri(_alerting.Host.Address) };
        foreach (var changed in (string[])["", "x", $"{token}A", token[..^4], (token[40] == 'A' ? "B" : "A") is var other ? token[..40] + other + token[41..] : ""])
        {
            var (status, text) = await PressAsync(stranger, changed);
            Assert.Equal(HttpStatusCode.Forbidden, status);
            Assert.Contains("not complete, or was changed", text, StringComparison.Ordinal);
        }

        _alerting.Clock.Now += AcknowledgeLinks.Lifetime;
        var (late, expired) = await PressAsync(stranger, token);
        Assert.Equal(HttpStatusCode.Forbidden, late);
        Assert.Contains("has expired", expired, StringComparison.Ordinal);
        Assert.Empty(await _alerting.LoggedAsync(alert));
    }

    [Fact]
    public async Task Looking_at_alerts_needs_the_scope_read_and_acknowledging_budget()
    {
        var alert = await _alerting.CrossAsync();
        await _alerting.Host.GetUntilAsync("/api/v1/alerts", list => list.GetProperty("items").GetArrayLength() == 1);
        await AssertMayAsync(alert, null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized);
        await AssertMayAsync(alert, [.. Enum.GetValues<Scope>().Except([Scope.Budget])], HttpStatusCode.OK, HttpStatusCode.Forbidden);
        await AssertMayAsync(alert, [.. Enum.GetValues<Scope>().Except([Scope.Read])], HttpStatusCode.Forbidden, HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("spend.example.com")]
    [InlineData("ftp://spend.example.com")]
    [InlineData("https://spend.example.com/?a=b")]
    public async Task A_public_address_that_is_none_keeps_the_host_from_starting(string url)
    {
        await using var database = await TestDatabase.CreateAsync();
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(database, builder => builder.Configuration["PublicUrl"] = url));
        Assert.Contains(url, fault.Message, StringComparison.Ordinal);
    }

    private async Task AssertMayAsync(Guid alert, Scope[]? scopes, HttpStatusCode get, HttpStatusCode post)
    {
        _alerting.Host.Client.DefaultRequestHeaders.Authorization = scopes is null ? null : new("Bearer", await _alerting.Host.IssueKeyAsync(scopes));
        foreach (var path in (string[])["alerts", $"alerts/{alert}"])
        {
            using var looked = await _alerting.Host.Client.GetAsync(new Uri($"/api/v1/{path}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(get, looked.StatusCode);
        }

        await AcknowledgeAsync(alert, "{}", post);
    }

    private async Task<JsonElement> AcknowledgeAsync(Guid alert, string body, HttpStatusCode status)
    {
        using var response = await _alerting.Host.PostAsync($"/api/v1/alerts/{alert}/acknowledge", body);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{response.StatusCode} {answer}");
        return answer;
    }

    private static async Task<(HttpStatusCode Status, string Text)> PressAsync(HttpClient browser, string token)
    {
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var response = await browser.PostAsync(new Uri("/acknowledge", UriKind.Relative), form, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
