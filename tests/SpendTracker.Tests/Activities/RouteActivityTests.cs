using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Activities;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Tests.Fuzz;

namespace SpendTracker.Tests.Activities;

/// <summary>Whatever changes something over HTTP leaves an entry that names the caller and where it called from. A new route needs a line here, or fails.</summary>
public sealed class RouteActivityTests(OneHost one) : IClassFixture<OneHost>
{
    private const string Json = "application/json";

    private static readonly Guid Alert = Guid.Parse("5f8c1e04-0d1b-4a57-9a1f-0a8a3c1d2e40");

    private static readonly string Plan = Examples.Objects.First(example => example.Path == "/api/v1/plans/{id}").Body;

    /// <summary>In this order: later ones change what earlier ones made. <c>ID</c> is the last publication's.</summary>
    private static readonly (string Method, string Route, string Path, string Body, string ContentType)[] Acts =
    [
        ("POST", "/api/v1/usage/corrections", "usage/corrections", """{"corrects":{"id":"never"},"reason":"wrong"}""", Json),
        ("PUT", "/api/v1/workloads/{id}", "workloads/w", """{"name":"W","team":"Support","approach":"hybrid"}""", Json),
        ("POST", "/api/v1/workloads", "workloads", """{"workload":"w","name":"V","team":"Support","approach":"hybrid"}""", Json),
        ("POST", "/api/v1/rates", "rates?dryRun=false", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"input-tokens","price":1}],"source":"s"}""", Json),
        ("POST", "/api/v1/discounts", "discounts?dryRun=false", """{"sku":"a/*","percent":10,"effectiveFrom":"2026-01-01","source":"contract"}""", Json),
        ("POST", "/api/v1/exchange-rates", "exchange-rates?dryRun=false", """{"currency":"EUR","effectiveFrom":"2026-01-01","rate":1.1,"source":"ECB"}""", Json),
        ("POST", "/api/v1/rates/import", "rates/import?dryRun=false", """{"x":{"litellm_provider":"own","mode":"chat","input_cost_per_token":1e-06}}""", Json),
        ("POST", "/api/v1/exchange-rates/import", "exchange-rates/import?dryRun=false", "currency,date,rate,source\nGBP,2026-01-02,1.25,ECB\n", "text/csv"),
        ("POST", "/api/v1/aliases", "aliases?dryRun=false", """{"model":"a/c","sku":"a/b"}""", Json),
        ("POST", "/api/v1/withdrawals", "withdrawals?dryRun=false", """{"publication":"ID","reason":"wrong"}""", Json),
        ("POST", "/api/v1/estimates", "estimates", """{"workload":"w","approach":"hybrid","from":"2026-01","to":"2026-12","currency":"USD","lines":[{"component":"labour","amount":10.5}]}""", Json),
        ("PUT", "/api/v1/plans/{id}", "plans/p", Plan, Json),
        ("POST", "/api/v1/plans/{id}/estimate", "plans/p/estimate", """{"option":"A","workload":"w"}""", Json),
        ("DELETE", "/api/v1/plans/{id}", "plans/p?reason=over", "", Json),
        ("PUT", "/api/v1/budgets/{id}", "budgets/b", """{"name":"B","scope":{},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1000}""", Json),
        ("DELETE", "/api/v1/budgets/{id}", "budgets/b?reason=over", "", Json),
        ("PUT", "/api/v1/channels/{id}", "channels/c", """{"name":"C","address":{"kind":"webhook","url":"http://127.0.0.1:9/x","secret":"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}}""", Json),
        ("POST", "/api/v1/channels/{id}/test", "channels/c/test", "", Json),
        ("PUT", "/api/v1/report/schedules/{id}", "report/schedules/s", """{"channel":"c","day":3,"hour":8}""", Json),
        ("DELETE", "/api/v1/report/schedules/{id}", "report/schedules/s?reason=over", "", Json),
        ("POST", "/api/v1/channels/{id}/resume", "channels/c/resume", "", Json),
        ("DELETE", "/api/v1/channels/{id}", "channels/c?reason=over", "", Json),
        ("POST", "/api/v1/alerts/{id:guid}/acknowledge", $"alerts/{Alert}/acknowledge", """{"note":"seen"}""", Json),
        ("POST", "/api/v1/billing-periods/{month}/close", "billing-periods/2026-01/close", """{"reason":"over","acceptUnpriced":true,"acceptUnconverted":true}""", Json),
        ("POST", "/api/v1/billing-periods/{month}/reopen", "billing-periods/2026-01/reopen", """{"reason":"late invoice"}""", Json),
        ("PUT", "/api/v1/views/{id:guid}", "views/5f8c1e04-0d1b-4a57-9a1f-0a8a3c1d2e41", """{"name":"V","address":"/","isShared":true}""", Json),
        ("DELETE", "/api/v1/views/{id:guid}", "views/5f8c1e04-0d1b-4a57-9a1f-0a8a3c1d2e41", "", Json),
        ("POST", "/api/v1/set-aside/retry", "set-aside/retry", "{}", Json),
        ("GET", "/api/v1/costs", "costs?format=csv", "", Json),
    ];

    /// <summary>What changes nothing, is usage itself, or is not done with a key.</summary>
    private static readonly string[] Others =
    [
        "POST /api/v1/usage", // Usage has the explorer.
        "POST /mcp", // Its tools only read.
        "POST /api/v1/plans/preview", "POST /api/v1/compare/counterfactual", // They work something out.
        "POST /sign-in", "POST /sign-out", // Below.
        "POST /acknowledge", // With a link from an alert: recorded as the channel's.
        "POST /health/live", "POST /health/ready", // They take any method, and answer the same.
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TestHost Host => one.Host;

    private ActivityQuery Query => Host.Services.GetRequiredService<ActivityQuery>();

    [Fact]
    public async Task Each_route_that_changes_something_leaves_an_entry_with_its_caller_and_from_where()
    {
        await Host.Database.Store.Streams.AppendAsync(
            $"anomaly/{Alert}", 0, [new EventToAppend($"anomaly/{Alert}", Alert, SampleEvent.Of(typeof(AnomalyDetected), "x"), new Recorder("host:anomalies"))], Cancel);
        List<string> failures = [];
        foreach (var (act, index) in Acts.Select((act, index) => (act, index)))
        {
            var key = await Host.IssueKeyAsync($"caller-{index}", Enum.GetValues<Scope>(), [], anySource: true);
            if (act.Path.EndsWith("/resume", StringComparison.Ordinal))
            {
                await Host.Services.GetRequiredService<Channels>().PauseAsync("c", "gone", 3, new Recorder("host:delivery"), Cancel);
            }

            if (await SendAsync(act.Method, act.Path, act.Body, act.ContentType, key) is { Length: > 0 } refusal)
            {
                failures.Add($"{act.Method} {act.Path}: {refusal}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
        await Host.Database.ProjectAsync();
        for (var index = 0; index < Acts.Length; index++)
        {
            var entries = await Query.ListAsync(new ActivityFilter(Who: $"caller-{index}"), 100, Cancel);
            Assert.True(entries.Any(entry => entry.Who == $"caller-{index}" && entry.From is "127.0.0.1" or "::1"), $"{Acts[index].Method} {Acts[index].Path} left no entry.");
        }
    }

    [Fact]
    public void Each_route_that_could_change_something_is_in_the_table()
    {
        var routes = Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => RequestFuzzer.PageOf(endpoint) is null && !Regex.IsMatch(endpoint.RoutePattern.RawText!, "^/?_"))
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET", "POST"])
                .Where(method => method is not ("GET" or "HEAD" or "OPTIONS")).Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}"))
            .ToHashSet();
        var table = Acts.Where(act => act.Method != "GET").Select(act => $"{act.Method} {act.Route}").Concat(Others).ToArray();

        Assert.Empty(routes.Except(table));
        Assert.Empty(table.Except(routes));
    }

    [Fact]
    public async Task A_person_who_signs_in_reads_the_activity_and_downloads_it_is_named_in_it()
    {
        var token = await Host.Services.GetRequiredService<SignInLinks>().IssueAsync("Zoe", Role.Admin, new Recorder("command:sign-in-link/root") { From = "box" }, Cancel);
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var signedIn = await Host.Client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, Cancel);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").First().Split(';')[0];

        var lines = await ReadAsync("/api/v1/activity?kind=session&who=Zoe&format=ndjson", cookie);
        var csv = await ReadAsync("/api/v1/activity?kind=sign-in-link&format=csv", cookie);

        await Host.Database.ProjectAsync();
        Assert.Contains("position,at,by,who,from,kind,subject,did,event,type,trace_id,changes", csv, StringComparison.Ordinal);
        var entries = await Query.ListAsync(new ActivityFilter(Who: "Zoe"), 100, Cancel);
        Assert.Equal(["export read", "export read", "session signed in", "sign-in-link used"], entries.Select(entry => $"{entry.Kind} {entry.Did}"));
        Assert.All(entries, entry => Assert.True(entry.From is "127.0.0.1" or "::1"));
        Assert.Contains(entries[0].Changes, change => change == new FieldChange("query", null, "?kind=sign-in-link&format=csv"));
        Assert.DoesNotContain(token.Split('.')[1], $"{lines}{csv}", StringComparison.Ordinal);
        var issued = Assert.Single(await Query.ListAsync(new ActivityFilter(Who: "root", Subject: "Zoe"), 100, Cancel), entry => entry.Kind == "sign-in-link");
        Assert.Equal(("sign-in-link/root", "box"), (issued.Who, issued.From));
    }

    [Fact]
    public async Task The_list_is_filtered_and_goes_on_where_a_page_ended()
    {
        for (var i = 0; i < 5; i++)
        {
            await SendAsync("PUT", "workloads/paged", $$"""{"name":"N{{i}}","team":"T","approach":"hybrid"}""", Json, await Host.IssueKeyAsync($"pager-{i % 2}", [Scope.Publish], [], anySource: false));
        }

        await Host.Database.ProjectAsync();
        var all = await Query.ListAsync(new ActivityFilter(Kind: "workload", Subject: "paged"), 100, Cancel);
        Assert.Equal(["N4", "N3", "N2", "N1", "N0"], all.Select(entry => entry.Changes.Single(change => change.Field == "name").After));
        Assert.Equal(["N3", "N2", "N1", "N0", null], all.Select(entry => entry.Changes.Single(change => change.Field == "name").Before));
        var rest = await Query.ListAsync(new ActivityFilter(Subject: "paged", Before: all[1].Position), 2, Cancel);
        Assert.Equal(all.Skip(2).Take(2).Select(entry => entry.Position), rest.Select(entry => entry.Position));
        Assert.Equal(3, (await Query.ListAsync(new ActivityFilter(Who: "pager-0", Kind: "workload"), 100, Cancel)).Count);
        Assert.Empty(await Query.ListAsync(new ActivityFilter(From: all[0].At.AddDays(1)), 100, Cancel));
        Assert.Empty(await Query.ListAsync(new ActivityFilter(To: all[^1].At, Subject: "paged"), 100, Cancel));
    }

    private async Task<string> ReadAsync(string path, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Host.Address + path);
        request.Headers.Add("Cookie", cookie);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var answer = await http.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    /// <returns>Why it was refused; empty if it was done.</returns>
    private async Task<string> SendAsync(string method, string path, string body, string contentType, string key)
    {
        if (body.Contains("\"ID\"", StringComparison.Ordinal))
        {
            body = body.Replace("ID", $"{await Host.Database.ScalarAsync<Guid>("select id from spend.mt_events where type = 'alias_published' order by seq_id desc limit 1")}", StringComparison.Ordinal);
        }

        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/{path}") { Headers = { Authorization = new("Bearer", key) } };
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        using var answer = await Host.Client.SendAsync(request, Cancel);
        return answer.IsSuccessStatusCode ? "" : $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancel)}";
    }
}
