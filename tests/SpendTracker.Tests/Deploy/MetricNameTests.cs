using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using SpendTracker.Anomalies;
using SpendTracker.Log;

namespace SpendTracker.Tests.Deploy;

/// <summary>The alert rules and the dashboard ask for metrics that there are, under the names that they get on the way to Prometheus.</summary>
public sealed partial class MetricNameTests
{
    [Fact]
    public async Task Every_metric_that_is_asked_for_is_told_and_every_one_of_ours_that_is_told_is_asked_for()
    {
        var told = await ToldAsync();
        var rules = await File.ReadAllTextAsync(Checker.File("monitoring/alerts.yaml"), TestContext.Current.CancellationToken);
        var asked = MetricName().Matches($"{rules}\n{string.Join('\n', await QueriesAsync())}").Select(match => match.Value).ToHashSet();

        Assert.Empty(asked.Except(told.SelectMany(Series)));
        Assert.Empty(told.Where(instrument => instrument.Meter.Name == EventMetrics.Name && !Series(instrument).Any(asked.Contains)).Select(instrument => instrument.Name));
    }

    [Fact]
    public async Task Every_query_of_the_dashboard_is_one()
    {
        var folder = Directory.CreateTempSubdirectory("spendtracker-queries");
        try
        {
            var rules = (await QueriesAsync()).Select((query, index) => new { record = $"panel:{index}", expr = query.Replace("$__rate_interval", "5m", StringComparison.Ordinal) }).ToArray();
            Assert.True(rules.Length > 12);
            var file = Path.Combine(folder.FullName, "queries.yaml");
            await File.WriteAllTextAsync(
                file, JsonSerializer.Serialize(new { groups = new[] { new { name = "dashboard", rules } } }), TestContext.Current.CancellationToken); // JSON is YAML.

            await Checker.RunAsync("promtool", "check", "rules", file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Times_in_seconds_have_boundaries_of_milliseconds() => Assert.All(
        (await ToldAsync()).OfType<Histogram<double>>().Where(instrument => instrument.Meter.Name == EventMetrics.Name),
        instrument => Assert.InRange(instrument.Advice?.HistogramBucketBoundaries?[0] ?? double.MaxValue, 0.0001, 0.005));

    /// <summary>The instruments of a host that has done what there is to measure.</summary>
    private static async Task<IReadOnlyList<Instrument>> ToldAsync()
    {
        Dictionary<string, Instrument> told = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                lock (told)
                {
                    told[instrument.Name] = instrument;
                }
            },
        };
        listener.Start();
        RuntimeHelpers.RunClassConstructor(typeof(AnomalyWatch).TypeHandle); // A test's host does not look for unusual days.
        await using var host = await TestHost.StartAsync();
        await host.RecordAsync(Given.TokensJson("a"));
        await host.GetAsync("/api/v1/costs");
        lock (told)
        {
            return [.. told.Values];
        }
    }

    /// <summary>As OpenTelemetry's specification of compatibility with Prometheus has it: units in braces are left out.</summary>
    private static IEnumerable<string> Series(Instrument instrument)
    {
        var kind = instrument.GetType().Name;
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var name = instrument.Name.Replace('.', '_') + unit;
        return kind.StartsWith("Histogram", StringComparison.Ordinal) ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"]
            : kind.StartsWith("Counter", StringComparison.Ordinal) ? [$"{name}_total"]
            : [name];
    }

    private static async Task<IReadOnlyList<string>> QueriesAsync()
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Checker.File("monitoring/grafana/spendtracker.json"), TestContext.Current.CancellationToken));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!)];
    }

    [GeneratedRegex(@"\b(spendtracker|http_server)_[a-z_]+")]
    private static partial Regex MetricName();
}
