using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Anomalies;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Reference;

namespace SpendTracker.Tests.Reference;

/// <summary>
/// Sends the example of every operation to a host, one after the other, and checks what goes over the wire against the description: the examples, and
/// the host's answers. With <c>SPENDTRACKER_RECORD_EXAMPLES=1</c> the answers are written into <c>examples.json</c>, long lists cut short.
/// </summary>
public sealed class ExampleTests : IAsyncLifetime
{
    private const int MostRecorded = 2;

    private static readonly JsonSerializerOptions Shown = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private TestHost _host = null!;
    private JsonNode _document = null!;
    private ApiSchemas _schemas = null!;
    private readonly Dictionary<string, (string Method, string Path, JsonNode Operation)> _operations = [];
    private readonly List<string> _faults = [];
    private readonly JsonObject _recorded = ExampleBook.All.DeepClone().AsObject();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync(await TestDatabase.CreateAsync(clock: new FixedClock(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero))));
        _document = JsonNode.Parse(await _host.Client.GetStringAsync(new Uri(ApiReference.Path, UriKind.Relative), Cancel))!;
        _schemas = new ApiSchemas(_document);
        foreach (var (path, item) in _document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject())
            {
                _operations[operation!["operationId"]!.GetValue<string>()] = (method.ToUpperInvariant(), path, operation);
            }
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Every_operation_takes_its_example_and_answers_as_described()
    {
        await SeedAsync();
        await WalkAsync();

        _faults.AddRange(_operations.Keys.Except(_walked).Select(operation => $"{operation}: The walk does not ask it."));
        _faults.AddRange(ExampleBook.All.Select(example => example.Key).Except(_operations.Keys).Select(name => $"{name}: An example of no operation."));
        if (Environment.GetEnvironmentVariable("SPENDTRACKER_RECORD_EXAMPLES") is "1")
        {
            await File.WriteAllTextAsync(Path.Combine(Repository.Root, "src", "SpendTracker.Web", "Reference", "examples.json"), Written(), Cancel);
        }

        foreach (var (name, (_, _, operation)) in _operations)
        {
            if (ApiSchemas.ContentOf(operation["requestBody"]) is { } taken)
            {
                Check(name, "example of the request", taken["schema"], ExampleBook.All[name]?["request"]);
            }

            Check(name, "example of the answer", Answers(operation)?["schema"], ExampleBook.All[name]?["response"]);
            foreach (var (status, described) in operation["responses"]!.AsObject())
            {
                if (status is "200" or "201" && ApiSchemas.ContentOf(described) is { } content && content["example"] is { } shown)
                {
                    Check(name, $"example of {status}", content["schema"], shown);
                }
            }
        }

        Assert.True(_faults.Count == 0, string.Join('\n', _faults));
    }

    private readonly HashSet<string> _walked = [];

    /// <summary>What the examples are of: three months of usage, an alert, an unusual day.</summary>
    private async Task SeedAsync()
    {
        foreach (var channel in (string[])["finance", "on-call"])
        {
            using var set = await _host.SendAsync(HttpMethod.Put, $"/api/v1/channels/{channel}", """{"name":"A channel","address":{"kind":"slack","url":"https://hooks.example.com/ai"}}""");
        }

        List<string> events = [];
        for (var day = new DateOnly(2026, 8, 1); day < new DateOnly(2026, 11, 20); day = day.AddDays(1))
        {
            var at = $"{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}T09:00:00Z";
            events.Add($$"""{"type":"token_usage_recorded","id":"p{{day:yyyyMMdd}}","workload":"support-chat","approach":"prompt-engineering","provider":"openai","model":"gpt-4o","inputTokens":900000,"outputTokens":120000,"requests":900,"variant":"few-shot/v3","outcome":"succeeded","reportedCost":3.1,"reportedCurrency":"USD","usedAt":"{{at}}"}""");
            events.Add($$"""{"type":"token_usage_recorded","id":"f{{day:yyyyMMdd}}","workload":"support-chat","approach":"fine-tuning","provider":"azure","model":"triage.ft-7","inputTokens":300000,"outputTokens":120000,"requests":900,"variant":"triage.ft-7","outcome":"{{(day.Day % 3 == 0 ? "failed" : "succeeded")}}","usedAt":"{{at}}"}""");
        }

        events.Add("""{"type":"hosting_hours_recorded","id":"h1","workload":"support-chat","approach":"fine-tuning","sku":"azure/gpt-35-turbo-fine-tuned","hours":240,"busyShare":0.25,"variant":"triage.ft-7","periodStart":"2026-11-01T00:00:00Z","periodEnd":"2026-11-11T00:00:00Z"}""");
        events.Add("""{"type":"training_run_recorded","id":"t1","workload":"support-chat","provider":"azure","model":"triage","runId":"ft-7","trainedTokens":200000,"epochs":3,"trainingLoss":[1.2,0.9,0.7],"validationLoss":[1.3,1.0,1.05],"completedAt":"2026-08-01T00:00:00Z"}""");
        events.Add("""{"type":"dataset_prep_recorded","id":"d1","workload":"support-chat","dataset":"tickets","activity":"label","labourHours":3.5,"role":"annotator","preparedAt":"2026-08-01T00:00:00Z","approach":"fine-tuning"}""");
        events.Add("""{"type":"evaluation_recorded","id":"e1","workload":"support-chat","approach":"fine-tuning","variant":"triage.ft-7","metric":"accuracy","score":0.91,"samples":500,"evaluatedAt":"2026-11-02T00:00:00Z"}""");
        events.Add("""{"type":"evaluation_recorded","id":"e2","workload":"support-chat","approach":"prompt-engineering","variant":"few-shot/v3","metric":"accuracy","score":0.87,"samples":500,"evaluatedAt":"2026-11-02T00:00:00Z"}""");
        events.Add("""{"type":"charge_recorded","id":"c1","workload":"support-chat","approach":"hybrid","component":"infrastructure","amount":120,"currency":"NOK","chargedAt":"2026-11-02T00:00:00Z"}""");
        var (_, answer) = await _host.RecordAsync($"[{string.Join(',', events)}]");
        Assert.Equal(events.Count, answer.Appended);

        await _host.Database.Store.Streams.RecordOnceAsync(
            [
                new(BudgetBook.StreamOf("support-2026"), Alert, new BudgetThresholdCrossed(
                    "support-2026", 1, "Support 2026", new(2026, 11, 1), new(2026, 12, 1), new BudgetThreshold(ThresholdOn.Actual, Percent: 80, Channels: ["ops"]), 1, "USD", 4000, 3200, 3214.5m, 3214.5m, 4820, 300,
                    []), new Recorder("host:budget-watch")),
                new(AnomalyBook.StreamOf(Anomaly), Anomaly, new AnomalyDetected(
                    "support-chat", new(2026, 11, 19), AnomalyKind.Spike, "USD", 61.2m, 20.4m, 300, 40.8m, 7.9m, new AnomalyCauses(20.4m, 30.1m, 10.7m, 0, 0),
                    [new AnomalyPart("openai/gpt-4o", "input-tokens", 45.1m, 14.9m)]), new Recorder("host:anomaly-watch")),
            ], Cancel);
    }

    private static readonly Guid Alert = new("01a2b3c4-0000-7000-8000-00000000000a"), Anomaly = new("01a2b3c4-0000-7000-8000-00000000000b");

    private const string View = "01a2b3c4-0000-7000-8000-00000000000c";

    private async Task WalkAsync()
    {
        await AskAsync("SetChannel", "ops");
        await AskAsync("GetChannels");
        await AskAsync("GetChannel", "ops");
        await AskAsync("TestChannel", "ops");
        await AskAsync("ResumeChannel", "ops");
        await AskAsync("SetReportSchedule", "finance");
        await AskAsync("GetReportSchedules");
        await AskAsync("GetReportSchedule", "finance");
        await AskAsync("RemoveReportSchedule", "finance", query: "?reason=Nobody%20reads%20it.");
        await AskAsync("RemoveChannel", "finance", query: "?reason=No%20longer%20needed.");
        await AskAsync("SetWorkload", "support-chat");
        await AskAsync("RegisterWorkload");
        await _host.GetUntilAsync("/api/v1/workloads", answer => answer.GetProperty("items").GetArrayLength() == 2);
        await AskAsync("GetWorkloads");
        await AskAsync("GetWorkload", "support-chat");
        await AskAsync("RecordUsage");
        await AskAsync("CorrectUsage");
        await PricesAsync();
        await _host.Database.ProjectAsync();
        await AskAsync("GetCosts", query: "?from=2026-10&to=2026-11&by=approach");
        await AskAsync("ExplainCosts", query: "?month=2026-11");
        await AskAsync("GetCostChanges", query: "?from=2026-10&to=2026-11&lines=1");
        await AskAsync("GetUnpriced");
        await AskAsync("GetNotInTotals");
        await AskAsync("GetReportedCosts", query: "?from=2026-11");
        await AskAsync("GetEvents", query: "?workload=support-chat&month=2026-11&limit=2");
        await AskAsync("GetForecast", query: "?by=approach");
        await AskAsync("GetForecastBacktest", query: "?from=2026-09&to=2026-10&by=approach");
        await AskAsync("Compare", query: "?from=2026-09&to=2026-11&where=workload%3Dsupport-chat&quality=accuracy");
        await AskAsync("CompareHosting", query: "?from=2026-11&night=22-6");
        await AskAsync("CompareModels", query: "?workload=support-chat");
        await AskAsync("CompareCounterfactual");
        await AskAsync("GetAdvice", query: "?workload=support-chat&needs=accuracy");
        var estimate = await AskAsync("SubmitEstimate");
        await AskAsync("GetEstimate", estimate!["id"]!.GetValue<string>());
        await _host.Database.ProjectAsync();
        await AskAsync("GetEstimates", query: "?from=2026-11");
        await PlansAndBudgetsAsync();
        await AskAsync("GetBillingPeriods");
        await AskAsync("CloseBillingPeriod", "2026-08");
        await AskAsync("ReopenBillingPeriod", "2026-08");
        await AskAsync("GetBillingPeriod", "2026-08");
        await AskAsync("GetActivity", query: "?limit=2", person: true);
        await AskAsync("GetHealth");
        await AskAsync("GetReport", query: "?month=2026-11");
        await AskAsync("GetSetAside");
        await AskAsync("RetrySetAside");
    }

    private async Task PricesAsync()
    {
        await AskAsync("PublishRate");
        await AskAsync("PublishDiscount");
        await AskAsync("PublishExchangeRate");
        await AskAsync("ImportRates", query: "?from=2026-12-01&dryRun=true");
        await AskAsync("ImportExchangeRates", query: "?dryRun=true");
        var alias = (await AskAsync("PublishAlias"))!["id"]!.GetValue<string>();
        await _host.Database.ProjectAsync();
        await AskAsync("GetRates", query: "?sku=google/gemini-2.5-pro&limit=2");
        await AskAsync("GetDiscounts");
        await AskAsync("GetExchangeRates", query: "?limit=2");
        await AskAsync("GetAliases");
        await AskAsync("WithdrawPublication", body: $$"""{"publication":"{{alias}}","reason":"Typed into the wrong month."}""");
        await AskAsync("GetPublication", alias);
    }

    private async Task PlansAndBudgetsAsync()
    {
        await AskAsync("GetPlanPresets", query: "?limit=1");
        await AskAsync("PreviewPlan");
        await AskAsync("GetPlanFromActuals", query: "?workload=support-chat&months=3");
        await AskAsync("SubmitPlan", "triage-2027");
        await AskAsync("GetPlan", "triage-2027");
        await AskAsync("EstimateFromPlan", "triage-2027");
        await _host.GetUntilAsync("/api/v1/plans", answer => answer.GetProperty("items").GetArrayLength() == 1);
        await AskAsync("GetPlans");
        await AskAsync("SaveView", View);
        await AskAsync("GetViews");
        await AskAsync("RemoveView", View);
        await AskAsync("RetirePlan", "triage-2027", query: "?reason=Decided.");
        await AskAsync("SetBudget", "support-2026");
        await _host.GetUntilAsync("/api/v1/budgets", answer => answer.GetProperty("items").EnumerateArray().Any(budget => budget.TryGetProperty("current", out _)));
        await AskAsync("GetBudgets");
        await AskAsync("GetBudget", "support-2026");
        await AskAsync("GetAllowance", "support-2026");
        await _host.GetUntilAsync($"/api/v1/alerts/{Alert}", _ => true);
        await _host.GetUntilAsync($"/api/v1/anomalies/{Anomaly}", _ => true);
        await AskAsync("GetAlerts", query: "?state=all");
        await AskAsync("GetAlert", Alert.ToString());
        await AskAsync("AcknowledgeAlert", Alert.ToString());
        await AskAsync("GetAnomalies");
        await AskAsync("GetAnomaly", Anomaly.ToString());
        await AskAsync("RemoveBudget", "support-2026", query: "?reason=Replaced.");
    }

    /// <summary>Sends an operation's example, and checks its answer.</summary>
    /// <param name="id">What stands in the path.</param>
    /// <param name="body">In the place of the example.</param>
    /// <param name="person">Whether a signed-in person asks.</param>
    private async Task<JsonNode?> AskAsync(string name, string? id = null, string query = "", string? body = null, bool person = false)
    {
        var (method, path, operation) = _operations[name];
        _walked.Add(name);
        path = string.Join('/', path.Split('/').Select(part => part.StartsWith('{') ? id : part));
        using var request = new HttpRequestMessage(new HttpMethod(method), path + query);
        if (operation["requestBody"]?["content"] is JsonObject content)
        {
            var type = content.First().Key;
            var example = ExampleBook.All[name]?["request"];
            body ??= type == "application/json" ? example?.ToJsonString() : example?.GetValue<string>();
            request.Content = new StringContent(body ?? "", Encoding.UTF8) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        }

        using var http = person ? await SignInAsync() : null;
        using var response = await (http ?? _host.Client).SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        var answer = text.Length > 0 && response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? JsonNode.Parse(text) : null;
        var described = operation["responses"]![((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)];
        if (!response.IsSuccessStatusCode || described is null)
        {
            _faults.Add($"{name}: {(int)response.StatusCode} {text}");
            return answer;
        }

        Check(name, $"answer ({(int)response.StatusCode})", ApiSchemas.ContentOf(described)?["schema"], answer);
        if (answer is not null)
        {
            (_recorded[name] ??= new JsonObject())["response"] = Cut(answer);
        }

        return answer;
    }

    /// <summary>An administrator: what no key may ask.</summary>
    private async Task<HttpClient> SignInAsync()
    {
        var token = await _host.Services.GetRequiredService<SignInLinks>().IssueAsync("Ada", Role.Admin, new Recorder("test"), Cancel);
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var answer = await _host.Client.PostAsync(new Uri("/sign-in", UriKind.Relative), form, Cancel);
        return new HttpClient(new SocketsHttpHandler { UseCookies = false })
        {
            BaseAddress = new Uri(_host.Address), DefaultRequestHeaders = { { "Cookie", answer.Headers.GetValues("Set-Cookie").First().Split(';')[0] } },
        };
    }

    private static JsonNode? Answers(JsonNode operation) => new[] { "201", "200" }.Select(status => ApiSchemas.ContentOf(operation["responses"]![status])).FirstOrDefault(content => content is not null);

    private void Check(string name, string what, JsonNode? schema, JsonNode? body)
    {
        if (body is not null)
        {
            _faults.AddRange(schema is null ? [$"{name}, {what}: is not described."] : _schemas.Faults(schema, body).Select(fault => $"{name}, {what}: {fault}"));
        }
    }

    /// <summary>An answer with the beginnings of its lists.</summary>
    private static JsonNode? Cut(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Select(member => KeyValuePair.Create(member.Key, Cut(member.Value)))),
        JsonArray a => new JsonArray([.. a.Take(MostRecorded).Select(Cut)]),
        _ => node?.DeepClone(),
    };

    /// <summary>A line for each operation's request, and one for its answer.</summary>
    private string Written()
    {
        return "{\n" + string.Join(",\n", _recorded.OrderBy(example => example.Key, StringComparer.Ordinal).Select(example => $"  \"{example.Key}\": {{\n"
            + string.Join(",\n", example.Value!.AsObject().Select(part => $"    \"{part.Key}\": {part.Value!.ToJsonString(Shown)}")) + "\n  }")) + "\n}\n";
    }
}
