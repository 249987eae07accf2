using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace SpendTracker.AppHost.Tests;

/// <summary>The whole AppHost with its dashboard, PostgreSQL and web host, as a developer runs it.</summary>
[Collection("AppHost")] // One after the other: each starts three programs.
public sealed class TraceTests
{
    private const string Costs = "/api/v1/costs?by=approach";
    private const string Spans = "/api/telemetry/spans?limit=10000";

    /// <summary>For each wait. A timeout of the whole test would end the process before the AppHost stops its PostgreSQL.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_trace_leads_from_a_request_through_the_append_to_the_projection_and_PostgreSQL_stops_at_the_end()
    {
        using var folder = await PrivateFolder.CreateAsync();
        await using (var app = await StartAsync(folder))
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync("web", Cancel).WaitAsync(Patience, Cancel);
            Assert.True(folder.ServerRuns);
            using var web = app.CreateHttpClient("web", "http");
            web.DefaultRequestHeaders.Authorization = new("Bearer", await IssueKeyAsync(app));
            await RecordAsync(web);
            await UntilAsync(async () => await TotalAsync(web) == 0.0035m); // 1,000 input and 100 output tokens of gpt-4o.

            using var dashboard = app.CreateHttpClient("aspire-dashboard", "http");
            await UntilAsync(() => HasAllSignalsAsync(dashboard));
            var trace = await TraceAsync(dashboard, "POST /api/v1/usage", "append", "project DailyUsage");
            Assert.Null(trace["POST /api/v1/usage"].Parent);
            Assert.Equal(trace["POST /api/v1/usage"].Id, trace["append"].Parent);
            Assert.Equal(trace["POST /api/v1/usage"].Id, trace["project DailyUsage"].Parent);
        }

        await UntilAsync(() => Task.FromResult(!folder.ServerRuns)); // The AppHost's own thread stops it.
    }

    private static async Task<DistributedApplication> StartAsync(PrivateFolder folder)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.SpendTracker_AppHost>(
            [.. folder.Arguments, "--ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true"],
            (options, _) => options.DisableDashboard = false,
            Cancel);
        var app = await builder.BuildAsync(Cancel);
        await app.StartAsync(Cancel);
        return app;
    }

    /// <summary>As an operator issues a key: with a command beside the running host.</summary>
    private static async Task<string> IssueKeyAsync(DistributedApplication app)
    {
        string[] run = ["run", "--no-build", "--project", new Projects.SpendTracker_Web().ProjectPath];
        string[] command = ["keys", "issue", "--name", "test", "--scope", "record", "read"];
        var start = new ProcessStartInfo("dotnet", [.. run, "--", .. command]) { RedirectStandardOutput = true };
        start.Environment["ConnectionStrings__spendtracker"] = await app.GetConnectionStringAsync("spendtracker", Cancel);
        using var process = Process.Start(start)!;
        var key = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(0, process.ExitCode);
        return key.Trim();
    }

    private static async Task RecordAsync(HttpClient web)
    {
        var usage =
            $$"""
            {"type":"token_usage_recorded","id":"1","workload":"support-chat","approach":"prompt-engineering","provider":"openai",
             "model":"gpt-4o","inputTokens":1000,"outputTokens":100,"usedAt":"{{DateTimeOffset.UtcNow:o}}"}
            """;
        using var content = new StringContent(usage, new MediaTypeHeaderValue("application/json"));
        using var response = await web.PostAsync(new Uri("/api/v1/usage", UriKind.Relative), content, Cancel);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<bool> HasAllSignalsAsync(HttpClient dashboard)
    {
        var resources = await dashboard.GetFromJsonAsync<JsonElement>("/api/telemetry/resources", Cancel);
        return resources.EnumerateArray().Any(resource => resource.GetProperty("name").GetString() == "web" &&
            new[] { "hasTraces", "hasMetrics", "hasLogs" }.All(signal => resource.GetProperty(signal).GetBoolean()));
    }

    private static async Task<decimal> TotalAsync(HttpClient web) =>
        (await web.GetFromJsonAsync<JsonElement>(Costs, Cancel)).GetProperty("total").GetProperty("actual").GetDecimal();

    /// <summary>Waits until the dashboard has one trace with spans of all these names.</summary>
    /// <returns>Those spans by name.</returns>
    private static async Task<Dictionary<string, Span>> TraceAsync(HttpClient dashboard, params string[] names)
    {
        Dictionary<string, Span>? found = null;
        await UntilAsync(async () =>
        {
            var spans = SpansOf(await dashboard.GetFromJsonAsync<JsonElement>(Spans, Cancel)).Where(span => names.Contains(span.Name));
            found = spans.GroupBy(span => span.Trace).FirstOrDefault(trace => trace.Count() == names.Length)
                ?.ToDictionary(span => span.Name);
            return found is not null;
        });
        return found!;
    }

    private static IEnumerable<Span> SpansOf(JsonElement answer) =>
        from resource in answer.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
        from scope in resource.GetProperty("scopeSpans").EnumerateArray()
        from span in scope.GetProperty("spans").EnumerateArray()
        select new Span(
            span.GetProperty("name").GetString()!, span.GetProperty("traceId").GetString()!, span.GetProperty("spanId").GetString()!,
            span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null);

    /// <summary>Looks until a condition holds.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var since = Stopwatch.StartNew(); !await condition();)
        {
            Assert.True(since.Elapsed < Patience, "It takes too long.");
            await Task.Delay(100, Cancel);
        }
    }

    private sealed record Span(string Name, string Trace, string Id, string? Parent);
}
