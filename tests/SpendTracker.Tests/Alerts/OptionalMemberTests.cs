using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Tests.Alerts.Senders;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Import;

namespace SpendTracker.Tests.Alerts;

/// <summary>Every member that may be left out of a channel: absent, null, empty where it is a text, and as it was stored before.</summary>
public sealed class OptionalMemberTests(OptionalMemberTests.Channels channels) : IClassFixture<OptionalMemberTests.Channels>
{
    private static readonly string[] Optional = ["address.user", "address.password", "schedule.quietFrom", "schedule.quietTo", "schedule.timeZone", "schedule.escalateTo", "schedule"];

    /// <summary>A channel of its own for each case.</summary>
    private readonly string _id = $"ops-{Guid.NewGuid():n}";

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (var kind in Enum.GetValues<ChannelKind>().Select(EnumName.Of))
            {
                cases.Add(kind, "");
                foreach (var member in Optional.Where(member => kind is "email" or "alertmanager" || !member.StartsWith("address", StringComparison.Ordinal)))
                {
                    cases.Add(kind, member);
                }
            }

            return cases;
        }
    }

    /// <param name="member">The one that is null; without a name all are absent.</param>
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_channel_works_without_what_may_be_left_out(string kind, string member)
    {
        var terms = new JsonObject { ["name"] = "Ops", ["address"] = channels.Address(kind) };
        switch (member.Split('.'))
        {
            case ["schedule"]: terms["schedule"] = null; break;
            case ["schedule", var part]: terms["schedule"] = new JsonObject { [part] = null }; break;
            case ["address", var part]: terms["address"]![part] = null; break;
        }

        using var set = await channels.Alerting.Host.SendAsync(HttpMethod.Put, $"/api/v1/channels/{_id}", terms.ToJsonString());
        Assert.Equal((HttpStatusCode.Created, ""), (set.StatusCode, set.IsSuccessStatusCode ? "" : await set.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        await channels.AssertSendsAsync(kind, _id);
    }

    [Theory]
    [InlineData("email", "")]
    [InlineData("alertmanager", "")]
    [InlineData("email", "null")]
    [InlineData("alertmanager", "null")]
    [InlineData("email", "\"\"")]
    [InlineData("alertmanager", "\"\"")]
    public async Task An_address_that_was_stored_without_user_and_password_works(string kind, string value)
    {
        var stored = channels.Address(kind);
        if (value.Length > 0)
        {
            (stored["user"], stored["password"]) = (JsonNode.Parse(value), JsonNode.Parse(value));
        }

        var alerting = channels.Alerting;
        await alerting.SetAsync(_id);
        var text = alerting.Host.Services.GetRequiredService<AddressProtection>().Protect(_id, stored.ToJsonString());
        await alerting.Database.ExecuteAsync($"update spend.channel_address set protected = '{text}' where channel = '{_id}'");
        await alerting.Database.ExecuteAsync($$"""update spend.mt_events set data = data || '{"kind":"{{kind}}"}' where type = 'channel_set' and data ->> 'channel' = '{{_id}}'""");
        await channels.AssertSendsAsync(kind, _id);
    }

    [Fact]
    public void An_event_with_every_optional_member_null_can_be_read()
    {
        const string Set = """
            {"channel":"ops","name":"Ops","kind":"email","target":"a@example.com","address":"00000001-0000-0000-0000-000000000000",
             "schedule":{"mostPerHour":60,"quietFrom":null,"quietTo":null,"timeZone":null,"escalateTo":null}}
            """;

        Assert.Equal(new ChannelSchedule(), JsonSerializer.Deserialize(Set, ContractsJson.Default.ChannelSet)!.Schedule);
        Assert.Null(JsonSerializer.Deserialize($$"""{"alert":"{{Guid.Empty}}","note":null}""", ContractsJson.Default.AlertAcknowledged)!.Note);
    }

    [Theory]
    [InlineData("mostPerHour")]
    [InlineData("digestMinutes")]
    [InlineData("remindMinutes")]
    [InlineData("escalateMinutes")]
    public async Task A_number_may_be_absent_or_null_and_a_refusal_of_a_text_names_it(string member)
    {
        var terms = new JsonObject { ["name"] = "Ops", ["address"] = channels.Address("slack"), ["schedule"] = new JsonObject { [member] = null } };
        using var taken = await channels.Alerting.Host.SendAsync(HttpMethod.Put, $"/api/v1/channels/{_id}-null", terms.ToJsonString());
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        terms["schedule"]![member] = "many";

        using var response = await channels.Alerting.Host.SendAsync(HttpMethod.Put, $"/api/v1/channels/{_id}", terms.ToJsonString());
        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(member, problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, await channels.Alerting.Database.ScalarAsync<long>($"select count(*) from spend.channel_address where channel = '{_id}'"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void A_form_in_which_user_and_password_are_left_empty_makes_a_channel_without_them(string? empty)
    {
        foreach (var kind in (ChannelKind[])[ChannelKind.Email, ChannelKind.Alertmanager])
        {
            var check = new FieldCheck();
            var fields = new ChannelFields
            {
                Id = "ops", Name = "Ops", Replaces = true, Kind = kind, Url = "http://alertmanager:9093", Server = "mail.example.com", Tls = false, From = "a@example.com",
                To = "b@example.com", User = empty, Password = empty, QuietFrom = empty, QuietTo = empty, TimeZone = empty, EscalateTo = empty,
            };
            var terms = fields.Read(check);

            Assert.Empty(check.Reasons);
            Assert.Empty(ChannelRules.Check("ops", terms));
            Assert.Equal((null, null), terms.Address is EmailAddress email ? (email.User, email.Password) : (((AlertmanagerAddress)terms.Address!).User, ((AlertmanagerAddress)terms.Address).Password));
            Assert.Equal(new ChannelSchedule(), terms.Schedule);
        }
    }

    /// <summary>A host that sends to a mail server and to a receiver.</summary>
    public sealed class Channels : IAsyncLifetime
    {
        private readonly ScriptedMailServer _mail = new();
        private HttpReceiver _http = null!;

        internal Alerting Alerting { get; private set; } = null!;

        private string Url => new Uri(_http.Address, "hook").AbsoluteUri;

        public async ValueTask InitializeAsync()
        {
            _http = await HttpReceiver.StartAsync(200);
            Alerting = await Alerting.StartAsync(configure: builder => builder.Configuration["Alerts:AllowedHosts"] += $",localhost:{_mail.Port},{_http.Address.Authority}");
        }

        public async ValueTask DisposeAsync()
        {
            await Alerting.DisposeAsync();
            await _mail.DisposeAsync();
            await _http.DisposeAsync();
        }

        internal JsonObject Address(string kind) => kind == "email"
            ? new()
            {
                ["kind"] = kind, ["server"] = "localhost", ["port"] = _mail.Port, ["tls"] = false, ["from"] = "alerts@example.com", ["to"] = new JsonArray("ops@example.com"),
            }
            : kind == "webhook" ? new() { ["kind"] = kind, ["url"] = Url, ["secret"] = AlertReceiver.Secret } : new() { ["kind"] = kind, ["url"] = Url };

        /// <summary>What a test and a crossing bring.</summary>
        internal async Task AssertSendsAsync(string kind, string channel)
        {
            var before = Sent(kind);
            using var tested = await Alerting.Host.PostAsync($"/api/v1/channels/{channel}/test", "{}");
            var answer = await tested.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            Assert.True(answer.GetProperty("sent").GetBoolean(), answer.ToString());
            var alert = await Alerting.CrossAsync(channel);
            await Eventually.Async(async () => (await Alerting.MessagesAsync(alert)) is [var message] && message == $"{channel} crossed sent");
            Assert.Equal(2, Sent(kind) - before);
        }

        private int Sent(string kind) => kind == "email" ? _mail.Commands.Count(command => command == "DATA") : _http.Requests;
    }
}
