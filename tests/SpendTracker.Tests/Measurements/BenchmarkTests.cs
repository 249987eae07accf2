using SpendTracker.Benchmarks;
using SpendTracker.Benchmarks.Access;
using SpendTracker.Benchmarks.Alerts;
using SpendTracker.Benchmarks.Append;
using SpendTracker.Benchmarks.History;
using SpendTracker.Benchmarks.Project;
using SpendTracker.Benchmarks.Query;

namespace SpendTracker.Tests.Measurements;

/// <summary>
/// Benchmarks fill tables by SQL of their own and check what they find, so a change of layout breaks them, and nobody would
/// notice until somebody wants a figure. Nothing is timed here. Marten's contenders run among them. The other benchmarks append and count as these do.
/// </summary>
public sealed class BenchmarkTests(BenchmarkTests.Server running) : IClassFixture<BenchmarkTests.Server>
{
    [Theory]
    [InlineData("append")]
    [InlineData("project")]
    [InlineData("query")]
    [InlineData("beside")]
    [InlineData("growth")]
    [InlineData("rebuild")]
    [InlineData("alerts")]
    [InlineData("access")]
    public async Task A_benchmark_runs_to_its_end_and_finds_what_it_stored(string name)
    {
        var stop = TestContext.Current.CancellationToken;
        var server = running.Started;
        var report = new Report(server.Machine);
        await (name switch
        {
            "append" => new AppendBenchmark(server, report, quick: true, rounds: null, only: "Marten").RunAsync(stop),
            "project" => new ProjectBenchmark(server, report, quick: true, rounds: null, events: null).RunAsync(stop),
            "query" => new QueryBenchmark(server, report, quick: true).RunAsync(stop),
            "beside" => new BesideBenchmark(server, report, quick: true, rounds: null).RunAsync(stop),
            "growth" => new GrowthBenchmark(server, report, quick: true, millions: "1", randomIds: false).RunAsync(stop),
            "rebuild" => new RebuildBenchmark(server, report, quick: true, events: null).RunAsync(stop),
            "access" => new AccessBenchmark(server, report, quick: true).RunAsync(stop),
            _ => new AlertBenchmark(server, report, quick: true).RunAsync(stop),
        });
    }

    /// <summary>One for all, which flushes nothing: each measures in databases of its own, and no figure is kept.</summary>
    public sealed class Server : IAsyncLifetime
    {
        internal BenchmarkServer Started { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Started = await BenchmarkServer.StartAsync(new Dictionary<string, string> { ["fsync"] = "off", ["synchronous_commit"] = "off" }, TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => Started.DisposeAsync();
    }
}
