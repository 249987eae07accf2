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
    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly FixedClock _clock = new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
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

        using var signedOut = await AskAsync(HttpMethod.Post, _host, "/sign-out", cookie);

        Assert.Equal((HttpStatusCode.Found, "\"cache\""), (signedOut.StatusCode, Assert.Single(signedOut.Headers.GetValues("Clear-Site-Data"))));
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

        Assert.Equal(Role.Member, (await links.UseAsync(demoted, null, Cancel))?.Role);
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

    [Fact]
    public async Task A_session_ends_after_two_hours_without_use_on_every_host_and_use_on_any_host_keeps_it()
    {
        var (used, unused) = (await SignInAsync("Ada", Role.Viewer), await SignInAsync("Ada", Role.Viewer));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(_other, "/", unused)); // The other host remembers it.
        var began = _clock.Now;
        for (var minutes = 90; minutes <= 270; minutes += 90)
        {
            _clock.Now = began.AddMinutes(minutes);
            Assert.Equal(HttpStatusCode.OK, await GetAsync(_host, "/", used));
        }

        Assert.Equal((HttpStatusCode.Found, HttpStatusCode.Found), (await GetAsync(_host, "/", unused), await GetAsync(_other, "/", unused)));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(_other, "/", used)); // Used on the first host alone until now.
        var listed = Assert.Single(await _other.Services.GetRequiredService<Sessions>().ListAsync(null, Cancel));
        Assert.Equal((began, _clock.Now), (listed.StartedAt, listed.UsedAt));

        _clock.Now = _clock.Now.AddMinutes(119);
        var sessions = _host.Services.GetRequiredService<Sessions>();
        await sessions.FindAsync([(listed.Session.Id, listed.Session.Person)], isUse: false, Cancel); // A look at an open page is no use.
        _clock.Now = _clock.Now.AddMinutes(1);
        Assert.Equal(HttpStatusCode.Found, await GetAsync(_host, "/", used));
        Assert.Equal(5, await _host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where stream_id like 'access/session-%' or stream_id like 'access/person-%' or stream_id like 'access/link-%'")
            - await _host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'sign_in_link_issued'")); // A role, two links used, two sessions begun: no event for a use.
    }

    [Fact]
    public async Task One_session_is_ended_or_all_of_a_person_and_nobody_elses()
    {
        var (ada, adasOther, bob) = (await SignInAsync("Ada", Role.Viewer), await SignInAsync("Ada", Role.Viewer), await SignInAsync("Bob", Role.Viewer));
        var sessions = _host.Services.GetRequiredService<Sessions>();
        var (adasId, bobsId) = ((await People.FindAsync("Ada", Cancel))!.Id, (await People.FindAsync("Bob", Cancel))!.Id);
        var first = (await sessions.ListAsync(adasId, Cancel))[0].Session.Id;
        Assert.Equal((2, 3), ((await sessions.ListAsync(adasId, Cancel)).Count, (await sessions.ListAsync(null, Cancel)).Count));

        Assert.False(await sessions.EndAsync(first, bobsId, new Recorder("test"), Cancel)); // Not Bob's.
        Assert.True(await sessions.EndAsync(first, adasId, new Recorder("test"), Cancel));
        Assert.Single((HttpStatusCode[])[await GetAsync(_other, "/", ada), await GetAsync(_other, "/", adasOther)], HttpStatusCode.OK);

        Assert.True(await People.EndSessionsAsync("Ada", new Recorder("test"), Cancel));
        Assert.Equal((HttpStatusCode.Found, HttpStatusCode.Found), (await GetAsync(_other, "/", ada), await GetAsync(_other, "/", adasOther)));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(_other, "/", bob), await GetAsync(_other, "/", await SignInAsync("Ada", Role.Viewer))));
    }

    [Fact]
    public async Task An_erased_person_is_a_number_everywhere_and_the_log_stays_whole()
    {
        var id = await People.GiveAsync("Ada Lovelace", Role.Finance, new Recorder("test"), Cancel);
        var budgets = _host.Services.GetRequiredService<SpendTracker.Budgets.BudgetBook>();
        await budgets.SetAsync(new("b", "B", new Dictionary<string, IReadOnlyList<string>>(), new(BudgetPeriodKind.Month, "2026-01"), "USD", 1), null, new Recorder($"person:{id}"), Cancel);
        Assert.Equal("person:Ada Lovelace", await SetByAsync());

        Assert.True(await People.EraseAsync("Ada Lovelace", new Recorder("test"), Cancel));

        Assert.Equal($"person:removed person {id[..6]}", await SetByAsync());
        Assert.Null(await People.IdOfAsync("Ada Lovelace", Cancel));
        foreach (var table in (string[])["mt_events", "mt_streams", "person", "session_use", "budget"])
        {
            Assert.Equal(0, await _host.Database.ScalarAsync<long>($"select count(*) from spend.{table} as t where t::text like '%Lovelace%'"));
        }

        Assert.NotEqual(id, await People.GiveAsync("Ada Lovelace", Role.Viewer, new Recorder("test"), Cancel)); // Somebody new.
        Assert.Empty(await _host.Database.BrokenStreamsAsync());

        async Task<string?> SetByAsync() => (await _host.GetUntilAsync("/api/v1/budgets/b", _ => true)).GetProperty("versions")[0].GetProperty("setBy").GetString();
    }

    /// <summary>In events of earlier versions a person is the name. The log keeps it; what reads the log shows it no more.</summary>
    [Fact]
    public async Task A_person_of_an_earlier_version_keeps_the_role_and_can_be_erased_from_what_is_shown()
    {
        var names = _host.Services.GetRequiredService<PersonNames>();
        await _host.Database.Store.Streams.RecordAsync("access/person-Ada", [new PersonRoleChanged("Ada", "command:people", Role.Admin)], new Recorder("test"), Cancel);

        Assert.Equal(("Ada", Role.Admin), (await People.IdOfAsync("Ada", Cancel), (await People.FindAsync("Ada", Cancel))!.Role));
        Assert.Equal("Ada", Assert.Single(await People.ListAsync(Cancel)).Name);
        var cookie = await SignInAsync("Ada", Role.Admin);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(_other, "/api/v1/channels", cookie));

        Assert.True(await People.EraseAsync("Ada", new Recorder("test"), Cancel));
        Assert.Equal(HttpStatusCode.Found, await GetAsync(_other, "/", cookie));
        Assert.StartsWith("person:removed person ", names.By("person:Ada"), StringComparison.Ordinal);
        Assert.Equal(0, await _host.Database.ScalarAsync<long>("select count(*) from spend.person where id = 'Ada' or name = 'Ada'"));
        Assert.NotEqual("Ada", await People.GiveAsync("Ada", Role.Viewer, new Recorder("test"), Cancel));
        Assert.StartsWith("person:removed person ", names.By("person:Ada"), StringComparison.Ordinal);
    }

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
