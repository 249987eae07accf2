using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace SpendTracker.Tests.Alerts;

/// <summary>Terms of channels that are refused. Nothing is left behind, so one host does.</summary>
public sealed class RefusedChannelTests(OneHost one) : IClassFixture<OneHost>
{
    private readonly TestHost _host = one.Host;

    [Theory]
    [InlineData("Ops", """{"name":"x"}""", "channel")]
    [InlineData("ops", """{"name":""}""", "name")]
    [InlineData("ops", """{"name":"x"}""", "address")]
    [InlineData("ops", """{"name":"x","nmae":"y"}""", "nmae")]
    [InlineData("ops", """{"name":"x","address":{"kind":"webhook","url":"ops","secret":"whsec_x"}}""", "address.url")]
    [InlineData("ops", """{"name":"x","schedule":{"mostPerHour":0}}""", "schedule.mostPerHour")]
    [InlineData("ops", """{"name":"x","schedule":{"digestMinutes":1441}}""", "schedule.digestMinutes")]
    [InlineData("ops", """{"name":"x","schedule":{"quietFrom":"24:00","quietTo":"07:00"}}""", "schedule.quietFrom")]
    [InlineData("ops", """{"name":"x","schedule":{"quietFrom":"22:00"}}""", "schedule.quietTo")]
    [InlineData("ops", """{"name":"x","schedule":{"timeZone":"Mars/Olympus"}}""", "schedule.timeZone")]
    [InlineData("ops", """{"name":"x","schedule":{"remindMinutes":10081}}""", "schedule.remindMinutes")]
    [InlineData("ops", """{"name":"x","schedule":{"escalateMinutes":5}}""", "schedule.escalateTo")]
    [InlineData("ops", """{"name":"x","schedule":{"escalateMinutes":5,"escalateTo":"ops"}}""", "schedule.escalateTo")]
    [InlineData("ops", """{"name":"x","address":{"kind":"slack","url":"https://example.com/x"},"schedule":{"escalateMinutes":5,"escalateTo":"nobody"}}""", "schedule.escalateTo")]
    public async Task Terms_that_may_not_be_are_refused_by_the_field(string channel, string body, string field)
    {
        using var response = await _host.SendAsync(HttpMethod.Put, $"/api/v1/channels/{channel}", body);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
        Assert.Equal(0, await _host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'channel_set'"));
    }
}
