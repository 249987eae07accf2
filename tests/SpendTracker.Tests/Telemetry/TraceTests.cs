using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace SpendTracker.Tests.Telemetry;

/// <summary>The real program, told by the standard variables where to send, and a receiver that keeps what it gets.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task One_trace_leads_from_the_callers_span_through_request_and_append_to_the_projection_and_metrics_come_too()
    {
        ConcurrentDictionary<string, ConcurrentQueue<byte[]>> received = [];
        await using var receiver = await ReceiverAsync(received);
        var (traces, metrics) = (Of(received, "/v1/traces"), Of(received, "/v1/metrics"));
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
        await Eventually.Async(() => traces.Any(batch => Has(batch, id) && Has(batch, "\u002a\u0006append"u8))); // A span's name, its length before it.
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

    [Fact]
    public async Task Logs_of_the_store_and_of_requests_are_sent_under_the_names_that_an_orchestrator_gives_and_signals_without_an_endpoint_are_not_sent()
    {
        ConcurrentDictionary<string, ConcurrentQueue<byte[]>> received = [];
        await using var receiver = await ReceiverAsync(received);
        var logs = Of(received, "/v1/logs");
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await HostProcess.StartAsync(database, new()
        {
            ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"] = new Uri(receiver.Address, "/v1/logs").AbsoluteUri,
            ["OTEL_EXPORTER_OTLP_LOGS_PROTOCOL"] = "http/protobuf",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=host-of-the-test",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
            ["SpendTracker__Events__GapGrace"] = "00:00:00.1",
        });
        await database.ScalarAsync<long>("select nextval('spend.mt_events_sequence')"); // A gap, which the store passes and says so.
        await database.RecordAsync(Given.Tokens());
        await Eventually.Async(() => logs.Any(batch => Has(batch, "Passed 1 gaps"u8) && Has(batch, "host-of-the-test"u8)));

        await database.ExecuteAsync("drop table spend.monthly_cost cascade");
        using var response = await host.Client.GetAsync(new Uri("/api/v1/costs", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.False(response.IsSuccessStatusCode);
        await Eventually.Async(() => logs.Any(batch => Has(batch, "GET /api/v1/costs"u8) && Has(batch, "host-of-the-test"u8)));
        Assert.Equal(["/v1/logs"], received.Keys);
    }

    [Fact]
    public async Task A_trace_of_a_sent_message_tells_the_host_of_a_channel_and_neither_path_nor_query()
    {
        ConcurrentDictionary<string, ConcurrentQueue<byte[]>> received = [];
        await using var receiver = await ReceiverAsync(received);
        var sent = Of(received, "/hooks/T0SECRET");
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await HostProcess.StartAsync(database, new()
        {
            ["Alerts__AllowedHosts"] = receiver.Address.Authority,
            ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = new Uri(receiver.Address, "/v1/traces").AbsoluteUri,
            ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            ["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true", // As Aspire sets it.
        });
        var channel = $$"""{"name":"Ops","address":{"kind":"slack","url":"{{receiver.Address}}hooks/T0SECRET?code=T0SECRET"} }""";
        using var set = await host.Client.PutAsync(
            new Uri("/api/v1/channels/ops", UriKind.Relative), new StringContent(channel, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        set.EnsureSuccessStatusCode();
        using var tested = await host.Client.PostAsync(new Uri("/api/v1/channels/ops/test", UriKind.Relative), null, TestContext.Current.CancellationToken);
        tested.EnsureSuccessStatusCode();
        Assert.Single(sent);

        var traces = Of(received, "/v1/traces");
        await Eventually.Async(() => traces.Any(batch => Has(batch, "/channels/{id}/test"u8)));
        Assert.Contains(traces, batch => Has(batch, "\u002a\u0004POST"u8)); // The sending span's name, its length before it.
        Assert.DoesNotContain(traces, batch => Has(batch, "T0SECRET"u8));
    }

    [Fact]
    public async Task A_host_without_a_destination_instruments_nothing()
    {
        await using var host = await TestHost.StartAsync();

        Assert.Null(host.Services.GetService<TracerProvider>());
        Assert.Null(host.Services.GetService<MeterProvider>());
    }

    private static ConcurrentQueue<byte[]> Of(ConcurrentDictionary<string, ConcurrentQueue<byte[]>> received, string path) => received.GetOrAdd(path, _ => []);

    private static bool Has(byte[] batch, ReadOnlySpan<byte> bytes) => batch.AsSpan().IndexOf(bytes) >= 0;

    private static Task<HttpReceiver> ReceiverAsync(ConcurrentDictionary<string, ConcurrentQueue<byte[]>> received) => HttpReceiver.StartAsync(async context =>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Of(received, context.Request.Path).Enqueue(body.ToArray());
    });
}
