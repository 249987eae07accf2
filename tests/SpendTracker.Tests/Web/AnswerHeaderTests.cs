using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Tests.Web;

/// <summary>What answers tell a browser to do and to leave, and which names a host answers to. TLS ends at a proxy that is believed.</summary>
public sealed partial class AnswerHeaderTests(AnswerHeaderTests.NamedHost named) : IClassFixture<AnswerHeaderTests.NamedHost>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    [InlineData("/no-such-page")]
    public async Task A_page_runs_only_scripts_with_its_nonce_which_is_new_each_time(string path)
    {
        var nonces = new HashSet<string>();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var answer = await SendAsync(path, signedIn: true);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            var nonce = NoncePattern().Match(policy).Groups[1].Value;
            var scripts = ScriptPattern().Matches(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Select(match => match.Value).ToArray();

            Assert.NotEmpty(scripts);
            Assert.All(scripts, script => Assert.Contains($"nonce=\"{nonce}\"", WebUtility.HtmlDecode(script), StringComparison.Ordinal));
            Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-inline", policy.Replace("style-src-attr 'unsafe-inline'", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
            Assert.True(nonces.Add(nonce));
        }
    }

    [Theory]
    [InlineData("/api/v1/costs")]
    [InlineData("/api/v1/nowhere")]
    [InlineData("/health/live")]
    public async Task An_answer_that_is_no_page_may_load_nothing_and_be_framed_nowhere(string path)
    {
        using var answer = await SendAsync(path);

        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Contains("no-store", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    /// <summary>What handles faults clears the headers that were set before.</summary>
    [Fact]
    public async Task An_answer_to_a_fault_has_the_headers_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new ByteArrayContent("--x\r\n"u8.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        using var answer = await named.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https", "spend.example.com", true)]
    [InlineData("http", "spend.example.com", false)]
    [InlineData("https", "localhost", false)] // It would hold for all programs of a developer's machine.
    public async Task Behind_TLS_a_browser_is_told_to_stay_with_it(string scheme, string name, bool told)
    {
        using var answer = await SendAsync("/sign-in", name, scheme);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(told ? ["max-age=31536000"] : [], answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values : []);
    }

    [Theory]
    [InlineData("spend.example.com", "/sign-in", HttpStatusCode.OK)]
    [InlineData("SPEND.example.com:8443", "/sign-in", HttpStatusCode.OK)]
    [InlineData("a.internal.example.com", "/api/v1/costs", HttpStatusCode.OK)]
    [InlineData("internal.example.com", "/api/v1/costs", HttpStatusCode.MisdirectedRequest)]
    [InlineData("spend.example.com.evil.example", "/sign-in", HttpStatusCode.MisdirectedRequest)]
    [InlineData("rebound.example", "/", HttpStatusCode.MisdirectedRequest)]
    [InlineData("rebound.example", "/api/v1/costs", HttpStatusCode.MisdirectedRequest)]
    [InlineData("10.1.2.3:8080", "/health/ready", HttpStatusCode.OK)] // A probe.
    [InlineData("localhost:5080", "/sign-in", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "/sign-in", HttpStatusCode.OK)]
    public async Task Pages_and_API_answer_to_the_names_that_the_host_was_given(string name, string path, HttpStatusCode expected)
    {
        using var answer = await SendAsync(path, name);

        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.MisdirectedRequest)
        {
            await TestHost.ProblemAsync(answer, expected);
        }
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("spend.example.com, *.example.com,10.0.0.1, [::1]", null)]
    [InlineData("spend.example.com,https://b.example.com", "https://b.example.com")]
    [InlineData("spend.example.com:443", "spend.example.com:443")]
    [InlineData("*", "*")]
    public void A_name_is_written_without_scheme_and_port(string hosts, string? malformed) => Assert.Equal(malformed, HostNames.Malformed(hosts));

    private async Task<HttpResponseMessage> SendAsync(string path, string? name = null, string scheme = "http", bool signedIn = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = name;
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", scheme);
        request.Headers.Accept.ParseAdd("text/html");
        if (!signedIn)
        {
            return await named.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        }

        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = named.Host.Client.BaseAddress };
        request.Headers.Add("Cookie", named.Cookie);
        return await browser.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("'nonce-([^']+)'")]
    private static partial Regex NoncePattern();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex ScriptPattern();

    /// <summary>A host with names, behind a proxy.</summary>
    public sealed class NamedHost : IAsyncLifetime
    {
        public TestHost Host { get; private set; } = null!;

        public string Cookie { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Host = await TestHost.StartAsync(configure: builder =>
            {
                builder.Configuration[TrustedProxies.Setting] = "127.0.0.1";
                builder.Configuration[HostNames.Setting] = "spend.example.com, *.internal.example.com";
            });
            var token = await Host.Services.GetRequiredService<SignInLinks>().IssueAsync("Ada", Role.Viewer, new Recorder("test"), TestContext.Current.CancellationToken);
            using var form = new FormUrlEncodedContent([new("token", token)]);
            using var answer = await Host.Client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, TestContext.Current.CancellationToken);
            Cookie = answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
