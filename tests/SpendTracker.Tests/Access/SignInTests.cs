using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Pages;

namespace SpendTracker.Tests.Access;

public sealed class SignInTests : IAsyncLifetime
{
    private TestHost _host = null!;
    private HttpClient _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        _browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_host.Address) };
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_link_signs_in_once()
    {
        var token = await LinkAsync();
        using var first = await PostTokenAsync(token);
        using var second = await PostTokenAsync(token);

        Assert.Equal((HttpStatusCode.Found, "/"), (first.StatusCode, first.Headers.Location?.ToString()));
        var cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        Assert.False(second.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Of_many_who_use_a_link_at_once_one_gets_in()
    {
        var links = _host.Services.GetRequiredService<SignInLinks>();
        for (var round = 0; round < 10; round++)
        {
            var token = await LinkAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => links.UseAsync(token, null, TestContext.Current.CancellationToken))));

            Assert.Single(answers, answer => answer is not null);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("0123456789ab.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public async Task A_token_that_nobody_issued_is_refused(string token)
    {
        using var answer = await PostTokenAsync(token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_link_with_another_secret_is_refused_and_stays_good_for_its_owner()
    {
        var token = await LinkAsync();
        using var guess = await PostTokenAsync($"{token[..12]}.{new string('0', 64)}");
        using var owner = await PostTokenAsync(token);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Found), (guess.StatusCode, owner.StatusCode));
    }

    [Fact]
    public async Task An_expired_link_is_refused()
    {
        var clock = new FixedClock(DateTimeOffset.UtcNow);
        var links = _host.Database.Make<SignInLinks>(clock);
        var token = await links.IssueAsync("Ada", Role.Viewer, new Recorder("test"), TestContext.Current.CancellationToken);
        clock.Now += SignInLinks.Lifetime + TimeSpan.FromSeconds(1);

        Assert.Null(await links.UseAsync(token, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Another_site_can_sign_nobody_in_or_out()
    {
        var token = await LinkAsync();
        foreach (var path in (string[])["/sign-in", "/sign-out"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([new("token", token)]) };
            request.Headers.Add("Origin", "https://evil.example");
            if (path == "/sign-out")
            {
                request.Headers.Add("Cookie", await CookieAsync());
            }

            using var answer = await _browser.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/?month=2026-01")]
    public async Task A_page_sends_strangers_to_the_sign_in_page(string path)
    {
        using var answer = await _browser.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/sign-in", answer.Headers.Location!.AbsolutePath);
    }

    [Fact]
    public async Task A_signed_in_person_may_download_costs_and_write_nothing()
    {
        var cookie = await CookieAsync();
        using var get = new HttpRequestMessage(HttpMethod.Get, "/api/v1/costs?format=csv");
        get.Headers.Add("Cookie", cookie);
        using var costs = await _browser.SendAsync(get, TestContext.Current.CancellationToken);
        using var post = new HttpRequestMessage(HttpMethod.Post, "/api/v1/usage") { Content = new StringContent(Given.TokensJson(), System.Text.Encoding.UTF8, "application/json") };
        post.Headers.Add("Cookie", cookie);
        using var usage = await _browser.SendAsync(post, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (costs.StatusCode, usage.StatusCode));
    }

    [Theory]
    [InlineData("/channels", HttpStatusCode.OK, "only administrators see and change them")]
    [InlineData("/api/v1/channels", HttpStatusCode.Forbidden, "Your role does not allow this.")]
    [InlineData("/api/v1/channels/x", HttpStatusCode.Forbidden, "Your role does not allow this.")]
    public async Task A_person_who_may_not_see_something_is_told_so_instead_of_being_asked_to_sign_in(string path, HttpStatusCode status, string said)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Cookie", await CookieAsync() }, { "Accept", "text/html" } } };
        using var answer = await _browser.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_the_limit_of_open_pages_a_page_says_so_and_those_without_a_connection_are_shown()
    {
        var pages = _host.Services.GetRequiredService<OpenPages>();
        for (var open = 0; open < 500; open++)
        {
            Assert.True(pages.TryOpen());
        }

        Assert.False(pages.TryOpen());
        var cookie = await CookieAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), await PageAsync("/"));
        Assert.Equal((HttpStatusCode.OK, false), await PageAsync("/events"));
        pages.Close();
        Assert.Equal((HttpStatusCode.OK, false), await PageAsync("/"));

        async Task<(HttpStatusCode Status, bool SaysSo)> PageAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Cookie", cookie }, { "Accept", "text/html" } } };
            using var answer = await _browser.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("shows 500 pages already", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_forged_cookie_signs_nobody_in()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Cookie", "spendtracker=CfDJ8forged");
        using var answer = await _browser.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    [Fact]
    public async Task Neither_tokens_nor_keys_can_be_read_from_the_log()
    {
        var token = await LinkAsync();
        var key = await _host.IssueKeyAsync([Scope.Read]);
        await PostTokenAsync(token);

        var log = string.Join('\n', await _host.Database.TextsAsync("select data::text || coalesce(headers::text, '') from spend.mt_events"));
        Assert.DoesNotContain(token.Split('.')[1], log, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Split('_')[2], log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_stops_working_within_two_seconds()
    {
        var keys = _host.Services.GetRequiredService<ApiKeys>();
        var text = await _host.IssueKeyAsync([Scope.Read]);
        _host.Client.DefaultRequestHeaders.Authorization = new("Bearer", text);
        await _host.GetAsync("/api/v1/costs");
        Assert.True(await keys.RevokeAsync(text.Split('_')[1], "leaked", new Recorder("test"), TestContext.Current.CancellationToken));
        Assert.False(await keys.RevokeAsync(text.Split('_')[1], "leaked", new Recorder("test"), TestContext.Current.CancellationToken));

        var took = await Eventually.Async(async () =>
        {
            using var answer = await _host.Client.GetAsync(new Uri("/api/v1/costs", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.Unauthorized;
        });
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(20)); // Two, on a machine that does nothing else.

        Assert.Contains(await keys.ListAsync(TestContext.Current.CancellationToken), key => key.Revoked);
    }

    private Task<string> LinkAsync() => _host.Services.GetRequiredService<SignInLinks>()
        .IssueAsync("Ada", Role.Viewer, new Recorder("test"), TestContext.Current.CancellationToken);

    private async Task<HttpResponseMessage> PostTokenAsync(string token)
    {
        using var form = new FormUrlEncodedContent([new("token", token)]);
        return await _browser.PostAsync(new Uri("/sign-in", UriKind.Relative), form, TestContext.Current.CancellationToken);
    }

    private async Task<string> CookieAsync()
    {
        using var answer = await PostTokenAsync(await LinkAsync());
        return answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];
    }
}
