using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using SpendTracker.Contracts;
using SpendTracker.Tests.Deploy;

namespace SpendTracker.Tests.Telemetry;

/// <summary>Metrics for Prometheus: off by default, and for readers only.</summary>
public sealed partial class PrometheusTests
{
    private static readonly Uri Metrics = new("/metrics", UriKind.Relative);

    [Fact]
    public async Task Prometheus_reads_the_metrics_that_the_alert_rules_name()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await HostProcess.StartAsync(database, new() { ["SpendTracker__Telemetry__Prometheus"] = "true" });
        using var recorded = await host.Client.PostAsync(
            new Uri("/api/v1/usage", UriKind.Relative), new StringContent(Given.TokensJson("a"), new MediaTypeHeaderValue("application/json")),
            TestContext.Current.CancellationToken);
        recorded.EnsureSuccessStatusCode();

        var rules = await File.ReadAllTextAsync(Checker.File("monitoring/alerts.yaml"), TestContext.Current.CancellationToken);
        var always = MetricName().Matches(rules).Select(match => match.Value).Except(OnlyAfterFaults).ToHashSet();
        Assert.True(always.Count > 3, string.Join(' ', always));
        await Eventually.Async(async () =>
        {
            var text = await host.Client.GetStringAsync(Metrics, TestContext.Current.CancellationToken);
            return always.All(name => text.Contains($"\n{name}{{", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Metrics_need_a_key_that_may_read()
    {
        await using var host = await TestHost.StartAsync(configure: builder => builder.Configuration["SpendTracker:Telemetry:Prometheus"] = "true");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, await host.IssueKeyAsync([Scope.Read])));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(host, await host.IssueKeyAsync([Scope.Record])));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, "st_wrong_key"));
    }

    [Fact]
    public async Task Without_the_setting_there_are_no_metrics()
    {
        await using var host = await TestHost.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, await host.IssueKeyAsync([Scope.Read])));
    }

    /// <summary>Counters and gauges that a host without faults, channels and unpriced usage never sets.</summary>
    private static readonly string[] OnlyAfterFaults =
    [
        "spendtracker_unpriced_quantity", "spendtracker_alerts_failed_total", "spendtracker_alerts_sent_total",
    ];

    private static async Task<HttpStatusCode> StatusAsync(TestHost host, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Metrics) { Headers = { Authorization = new("Bearer", key) } };
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    [GeneratedRegex(@"\b(spendtracker|http_server)_[a-z_]+")]
    private static partial Regex MetricName();
}
