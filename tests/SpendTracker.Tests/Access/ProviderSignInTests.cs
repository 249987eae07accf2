using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Access;

namespace SpendTracker.Tests.Access;

/// <summary>A provider, and a host that trusts it.</summary>
public sealed class ProvidedHost : IAsyncLifetime
{
    public TestProvider Provider { get; } = new();

    public TestHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Provider.InitializeAsync();
        Host = await StartAsync(null);
    }

    /// <summary>A host with the same settings.</summary>
    /// <param name="database">Null for one of its own.</param>
    public Task<TestHost> StartAsync(TestDatabase? database) => TestHost.StartAsync(database, builder =>
    {
        foreach (var (name, value) in ((string, string)[])
            [
                ("Authority", Provider.Address), ("ClientId", TestProvider.ClientId), ("ClientSecret", TestProvider.ClientSecret), ("Contact", "help@example.com"),
                ("Roles", "viewers=viewer; devs=member; cfo=finance; ops=admin"), ("Teams", "devs=Search; CN=Support,OU=X=Support"), ("AssistantAudience", TestProvider.AssistantAudience),
            ])
        {
            builder.Configuration[$"SpendTracker:OpenIdConnect:{name}"] = value;
        }
    });

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

/// <summary>Signing in by a real identity provider, and each way in which it fails: a page says why, and nobody is half signed in.</summary>
public sealed class ProviderSignInTests(ProvidedHost provided) : IClassFixture<ProvidedHost>, IDisposable
{
    private static int _subjects;

    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly string _subject = $"ada{Interlocked.Increment(ref _subjects)}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TestProvider Provider => provided.Provider;

    private TestHost Host => provided.Host;

    private People People => Host.Services.GetRequiredService<People>();

    private TestProvider Told(string[]? groups)
    {
        (Provider.Subject, Provider.Groups, Provider.Spoil, Provider.AwayAt) = (_subject, groups, null, null);
        Provider.More.Clear();
        return Provider;
    }

