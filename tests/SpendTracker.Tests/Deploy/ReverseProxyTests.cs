using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Deploy;

/// <summary>Two hosts behind a real proxy with the file in deploy/proxy, as users reach them.</summary>
public sealed class ReverseProxyTests
{
    private readonly CookieContainer _cookies = new();

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Calls_are_answered_a_person_signs_in_a_page_stays_with_its_host_and_goes_on_when_a_host_dies(string program)
    {
        Checker.Find(program);
        await using var database = await TestDatabase.CreateAsync();
        var hosts = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => HostProcess.StartAsync(database, new() { ["SpendTracker__Proxies"] = "127.0.0.1,::1" })));
        await using var first = hosts[0];
        await using var second = hosts[1];
        await using var proxy = await ReverseProxy.StartAsync(program, [.. hosts.Select(host => host.Client.BaseAddress!)]);
        using var browser = new HttpClient(await proxy.HandlerAsync(_cookies)) { BaseAddress = proxy.Address };
        await Eventually.Async(() => IsUpAsync(browser));

        using var service = new HttpClient(await proxy.HandlerAsync(null)) { BaseAddress = proxy.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", first.Key) } };
        for (var call = 0; call < 4; call++)
        {
            using var content = new StringContent(Given.TokensJson($"call-{call}"), Encoding.UTF8, "application/json");
            using var recorded = await service.PostAsync(new Uri("/api/v1/usage", UriKind.Relative), content, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, recorded.StatusCode);
        }

        await SignInAsync(database, browser);
        for (var page = 0; page < 6; page++)
        {
            await OpenPageAsync(browser);
        }

        await first.KillAsync();
        await Eventually.Async(() => IsUpAsync(browser));
        await OpenPageAsync(browser);
    }

    private static async Task<bool> IsUpAsync(HttpClient browser)
    {
        try
        {
            using var answer = await browser.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>As a browser does: it says that the form is from an https page, which the host knows of the proxy alone.</summary>
    private async Task SignInAsync(TestDatabase database, HttpClient browser)
    {
        var token = await database.Get<SignInLinks>().IssueAsync("Ada", Role.Viewer, new Recorder("test"), TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("token", token)]) };
        request.Headers.Add("Origin", browser.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using var answer = await browser.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.True(_cookies.GetAllCookies()["__Host-spendtracker"]!.Secure);
    }

    /// <summary>What Blazor's script does: it draws a page, asks for a connection, and opens a WebSocket to it, which only the same host knows.</summary>
    private static async Task OpenPageAsync(HttpClient browser)
    {
        using var page = await browser.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var negotiated = await browser.PostAsync(new Uri("/_blazor/negotiate?negotiateVersion=1", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, negotiated.StatusCode);
        var token = (await negotiated.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("connectionToken").GetString()!;

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"wss://{browser.BaseAddress!.Authority}/_blazor?id={Uri.EscapeDataString(token)}"), browser, TestContext.Current.CancellationToken);
        await socket.SendAsync("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        var answer = new byte[256];
        var received = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken);

        Assert.Equal("{}\u001e", Encoding.UTF8.GetString(answer, 0, received.Count));
    }
}
