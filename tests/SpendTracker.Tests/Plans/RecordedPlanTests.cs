using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Plans;
using SpendTracker.Tests.Alerts;

namespace SpendTracker.Tests.Plans;

/// <summary>A host with a price and a channel.</summary>
public sealed class PlanHost : IAsyncLifetime
{
    internal Alerting Alerting { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Alerting = await Alerting.StartAsync();
        await Alerting.Database.PublishAsync("openai/own", new(2025, 1, 1), new MeterPrice("input-tokens", 0.001m), new MeterPrice("output-tokens", 0));
        await Alerting.SetAsync("ops");
        await Alerting.Database.ProjectAsync();
    }

    public ValueTask DisposeAsync() => Alerting.DisposeAsync();
}

/// <summary>Plans that are recorded, watched and taken estimates from, over HTTP.</summary>
public sealed class RecordedPlanTests(PlanHost shared) : IClassFixture<PlanHost>
{
    private const string Assumptions = """{"name":"Triage","from":"2026-05","months":4,"requestsPerMonth":{"low":100,"expected":1000,"high":100000},"options":[{"name":"Prompts","approach":"prompt-engineering","routes":[{"sku":"openai/own","inputTokens":{"low":5,"expected":10,"high":20},"outputTokens":0}]},{"name":"Tuned","approach":"fine-tuning","routes":[{"sku":"nobody/knows","inputTokens":10,"outputTokens":0}],"infrastructurePerMonth":25,"labour":[{"role":"engineer","hours":2,"activity":"integration","price":100}]}]}""";
    private const string Watched = $$"""{"assumptions":{{Assumptions}},"watch":{"workload":"chat","option":"Prompts"},"note":"for June"}""";

    private readonly Alerting _alerting = shared.Alerting;