    [Fact]
    public async Task Groups_become_a_role_and_teams_and_the_person_comes_to_the_page_that_was_asked_for()
    {
        Told(["devs", "CN=Support,OU=X", "others"]);
        using var strangers = await GetAsync(Host.Address + "/budgets?show=all");
        Assert.Contains("ReturnUrl=%2Fbudgets%3Fshow%3Dall", strangers.Headers.Location!.Query, StringComparison.Ordinal);
        using var page = await GetAsync(Host.Address + strangers.Headers.Location.PathAndQuery);
        Assert.Contains("/sign-in/provider?ReturnUrl=%2Fbudgets%3Fshow%3Dall", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        using var signedIn = await SignInAsync("?ReturnUrl=%2Fbudgets%3Fshow%3Dall");

        Assert.Equal((HttpStatusCode.Found, "/budgets?show=all"), (signedIn.StatusCode, signedIn.Headers.Location!.ToString()));
        var person = await PersonAsync();
        Assert.Equal(($"{_subject} Doe", $"{_subject}@example.com", Role.Member, true), (person.Name, person.Email, person.State!.Role, person.State.IsFromGroups));
        Assert.Equal(["Search", "Support"], person.State.Teams);
        using var costs = await GetAsync(Host.Address + "/api/v1/costs", CookieOf(signedIn));
        Assert.Equal(HttpStatusCode.OK, costs.StatusCode);

        Told(["devs", "cfo"]);
        using var again = await SignInAsync();
        Assert.Equal((person.Id, Role.Finance, 0), ((await PersonAsync()).Id, (await PersonAsync()).State!.Role, (await PersonAsync()).State!.Teams.Count));
    }

    [Theory]
    [InlineData("//evil.example/x")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("/sign-in?signed-out")]
    public async Task No_sign_in_leads_to_another_site(string asked)
    {
        Told(["viewers"]);
        using var signedIn = await SignInAsync($"?ReturnUrl={Uri.EscapeDataString(asked)}");

        Assert.Equal("/", signedIn.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_role_that_somebody_gave_or_took_holds_until_groups_are_to_decide_again()
    {
        Told(["viewers"]);
        (await SignInAsync()).Dispose();
        var id = (await PersonAsync()).Id;
        await People.GiveAsync(id, Role.Admin, new Recorder("test"), Cancel);
        (await SignInAsync()).Dispose();
        Assert.Equal((Role.Admin, false), ((await PersonAsync()).State!.Role, (await PersonAsync()).State!.IsFromGroups));

        await People.RemoveAsync(id, new Recorder("test"), Cancel);
        await AssertRefusedAsync("an administrator took it away", HttpStatusCode.Forbidden);

        Assert.True(await People.FollowGroupsAsync(id, new Recorder("test"), Cancel));
        using var back = await SignInAsync();
        Assert.Equal((HttpStatusCode.Found, Role.Viewer), (back.StatusCode, (await PersonAsync()).State!.Role));

        Told(["others"]); // Out of the groups: the role and the sessions are gone with the next sign-in.
        await AssertRefusedAsync("none of your groups has one", HttpStatusCode.Forbidden);
        using var old = await GetAsync(Host.Address + "/budgets", CookieOf(back));
        Assert.Equal(HttpStatusCode.Found, old.StatusCode);
    }

    [Fact]
    public async Task A_person_without_a_role_is_told_whom_to_ask_and_is_shown_to_administrators()
    {
        Told(["others"]);
        await AssertRefusedAsync("none of your groups has one", HttpStatusCode.Forbidden);

        var person = await PersonAsync();
        Assert.Equal((null, true), (person.State?.Role, person.AskedAt is not null));
        await People.GiveAsync(person.Id, Role.Viewer, new Recorder("test"), Cancel);
        using var signedIn = await SignInAsync();
        Assert.Equal((HttpStatusCode.Found, true), (signedIn.StatusCode, (await PersonAsync()).AskedAt is null));
    }

    [Fact]
    public async Task Keys_that_rotate_cost_nobody_a_sign_in()
    {
        Told(["viewers"]);
        for (var round = 0; round < 3; round++)
        {
            using var signedIn = await SignInAsync();
            Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
            Provider.Rotate();
        }
    }

    [Fact]
    public async Task What_does_not_verify_signs_nobody_in()
    {
        (string Says, Action<SecurityTokenDescriptor> Spoil)[] faults =
        [
            ("it is for another application", token => Instead(token, "aud", "other")),
            ("it is not of this sign-in", token => Instead(token, "nonce", "other")),
            ("its signature or content is wrong", token => token.SigningCredentials = new(
                new RsaSecurityKey(RSA.Create(2048)) { KeyId = token.SigningCredentials.Key.KeyId }, "RS256")),
            ("it has no signature", token => token.SigningCredentials = null),
            ("another provider issued it", token => token.Issuer = "https://evil.example/"),
            ("clocks of this host", token => Lives(token, -60, -3)),
            ("this host is 3 minutes behind", token => Lives(token, 3, 60)),
            ("this host is 3 minutes ahead", token => Lives(token, -3, 60)),
        ];
        foreach (var (says, spoil) in faults)
        {
            Told(["ops"]).Spoil = spoil;
            await AssertRefusedAsync(says, HttpStatusCode.Forbidden);
        }

        Assert.DoesNotContain(await People.ListAsync(Cancel), person => person.Name == $"{_subject} Doe"); // Not even known.
        Told(["ops"]).Spoil = token => Lives(token, -1.5, 60);
        using var signedIn = await SignInAsync();
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
    }

    [Fact]
    public async Task Without_the_groups_nobody_gets_a_role_and_one_that_somebody_gave_holds()
    {
        Told(null);
        await AssertRefusedAsync("did not say which groups", HttpStatusCode.Forbidden);
        Told(null).More["_claim_names"] = JsonSerializer.SerializeToElement(new { groups = "src1" }); // As Entra ID says that there are more than it sends.
        await AssertRefusedAsync("more groups than", HttpStatusCode.Forbidden);
        string[] many = [.. Enumerable.Range(0, 9_000).Select(i => $"group-with-a-name-of-some-length-{i}")];
        Told(null).Spoil = token => token.Subject = new([.. token.Subject?.Claims ?? [], .. many.Select(group => new Claim("groups", group))]); // A token larger than is read.
        await AssertRefusedAsync("more groups than", HttpStatusCode.Forbidden);

        Told(["ops"]);
        (await SignInAsync()).Dispose();
        Told(null);
        await AssertRefusedAsync("did not say which groups", HttpStatusCode.Forbidden); // What they said before may hold no longer.
        await People.GiveAsync((await PersonAsync()).Id, Role.Finance, new Recorder("test"), Cancel);
        using var signedIn = await SignInAsync();
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
    }

    [Fact]
    public async Task While_the_provider_is_away_a_link_signs_in_all_the_same()
    {
        Told(["viewers"]);
        (await SignInAsync()).Dispose();
        Told(["viewers"]).AwayAt = "/token";
        await AssertRefusedAsync("cannot be reached", HttpStatusCode.ServiceUnavailable);

        var token = await Host.Services.GetRequiredService<SignInLinks>().IssueAsync("Eve", Role.Viewer, new Recorder("test"), Cancel);
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var byLink = await _browser.PostAsync(new Uri(Host.Address + "/sign-in"), form, Cancel);
        Assert.Equal((HttpStatusCode.Found, true), (byLink.StatusCode, CookieOf(byLink).StartsWith("spendtracker=", StringComparison.Ordinal)));

        Told(["viewers"]).AwayAt = "/.well-known";
        await using var fresh = await provided.StartAsync(null); // A host that has never reached the provider.
        using var begun = await GetAsync(fresh.Address + "/sign-in/provider");
        await AssertPageAsync(begun, "cannot be reached", HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_sign_in_of_another_browser_or_of_before_or_with_an_error_is_refused()
    {
        Told(["viewers"]);
        var (callback, cookies) = await BeginAsync(Host.Address, "");
        using var stolen = await GetAsync(callback); // Without the cookies of the browser that began.
        await AssertPageAsync(stolen, "not begun in this browser", HttpStatusCode.BadRequest);
        using var tampered = await GetAsync(callback.Replace("state=", "state=x", StringComparison.Ordinal), cookies);
        await AssertPageAsync(tampered, "not begun in this browser", HttpStatusCode.BadRequest);
        using var first = await GetAsync(callback, cookies);
        Assert.Equal(HttpStatusCode.Found, first.StatusCode);

        var (other, others) = await BeginAsync(Host.Address, "");
        var refused = Regex.Replace(other, "code=[^&]+", "error=access_denied&error_description=%3Cscript%3E");
        using var denied = await GetAsync(refused, others);
        Assert.DoesNotContain("<script>", await denied.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        await AssertPageAsync(denied, "did not sign you in", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_sign_in_that_one_host_begins_another_ends()
    {
        Told(["viewers"]);
        await using var other = await provided.StartAsync(await TestDatabase.CreateAsync(Task.FromResult(Host.Database.Spend.Options.ConnectionString)));
        var (callback, cookies) = await BeginAsync(Host.Address, "");
        using var request = new HttpRequestMessage(HttpMethod.Get, other.Address + new Uri(callback).PathAndQuery) { Headers = { { "Cookie", cookies } } };
        request.Headers.Host = new Uri(Host.Address).Authority; // As behind a proxy.
        using var signedIn = await _browser.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        using var page = await GetAsync(Host.Address + "/", CookieOf(signedIn));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        var token = Provider.LogoutToken(_subject);
        Assert.Equal((HttpStatusCode.OK, ""), await LogoutAsync(token));
        Assert.Contains("used already", (await LogoutAsync(token, other)).Detail, StringComparison.Ordinal);
    }

    public void Dispose() => _browser.Dispose();

    /// <summary>Minutes from the moment at which the token is made: on a busy machine, a clock that was read before the others' turns would be off by itself.</summary>
    private static void Lives(SecurityTokenDescriptor token, double from, double to) =>
        (token.IssuedAt, token.Expires) = (DateTime.UtcNow.AddMinutes(from), DateTime.UtcNow.AddMinutes(to));

    private static void Instead(SecurityTokenDescriptor token, string claim, string value)
    {
        token.Audiences.Clear();
        token.Audience = claim == "aud" ? value : TestProvider.ClientId;
        token.Subject = new([.. token.Subject?.Claims.Where(other => other.Type != claim) ?? [], .. claim == "aud" ? [] : (Claim[])[new Claim(claim, value)]]);
        token.Claims?.Remove(claim);
    }

    private static string CookieOf(HttpResponseMessage answer) => Cookies(answer).First(cookie => cookie.StartsWith("spendtracker=", StringComparison.Ordinal));

    private static IEnumerable<string> Cookies(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Select(cookie => cookie.Split(';')[0]) : [];

    private async Task<Person> PersonAsync() => Assert.Single(await People.ListAsync(Cancel), person => person.Name == $"{_subject} Doe");

    private async Task AssertRefusedAsync(string says, HttpStatusCode status)
    {
        using var refused = await SignInAsync();
        await AssertPageAsync(refused, says, status);
    }

    private static async Task AssertPageAsync(HttpResponseMessage answer, string says, HttpStatusCode status)
    {
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.True(status == answer.StatusCode && page.Contains(says, StringComparison.Ordinal), $"{answer.StatusCode}: {page}");
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("style-src 'self'", string.Join(' ', answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal); // Or the page would have no style.
        Assert.Contains("help@example.com", page, StringComparison.Ordinal);
        Assert.Matches("Trace id [0-9A-Za-z]+", page);
        Assert.DoesNotContain(Cookies(answer), cookie => cookie.StartsWith("spendtracker=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_logout_token_of_the_provider_ends_all_sessions_of_its_person_and_of_nobody_else()
    {
        Told(["viewers"]);
        using var first = await SignInAsync();
        using var second = await SignInAsync();
        Provider.Subject = $"{_subject}-other";
        using var other = await SignInAsync();
        var token = Provider.LogoutToken(_subject);

        Assert.Equal((HttpStatusCode.OK, ""), await LogoutAsync(token));
        Assert.Equal([HttpStatusCode.Found, HttpStatusCode.Found, HttpStatusCode.OK], [await StatusAsync(first), await StatusAsync(second), await StatusAsync(other)]);

        using var again = await SignInAsync(); // The other person's, whom a token that was used does not reach, either.
        Assert.Contains("used already", (await LogoutAsync(token)).Detail, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, ""), await LogoutAsync(Provider.LogoutToken("nobody-here")));
        Provider.Rotate();
        Assert.Equal((HttpStatusCode.OK, ""), await LogoutAsync(Provider.LogoutToken(Provider.Subject)));
        Assert.Equal(HttpStatusCode.Found, await StatusAsync(again));
    }

    /// <summary>Each is right but for one thing.</summary>
    [Theory]
    [InlineData("key")]
    [InlineData("none")]
    [InlineData("issuer")]
    [InlineData("audience")]
    [InlineData("type")]
    [InlineData("event")]
    [InlineData("nonce")]
    [InlineData("subject")]
    [InlineData("id")]
    [InlineData("old")]
    [InlineData("expired")]
    [InlineData("text")]
    public async Task A_token_that_is_no_logout_token_of_the_provider_ends_nothing(string wrong)
    {
        Told(["viewers"]);
        using var signedIn = await SignInAsync();
        var token = Provider.LogoutToken(_subject, spoilt =>
        {
            var claims = spoilt.Claims;
            _ = wrong switch
            {
                "key" => spoilt.SigningCredentials = new SigningCredentials(TestProvider.NewKey(), SecurityAlgorithms.RsaSha256),
                "none" => spoilt.SigningCredentials = null,
                "issuer" => spoilt.Issuer = "https://evil.example/",
                "audience" => spoilt.Audience = "another",
                "type" => spoilt.TokenType = "at+jwt",
                "event" => claims["events"] = new Dictionary<string, object> { ["another"] = new Dictionary<string, object>() },
                "nonce" => claims["nonce"] = "n",
                "subject" => claims.Remove("sub"),
                "id" => claims.Remove("jti"),
                "old" => spoilt.IssuedAt = spoilt.IssuedAt!.Value.AddMinutes(-3),
                "expired" => spoilt.Expires = spoilt.IssuedAt!.Value.AddMinutes(-3),
                _ => (object?)null,
            };
        });

        var (status, detail) = await LogoutAsync(wrong == "text" ? "text" : token);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("This is not a logout token of the identity provider: ", detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(signedIn));
    }

    [Fact]
    public async Task A_logout_token_of_one_session_ends_what_that_session_began_and_nothing_else()
    {
        using var first = await SignInAsync("laptop");
        using var second = await SignInAsync("telephone");
        Assert.Equal((HttpStatusCode.OK, ""), await LogoutAsync(Provider.LogoutToken("", InSession("another", withSubject: false))));
        Assert.Equal((HttpStatusCode.OK, ""), await LogoutAsync(Provider.LogoutToken("nobody-here", InSession("telephone", withSubject: true)))); // Another person's.
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [await StatusAsync(first), await StatusAsync(second)]);

        Assert.Equal((HttpStatusCode.OK, ""), await LogoutAsync(Provider.LogoutToken("", InSession("laptop", withSubject: false))));
        Assert.Equal([HttpStatusCode.Found, HttpStatusCode.OK], [await StatusAsync(first), await StatusAsync(second)]);

        using var third = await SignInAsync("tablet");
        Assert.Equal((HttpStatusCode.OK, ""), await LogoutAsync(Provider.LogoutToken(_subject, InSession("telephone", withSubject: true))));
        Assert.Equal([HttpStatusCode.Found, HttpStatusCode.OK], [await StatusAsync(second), await StatusAsync(third)]);

        Assert.Equal((HttpStatusCode.OK, ""), await LogoutAsync(Provider.LogoutToken(_subject, InSession("of before", withSubject: true)))); // Not known here: all of the person.
        Assert.Equal(HttpStatusCode.Found, await StatusAsync(third));

        async Task<HttpResponseMessage> SignInAsync(string session)
        {
            Told(["viewers"]).Spoil = token => token.Subject = new([.. token.Subject?.Claims ?? [], new Claim("sid", $"{_subject}-{session}")]);
            return await this.SignInAsync();
        }

        Action<SecurityTokenDescriptor> InSession(string session, bool withSubject) => token =>
        {
            token.Claims["sid"] = $"{_subject}-{session}";
            _ = withSubject || token.Claims.Remove("sub");
        };
    }

    [Fact]
    public async Task An_assistant_reads_with_an_access_token_of_a_person_who_has_a_role_and_no_further()
    {
        using var without = await ToolsAsync(null);
        var told = Assert.Single(without.Headers.WwwAuthenticate).ToString();
        Assert.Equal((HttpStatusCode.Unauthorized, $"Bearer resource_metadata=\"{Host.Address}/.well-known/oauth-protected-resource/mcp\""), (without.StatusCode, told));
        var metadata = JsonDocument.Parse(await _browser.GetStringAsync(new Uri(Host.Address + "/.well-known/oauth-protected-resource/mcp"), Cancel)).RootElement;
        Assert.Equal(($"{Host.Address}/mcp", Provider.Address), (metadata.GetProperty("resource").GetString(), metadata.GetProperty("authorization_servers")[0].GetString()));

        await AssertRefusedAsync(Provider.AccessToken(_subject), "Its person has no role here."); // Who never signed in.
        Told(["viewers"]);
        (await SignInAsync()).Dispose();
        using var listed = await ToolsAsync(Provider.AccessToken(_subject));
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        Assert.Contains("get_costs", await listed.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var costs = new HttpRequestMessage(HttpMethod.Get, Host.Address + "/api/v1/costs") { Headers = { { "Authorization", $"Bearer {Provider.AccessToken(_subject)}" } } };
        using var refused = await _browser.SendAsync(costs, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode); // The API takes keys.

        (string Says, Action<SecurityTokenDescriptor> Spoil)[] faults =
        [
            ("does not verify", token => token.SigningCredentials = new SigningCredentials(TestProvider.NewKey(), SecurityAlgorithms.RsaSha256)),
            ("does not verify", token => token.SigningCredentials = null),
            ("does not verify", token => token.Issuer = "https://evil.example/"),
            ("does not verify", token => token.Audience = TestProvider.ClientId),
            ("does not verify", token => token.TokenType = "logout+jwt"),
            ("does not verify", token => (token.IssuedAt, token.NotBefore, token.Expires) = (DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddMinutes(-3))),
            ("does not verify", token => token.Expires = null),
            ("names no subject", token => token.Claims.Remove("sub")),
            ("has no role", token => token.Claims["groups"] = "others"), // Out of the groups since.
        ];
        foreach (var (says, spoil) in faults)
        {
            await AssertRefusedAsync(Provider.AccessToken(_subject, spoil), says);
        }

        await AssertRefusedAsync("not.a.token", "does not verify");
        await People.RemoveAsync((await PersonAsync()).Id, new Recorder("test"), Cancel);
        await AssertRefusedAsync(Provider.AccessToken(_subject), "has no role");

        async Task AssertRefusedAsync(string token, string says)
        {
            using var answer = await ToolsAsync(token);
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized && text.Contains(says, StringComparison.Ordinal), $"{says}: {answer.StatusCode} {text}");
            Assert.Contains("error=\"invalid_token\"", string.Join(", ", answer.Headers.GetValues("WWW-Authenticate")), StringComparison.Ordinal);
        }

        async Task<HttpResponseMessage> ToolsAsync(string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Host.Address + "/mcp")
            {
                Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", null, "application/json"), Headers = { { "Accept", "application/json, text/event-stream" } },
            };
            if (token is not null)
            {
                request.Headers.Authorization = new("Bearer", token);
            }

            return await _browser.SendAsync(request, Cancel);
        }
    }

    private async Task<(HttpStatusCode Status, string Detail)> LogoutAsync(string token, TestHost? host = null)
    {
        using var form = new FormUrlEncodedContent([new("logout_token", token)]);
        using var answer = await _browser.PostAsync($"{(host ?? Host).Address}{ProviderLogout.Path}", form, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        return (answer.StatusCode, text.Length == 0 ? "" : JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString()!);
    }

    private async Task<HttpStatusCode> StatusAsync(HttpResponseMessage signedIn)
    {
        using var page = await GetAsync(Host.Address + "/", CookieOf(signedIn));
        return page.StatusCode;
    }

    private async Task<HttpResponseMessage> SignInAsync(string query = "")
    {
        var (callback, cookies) = await BeginAsync(Host.Address, query);
        return await GetAsync(callback, cookies);
    }

    /// <summary>To the provider, which sends the browser back.</summary>
    private async Task<(string Callback, string Cookies)> BeginAsync(string host, string query)
    {
        using var begun = await GetAsync($"{host}/sign-in/provider{query}");
        Assert.Equal(HttpStatusCode.Found, begun.StatusCode);
        using var provider = await GetAsync(begun.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.Found, provider.StatusCode);
        return (provider.Headers.Location!.ToString(), string.Join("; ", Cookies(begun)));
    }

    private async Task<HttpResponseMessage> GetAsync(string address, string? cookies = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept", "text/html" } } };
        if (cookies is not null)
        {
            request.Headers.Add("Cookie", cookies);
        }

        return await _browser.SendAsync(request, Cancel);
    }
}
