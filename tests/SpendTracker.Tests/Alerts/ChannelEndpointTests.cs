using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Alerts;

/// <summary>Channels over HTTP, and where their secrets are.</summary>
public sealed class ChannelEndpointTests : IAsyncLifetime
{
    private readonly LoggedLines _said = new();
    private Alerting _alerting = null!;

    public async ValueTask InitializeAsync() => _alerting = await Alerting.StartAsync(configure: builder => builder.Logging.AddProvider(_said).SetMinimumLevel(LogLevel.Trace));

    public async ValueTask DisposeAsync()
    {
        await _alerting.DisposeAsync();
        _said.Dispose();
    }

    [Fact]
    public async Task A_channel_is_set_kept_changed_tested_and_removed()
    {
        var set = await PutAsync("ops", $$"""{"name":"Ops","address":{"url":"{{_alerting.Receiver.AddressOf("ops").Url}}","kind":"webhook","secret":"{{AlertReceiver.Secret}}" },"schedule":{"quietFrom":"22:00","quietTo":"07:00"} }""");
        Assert.Equal(("webhook", _alerting.Receiver.Authority), (set.GetProperty("kind").GetString(), set.GetProperty("target").GetString()));
        var address = (await _alerting.Channels.FindAsync("ops", TestContext.Current.CancellationToken))!.Address;

        var changed = await PutAsync("ops", """{"name":"Operations"}""");
        Assert.Equal(("Operations", 60, false), (changed.GetProperty("name").GetString(), changed.GetProperty("schedule").GetProperty("mostPerHour").GetInt32(), changed.GetProperty("schedule").TryGetProperty("quietFrom", out _)));
        Assert.Equal(address, (await _alerting.Channels.FindAsync("ops", TestContext.Current.CancellationToken))!.Address);
        await PutAsync("ops", """{"name":"Operations"}""");
        Assert.Equal(2, await _alerting.Database.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'channel_set'"));

        var tested = await PostAsync("ops/test");
        Assert.True(tested.GetProperty("sent").GetBoolean());
        Assert.Equal("test", Assert.Single(_alerting.Receiver.All).Kind);
        _alerting.Receiver.Answer = AlertReceiver.Status(500);
        Assert.Contains("500", (await PostAsync("ops/test")).GetProperty("reason").GetString(), StringComparison.Ordinal);

        await _alerting.SetAsync("ops"); // Another address.
        Assert.Equal(1, await _alerting.Database.ScalarAsync<long>("select count(*) from spend.channel_address"));
        await _alerting.Host.GetUntilAsync("/api/v1/channels", list => list.GetProperty("items").GetArrayLength() == 1);
        using var unexplained = await _alerting.Host.SendAsync(HttpMethod.Delete, "/api/v1/channels/ops", "");
        Assert.Equal(HttpStatusCode.BadRequest, unexplained.StatusCode);
        using var removed = await _alerting.Host.SendAsync(HttpMethod.Delete, "/api/v1/channels/ops?reason=moved", "");
        using var again = await _alerting.Host.SendAsync(HttpMethod.Delete, "/api/v0/channels/ops", ""); // Where a reason was not asked for.
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound, true), (removed.StatusCode, again.StatusCode, again.Headers.Contains("Deprecation")));
        Assert.Equal(0, await _alerting.Database.ScalarAsync<long>("select count(*) from spend.channel_address"));
        await _alerting.Host.GetUntilAsync("/api/v1/channels", list => list.GetProperty("items").GetArrayLength() == 0);
    }

    [Fact]
    public async Task Secrets_are_only_ciphertext_in_their_table_and_nowhere_else()
    {
        var url = _alerting.Receiver.AddressOf("a-path-that-is-a-secret").Url;
        using var put = await _alerting.Host.SendAsync(HttpMethod.Put, "/api/v1/channels/ops", $$"""{"name":"Ops","address":{"kind":"webhook","url":"{{url}}","secret":"{{AlertReceiver.Secret}}" } }""");
        var answers = await put.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        _alerting.Receiver.Answer = AlertReceiver.Status(418);
        var alert = await _alerting.CrossAsync("ops");
        await Eventually.Async(() => _alerting.Receiver.All.Count > 0);
        await _alerting.SettledAsync();
        answers += await PostAsync("ops/test");
        foreach (var path in (string[])["channels", "channels/ops", "alerts", $"alerts/{alert}"])
        {
            answers += await _alerting.Host.GetAsync($"/api/v1/{path}");
        }

        Assert.Contains("418", answers, StringComparison.Ordinal);
        foreach (var secret in (string[])[AlertReceiver.Secret, AlertReceiver.Secret[6..], "a-path-that-is-a-secret"])
        {
            Assert.DoesNotContain(secret, answers, StringComparison.Ordinal);
            Assert.DoesNotContain(_said.All, line => line.Contains(secret, StringComparison.Ordinal));
            foreach (var table in await _alerting.Database.TextsAsync("select tablename::text from pg_tables where schemaname = 'spend'"))
            {
                Assert.Equal(0, await _alerting.Database.ScalarAsync<long>($"select count(*) from spend.{table} as t where t::text like '%{secret}%'"));
            }
        }

        Assert.Contains(_said.All, line => line.Contains("did not take message", StringComparison.Ordinal)); // Or nothing was looked at.
        Assert.Equal(1, await _alerting.Database.ScalarAsync<long>("select count(*) from spend.channel_address where protected like 'CfDJ8%'"));
    }

    [Fact]
    public async Task Ciphertext_that_is_moved_to_another_channel_is_of_no_use_there()
    {
        await _alerting.SetAsync("mine");
        await _alerting.SetAsync("yours");
        await _alerting.Database.ExecuteAsync("update spend.channel_address as m set protected = y.protected from spend.channel_address as y where m.channel = 'mine' and y.channel = 'yours'");

        var tested = await PostAsync("mine/test");
        Assert.False(tested.GetProperty("sent").GetBoolean());
        Assert.Contains("cannot be decrypted", tested.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Empty(_alerting.Receiver.All);
    }

    [Fact]
    public async Task Of_many_who_set_a_channel_at_once_one_holds_and_its_address_alone_is_kept()
    {
        var set = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => _alerting.SetAsync("ops", new ChannelSchedule(MostPerHour: i + 1)))));

        var now = (await _alerting.Channels.FindAsync("ops", TestContext.Current.CancellationToken))!;
        Assert.Equal(8, set.Length);
        Assert.Equal([now.Address.ToString()], await _alerting.Database.TextsAsync("select address::text from spend.channel_address"));
        Assert.True((await PostAsync("ops/test")).GetProperty("sent").GetBoolean());
    }

    [Fact]
    public async Task Everything_about_channels_needs_the_scope_channel()
    {
        await _alerting.SetAsync("ops");
        await AssertMayAsync(null, HttpStatusCode.Unauthorized);
        await AssertMayAsync([.. Enum.GetValues<Scope>().Except([Scope.Channel])], HttpStatusCode.Forbidden);
        await AssertMayAsync([Scope.Channel], HttpStatusCode.OK);
    }

    private async Task AssertMayAsync(Scope[]? scopes, HttpStatusCode expected)
    {
        _alerting.Host.Client.DefaultRequestHeaders.Authorization = scopes is null ? null : new("Bearer", await _alerting.Host.IssueKeyAsync(scopes));
        foreach (var (method, path, body) in ((HttpMethod, string, string)[])
            [(HttpMethod.Get, "", ""), (HttpMethod.Get, "/ops", ""), (HttpMethod.Put, "/ops", """{"name":"x"}"""), (HttpMethod.Post, "/ops/test", "{}"), (HttpMethod.Post, "/ops/resume", "{}"), (HttpMethod.Delete, "/ops?reason=over", "")])
        {
            using var response = await _alerting.Host.SendAsync(method, $"/api/v1/channels{path}", body);
            Assert.Equal(method == HttpMethod.Delete && expected == HttpStatusCode.OK ? HttpStatusCode.NoContent : expected, response.StatusCode);
        }
    }

    private Task<JsonElement> PutAsync(string channel, string body) => OkAsync(_alerting.Host.SendAsync(HttpMethod.Put, $"/api/v1/channels/{channel}", body));

    private Task<JsonElement> PostAsync(string path) => OkAsync(_alerting.Host.PostAsync($"/api/v1/channels/{path}", "{}"));

    private static async Task<JsonElement> OkAsync(Task<HttpResponseMessage> asked)
    {
        using var response = await asked;
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return answer;
    }
}
