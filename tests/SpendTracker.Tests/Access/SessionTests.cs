using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Access;

/// <summary>Sessions end on the server: by signing out, by time, and by whoever may take a role away. Two hosts share a database.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Monday = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly FixedClock _clock = new(DateTimeOffset.UtcNow);
    private TestHost _host = null!;
    private TestHost _other = null!;

    private People People => _host.Services.GetRequiredService<People>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync(await TestDatabase.CreateAsync(clock: _clock));
        _other = await TestHost.StartAsync(await TestDatabase.CreateAsync(Task.FromResult(_host.Database.Spend.Options.ConnectionString), clock: _clock));
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _other.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Signing_out_ends_the_session_on_every_host_also_for_a_copy_of_the_cookie()
    {
        var (cookie, elsewhere) = (await SignInAsync("Ada", Role.Admin), await SignInAsync("Ada", Role.Admin));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(_host, "/", cookie), await GetAsync(_other, "/", cookie)));

        Assert.Equal(HttpStatusCode.Found, await SendAsync(HttpMethod.Post, _host, "/sign-out", cookie));

        Assert.Equal((HttpStatusCode.Found, HttpStatusCode.Found), (await GetAsync(_host, "/", cookie), await GetAsync(_other, "/", cookie)));
        Assert.NotEqual(HttpStatusCode.OK, await GetAsync(_other, "/api/v1/costs", cookie));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(_other, "/", elsewhere)); // Another session of the same person.
    }

    [Fact]
    public async Task Twelve_hours_are_twelve_however_much_a_session_is_used()
    {
        var cookie = await SignInAsync("Ada", Role.Viewer);
        var began = _clock.Now;
        for (var hours = 1; hours < 12; hours++)
        {
            _clock.Now = began.AddHours(hours);
            Assert.Equal(HttpStatusCode.OK, await GetAsync(_host, "/", cookie));
        }

        _clock.Now = began.AddHours(12).AddSeconds(-1);
        using var last = await AskAsync(HttpMethod.Get, _host, "/", cookie);
        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        Assert.False(last.Headers.TryGetValues("Set-Cookie", out var renewed) && renewed.Any(header => header.StartsWith("spendtracker=", StringComparison.Ordinal)));
        _clock.Now = began.AddHours(12);
        Assert.Equal(HttpStatusCode.Found, await GetAsync(_host, "/", cookie));
    }

    [Fact]
    public async Task A_changed_role_holds_at_the_next_request_of_each_session()
    {
        var (cookie, elsewhere) = (await SignInAsync("Ada", Role.Admin), await SignInAsync("Ada", Role.Admin));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(_other, "/api/v1/channels", cookie));

        await People.GiveAsync("Ada", Role.Viewer, new Recorder("test"), Cancel);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (await GetAsync(_other, "/api/v1/channels", cookie), await GetAsync(_host, "/api/v1/channels", elsewhere)));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(_other, "/", cookie));

        await People.GiveAsync("Ada", Role.Admin, new Recorder("test"), Cancel);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(_other, "/api/v1/channels", cookie));
    }

    [Fact]
    public async Task A_removed_person_is_signed_out_at_once_and_old_sessions_stay_ended_when_the_person_comes_back()
    {
        var cookie = await SignInAsync("Ada", Role.Admin);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(_other, "/", cookie));

        Assert.True(await People.RemoveAsync("Ada", new Recorder("test"), Cancel));
        Assert.False(await People.RemoveAsync("Ada", new Recorder("test"), Cancel));
        Assert.Equal(HttpStatusCode.Found, await GetAsync(_other, "/", cookie));

        var again = await SignInAsync("Ada", Role.Viewer);
        Assert.Equal((HttpStatusCode.Found, HttpStatusCode.OK), (await GetAsync(_other, "/", cookie), await GetAsync(_other, "/", again)));
    }

    [Fact]
    public async Task A_link_signs_in_with_the_role_of_now_and_a_removed_person_not_at_all()
    {
        var links = _host.Services.GetRequiredService<SignInLinks>();
        var demoted = await links.IssueAsync("Ada", Role.Admin, new Recorder("test"), Cancel);
        var removed = await links.IssueAsync("Bob", Role.Admin, new Recorder("test"), Cancel);
        await People.GiveAsync("Ada", Role.Member, new Recorder("test"), Cancel);
        await People.RemoveAsync("Bob", new Recorder("test"), Cancel);

        Assert.Equal(new SignedIn("Ada", Role.Member), await links.UseAsync(demoted, null, Cancel));
        Assert.Null(await links.UseAsync(removed, null, Cancel));
    }

    /// <summary>Browsers do not hold a WebSocket back that a page of another site opens, and send the cookie along.</summary>
    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("null", false)]
    [InlineData(null, true)] // Its own.
    public async Task The_connection_of_a_page_refuses_other_sites(string? origin, bool opens)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", await SignInAsync("Ada", Role.Admin));
        socket.Options.SetRequestHeader("Origin", origin ?? _host.Address);
        var address = new UriBuilder(_host.Address) { Scheme = "ws", Path = "/_blazor" }.Uri;
        if (opens)
        {
            await socket.ConnectAsync(address, Cancel);
            Assert.Equal(WebSocketState.Open, socket.State);
            return;
        }

        var fault = await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, Cancel));
        Assert.Contains("403", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(11, false, 0, Role.Member, true)]
    [InlineData(12, false, 0, Role.Member, false)] // Its time is over.
    [InlineData(1, true, 0, Role.Member, false)] // Signed out.
    [InlineData(1, false, 4, Role.Member, true)] // Removed before it began, and let in again.
    [InlineData(1, false, 6, Role.Member, false)] // Removed since, and let in again.
    [InlineData(1, false, 6, null, false)] // Removed.
    [InlineData(1, false, 4, null, false)] // Removed while it began.
    public void A_session_holds_until_it_ends(int hours, bool isEnded, long removedAt, Role? role, bool holds)
    {
        var state = new SessionState(new SessionStarted("s", "Ada", Role.Admin, Monday + Sessions.Lifetime), StartedAt: 5, isEnded);

        var session = Sessions.Holding(state, new PersonState("Ada", role, [], Monday, removedAt), Monday.AddHours(hours));

        Assert.Equal(holds ? new Session("s", "Ada", Role.Member, Monday + Sessions.Lifetime) : null, session);
    }

    /// <summary>Links that an earlier version issued gave no role to a person.</summary>
    [Fact]
    public void The_role_of_a_person_whom_nobody_gave_one_is_that_of_the_link() => Assert.Equal(
        Role.Viewer, Sessions.Holding(new SessionState(new SessionStarted("s", "Ada", Role.Viewer, Monday + Sessions.Lifetime), 5, IsEnded: false), null, Monday)?.Role);

    private async Task<string> SignInAsync(string person, Role role)
    {
        var token = await _host.Services.GetRequiredService<SignInLinks>().IssueAsync(person, role, new Recorder("test"), Cancel);
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var answer = await _browser.PostAsync(new Uri($"{_host.Address}/sign-in"), form, Cancel);
        return answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];
    }

    private Task<HttpStatusCode> GetAsync(TestHost host, string path, string cookie) => SendAsync(HttpMethod.Get, host, path, cookie);

    private async Task<HttpStatusCode> SendAsync(HttpMethod method, TestHost host, string path, string cookie)
    {
        using var answer = await AskAsync(method, host, path, cookie);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, TestHost host, string path, string cookie)
    {
        using var request = new HttpRequestMessage(method, host.Address + path) { Headers = { { "Cookie", cookie } } };
        return await _browser.SendAsync(request, Cancel);
    }
}