    private TestHost Host => _alerting.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_is_frozen_and_the_same_again_changes_nothing_but_another_price_makes_a_version()
    {
        var other = Watched.Replace("openai/own", "openai/moved", StringComparison.Ordinal);
        await Host.Database.PublishAsync("openai/moved", new(2025, 1, 1), new MeterPrice("input-tokens", 0.001m), new MeterPrice("output-tokens", 0));
        await Host.Database.ProjectAsync();
        var first = await PutAsync("frozen", other, HttpStatusCode.Created);
        Assert.Equal(1, first.GetProperty("version").GetInt32());
        Assert.Equal(40, Prompts(first.GetProperty("result").GetProperty("figures")).GetProperty("cash").GetProperty("expected").GetDecimal());
        _alerting.Clock.Now += TimeSpan.FromDays(1);
        Assert.Equal(1, (await PutAsync("frozen", other, HttpStatusCode.OK)).GetProperty("version").GetInt32());
        _alerting.Clock.Now -= TimeSpan.FromDays(1);

        await Host.Database.PublishAsync("openai/moved", new(2026, 6, 1), new MeterPrice("input-tokens", 0.002m), new MeterPrice("output-tokens", 0));
        await Host.Database.ProjectAsync();
        Assert.Equal(2, (await PutAsync("frozen", other, HttpStatusCode.OK)).GetProperty("version").GetInt32());
        await PutAsync("frozen", other.Replace("June", "July", StringComparison.Ordinal), HttpStatusCode.PreconditionFailed, ifMatch: "\"1\"");
        await PutAsync("frozen", other, HttpStatusCode.PreconditionFailed, ifMatch: null, ifNoneMatch: "*");

        var now = await Host.GetAsync("/api/v1/plans/frozen");
        Assert.Equal((2, 2), (now.GetProperty("version").GetInt32(), now.GetProperty("versions").GetArrayLength()));
        var line = Prompts((await Host.GetAsync("/api/v1/plans/frozen?version=1")).GetProperty("figures")).GetProperty("lines")[0];
        Assert.Equal((0.001m, 10m), (line.GetProperty("price").GetDecimal(), line.GetProperty("amount").GetDecimal()));
        Assert.EndsWith("from 2025-01-01", line.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Assumptions).GetProperty("requestsPerMonth"), now.GetProperty("assumptions").GetProperty("requestsPerMonth")));

        var listed = Assert.Single(await ListedAsync("frozen"));
        Assert.Equal((2, "nobody/knows"), (listed.GetProperty("version").GetInt32(), listed.GetProperty("options")[1].GetProperty("unpriced")[0].GetProperty("sku").GetString()));

        Assert.Equal(HttpStatusCode.BadRequest, (await Host.Client.DeleteAsync(new Uri("/api/v1/plans/frozen", UriKind.Relative), Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Host.Client.DeleteAsync(new Uri("/api/v1/plans/frozen?reason=done", UriKind.Relative), Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.Client.DeleteAsync(new Uri("/api/v1/plans/frozen?reason=done", UriKind.Relative), Cancel)).StatusCode);
        Assert.Empty(await ListedAsync("frozen"));
        Assert.Equal("done", (await Host.GetAsync("/api/v1/plans/frozen")).GetProperty("retired").GetProperty("reason").GetString());
        Assert.Equal(3, (await PutAsync("frozen", other, HttpStatusCode.Created)).GetProperty("version").GetInt32());
    }

    [Theory]
    [InlineData("""{"assumptions":@,"watch":{"workload":"chat","option":"Nobody"}}""", "watch.option")]
    [InlineData("""{"assumptions":@,"watch":{"workload":"","option":"Prompts"}}""", "watch.workload")]
    [InlineData("""{"assumptions":@,"watch":{"workload":"chat","option":"Prompts","channels":["nowhere"]}}""", "watch.channels")]
    [InlineData("""{"assumptions":{"name":"p","from":"2026-05","months":61,"requestsPerMonth":1,"options":[]}}""", "assumptions.months")]
    public async Task What_is_wrong_with_a_submission_is_named(string body, string field)
    {
        using var response = await Host.SendAsync(HttpMethod.Put, "/api/v1/plans/wrong", body.Replace("@", Assumptions, StringComparison.Ordinal));

        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(problem.GetProperty("errors").EnumerateObject(), error => error.Name == field);
    }

    [Fact]
    public async Task An_estimate_is_taken_from_a_plan_month_by_month_and_says_which_version_it_is_from()
    {
        await PutAsync("estimated", Watched, HttpStatusCode.Created);
        using (var response = await Host.PostAsync("/api/v1/plans/estimated/estimate", """{"option":"Tuned"}"""))
        {
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        }

        // Integration is paid once; the tokens have no price, so that no amount is estimated for them.
        var estimates = (await Host.GetAsync("/api/v1/estimates?from=2026-05&to=2026-08&workload=chat")).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(
            ["2026-05 infrastructure 25", "2026-05 labour 200", "2026-06 infrastructure 25", "2026-07 infrastructure 25", "2026-08 infrastructure 25"],
            estimates.Select(e => $"{e.GetProperty("month").GetString()} {e.GetProperty("component").GetString()} {e.GetProperty("amount").GetDecimal():0}"));
        var recorded = (await Host.Database.Store.ReadStreamAsync("estimate/chat", Cancel)).Select(stored => (EstimateSubmitted)stored.Data).ToArray();
        Assert.Equal([("2026-05", "2026-05"), ("2026-06", "2026-08")], recorded.Select(e => (e.From, e.To)));
        Assert.Equal(("estimated", "1", "Tuned", "1,000"), (recorded[0].Assumptions!["plan"], recorded[0].Assumptions!["planVersion"], recorded[0].Assumptions!["planOption"], recorded[0].Assumptions!["requestsPerMonth"]));
        Assert.Contains("nobody/knows input-tokens", recorded[0].Note, StringComparison.Ordinal);

        using var refused = await Host.PostAsync("/api/v1/plans/estimated/estimate", """{"option":"Nobody"}""");
        await TestHost.ProblemAsync(refused, HttpStatusCode.BadRequest);
        using var missing = await Host.PostAsync("/api/v1/plans/nobody/estimate", """{"option":"Tuned"}""");
        await TestHost.ProblemAsync(missing, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_plan_that_does_not_hold_any_more_is_told_once_over_its_channel_and_again_when_it_does()
    {
        var told = Watched.Replace("\"option\":\"Prompts\"}", "\"option\":\"Prompts\",\"channels\":[\"ops\"]}", StringComparison.Ordinal).Replace("\"chat\"", "\"told\"", StringComparison.Ordinal);
        await PutAsync("told", told, HttpStatusCode.Created);
        await Host.Database.RecordAsync([.. Enumerable.Range(1, 28).Select(back => (IUsageEvent)(Given.Tokens(Alerting.Noon.AddDays(-back), "told", model: "own", input: 2_500, output: 0) with { Requests = 100 }))]);
        await Host.Database.ProjectAsync();
        var watching = Host.Database.Make<PlanWatching>();
        await Task.WhenAll(watching.RefreshAsync(Cancel), Host.Database.Make<PlanWatching>().RefreshAsync(Cancel)); // Of another host.
        await watching.RefreshAsync(Cancel);

        await _alerting.ToldAsync("ops", 1);
        var message = JsonElement.Parse(_alerting.Receiver.All.Single().Body);
        Assert.Equal("plan.alert.crossed", message.GetProperty("type").GetString());
        var raised = message.GetProperty("data").GetProperty("alerts")[0].GetProperty("plan");
        Assert.Equal(
            ("input-tokens", "options[0].routes[0].inputTokens", 5m, 20m, 25m),
            (raised.GetProperty("on").GetString(), raised.GetProperty("assumption").GetString(), raised.GetProperty("low").GetDecimal(), raised.GetProperty("high").GetDecimal(), raised.GetProperty("observed").GetDecimal()));
        var alert = (await Host.GetAsync("/api/v1/alerts?plan=told")).GetProperty("items")[0];
        Assert.Equal("open", alert.GetProperty("state").GetString());
        Assert.Equal(1, Assert.Single(await ListedAsync("told")).GetProperty("openAlerts").GetInt32());
        var reading = (await Host.GetAsync("/api/v1/plans/told")).GetProperty("readings").EnumerateArray().Single(r => r.GetProperty("on").GetString() == "input-tokens");
        Assert.True(reading.GetProperty("outside").GetBoolean());
        using (var acknowledged = await Host.PostAsync($"/api/v1/alerts/{alert.GetProperty("id").GetString()}/acknowledge", """{"note":"seen"}"""))
        {
            Assert.Equal(HttpStatusCode.OK, acknowledged.StatusCode);
        }

        await PutAsync("told", told.Replace("\"high\":20}", "\"high\":30}", StringComparison.Ordinal), HttpStatusCode.OK);
        await watching.RefreshAsync(Cancel);
        await _alerting.ToldAsync("ops", 2);
        var over = (await Host.GetUntilAsync("/api/v1/alerts?plan=told&state=all", a => a.GetProperty("items")[0].TryGetProperty("acknowledged", out _))).GetProperty("items");
        Assert.Equal((1, "resolved", "plan-changed"), (over.GetArrayLength(), over[0].GetProperty("state").GetString(), over[0].GetProperty("planResolved").GetProperty("because").GetString()));
        Assert.Empty((await Host.GetAsync("/api/v1/alerts?budget=any&state=all")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task The_command_records_and_shows_what_the_API_does()
    {
        using var commands = new CommandFolder(Host.Database);
        var file = commands.Write("plan.json", Assumptions);
        using var previewed = await Host.PostAsync("/api/v1/plans/preview", Assumptions);
        var submitted = await commands.JsonAsync(0, "plan", "submit", "typed", file, "--watch", "chat", "--option", "Prompts");
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(await previewed.Content.ReadAsStringAsync(Cancel)).GetProperty("figures"), submitted.GetProperty("result").GetProperty("figures")));
        Assert.Equal(1, (await Host.GetAsync("/api/v1/plans/typed")).GetProperty("version").GetInt32());

        var shown = await commands.RunAsync(0, "plan", "show", "typed");
        Assert.Contains(shown, text => text.Contains("nobody/knows input-tokens", StringComparison.Ordinal));
        Assert.Contains(shown, text => text.StartsWith("Version 1, submitted by command:plan", StringComparison.Ordinal));
    }

    private static JsonElement Prompts(JsonElement figures) => figures.GetProperty("options")[0];

    [Fact]
    public async Task An_id_that_is_the_address_of_something_else_is_refused() => await PutAsync("presets", Watched, HttpStatusCode.BadRequest);

    private async Task<JsonElement[]> ListedAsync(string plan) => [.. (await Host.GetAsync("/api/v1/plans")).GetProperty("items").EnumerateArray().Where(listed => listed.GetProperty("plan").GetString() == plan)];

    private async Task<JsonElement> PutAsync(string plan, string body, HttpStatusCode status, string? ifMatch = null, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/plans/{plan}") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (ifMatch is not null)
        {
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(ifMatch));
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        }

        using var response = await Host.Client.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == status, text);
        return JsonElement.Parse(text);
    }
}
