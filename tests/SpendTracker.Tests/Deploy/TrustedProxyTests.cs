using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Tests.Deploy;

/// <summary>Whose word is taken for the scheme that a person's browser uses.</summary>
public sealed class TrustedProxyTests
{
    [Theory]
    [InlineData(null, "https", null, HttpStatusCode.Forbidden)] // Nobody is believed.
    [InlineData("10.0.0.0/8", "https", null, HttpStatusCode.Forbidden)] // Somebody else is.
    [InlineData("10.0.0.0/8, 127.0.0.1", "https", null, HttpStatusCode.Found)]
    [InlineData("127.0.0.0/8,10.0.0.0/8", "https, https", "203.0.113.9, 10.1.2.3", HttpStatusCode.Found)] // One proxy before another.
    [InlineData("127.0.0.0/8", "https, http", "10.1.2.3, 203.0.113.9", HttpStatusCode.Forbidden)] // What a stranger says of the proxy before.
    public async Task A_proxys_word_for_the_scheme_holds_where_the_proxy_is_named(string? proxies, string scheme, string? callers, HttpStatusCode expected)
    {
        await using var host = await TestHost.StartAsync(configure: builder => builder.Configuration[TrustedProxies.Setting] = proxies);
        var token = await host.Services.GetRequiredService<SignInLinks>().IssueAsync("Ada", Role.Viewer, new Recorder("test"), TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("token", token)]) };
        request.Headers.Host = "spend.example";
        request.Headers.Add("Origin", "https://spend.example");
        request.Headers.Add("X-Forwarded-For", callers ?? "203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", scheme);
        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.Found)
        {
            Assert.Contains("secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_forwarded_host_is_not_believed_even_of_a_proxy()
    {
        await using var host = await TestHost.StartAsync(configure: builder => builder.Configuration[TrustedProxies.Setting] = "127.0.0.1");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("token", "x")]) };
        request.Headers.Add("Origin", "http://evil.example");
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_proxy_that_is_no_address_stops_the_host_with_a_line_that_names_it()
    {
        await using var database = await TestDatabase.CreateAsync();

        var (exitCode, output) = await HostProcess.RunAsync(
            database.Spend.Options.ConnectionString, ["serve", "--urls", "http://127.0.0.1:0"], new() { ["SpendTracker__Proxies"] = "10.0.0.0/8,proxy" });

        Assert.Equal(1, exitCode);
        Assert.Contains("SpendTracker:Proxies has 'proxy'", output, StringComparison.Ordinal);
    }
}
