using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace SpendTracker.Tests.Telemetry;

/// <summary>The real program, told by the standard variables where to send, and a receiver that keeps what it gets.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task One_trace_leads_from_the_callers_span_through_request_and_append_to_the_projection_and_metrics_come_too()
    {
        ConcurrentQueue<byte[]> traces = new(), metrics = new();
        await using var receiver = await ReceiverAsync(traces, metrics);
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await HostProcess.StartAsync(database, new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address.AbsoluteUri,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "spend-under-test",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        });
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/usage") { Content = new StringContent(Given.TokensJson("a"), Encoding.UTF8, "application/json") };
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();

        var id = Convert.FromHexString(trace.ToHexString());
        await Eventually.Async(() => traces.Any(batch => Has(batch, id) && Has(batch, "project DailyUsage"u8)));
        await Eventually.Async(() => traces.Any(batch => Has(batch, id) && Has(batch, "POST /api/v1/usage"u8))); // Often before the projection's, and not always.
        var request_ = Assert.Single(traces, batch => Has(batch, id) && Has(batch, "POST /api/v1/usage"u8));
        Assert.True(Has(request_, "http.route"u8) && Has(request_, "http.response.status_code"u8) && Has(request_, "spend-under-test"u8));
        Assert.Equal(trace.ToHexString(), await database.ScalarAsync<string>("select correlation_id from spend.mt_events where type = 'token_usage_recorded'"));

        foreach (var name in (string[])["spendtracker.ingest.events", "spendtracker.append.batch.size", "spendtracker.append.duration", "spendtracker.projection.lag.events", "spendtracker.projection.lag.time"])
        {
            await Eventually.Async(() => metrics.Any(batch => Has(batch, Encoding.UTF8.GetBytes(name))));
        }

        // No secret leaves with the telemetry.
        Assert.DoesNotContain(traces.Concat(metrics), batch => Has(batch, Encoding.UTF8.GetBytes(host.Key.Split('_')[2])));
    }

    private static bool Has(byte[] batch, ReadOnlySpan<byte> bytes) => batch.AsSpan().IndexOf(bytes) >= 0;

    private static Task<HttpReceiver> ReceiverAsync(ConcurrentQueue<byte[]> traces, ConcurrentQueue<byte[]> metrics) => HttpReceiver.StartAsync(async context =>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        (context.Request.Path == "/v1/traces" ? traces : metrics).Enqueue(body.ToArray());
    });
}
