using System.Globalization;
using SpendTracker.Benchmarks;
using SpendTracker.Benchmarks.Soak;

namespace SpendTracker.Tests.Faults;

/// <summary>Nothing lost, nothing doubled: random interleavings against a model.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    [Fact]
    public Task Whatever_comes_together_what_was_acknowledged_is_there_once_and_the_rest_at_most_once() => RunAsync(
        seed => new SoakOptions(seed, Bursts: 300, Restarts: 8, Terminations: 8, BackendKills: 3, ServerKills: 5));

    [Fact]
    public Task What_was_acknowledged_survives_five_kills_of_the_host_under_load() => RunAsync(
        seed => new SoakOptions(seed, Bursts: 25, Hosts: 2, HostKills: 5));

    /// <summary>A seed that failed is given back in SPENDTRACKER_SEED.</summary>
    private async Task RunAsync(Func<int, SoakOptions> optionsOf)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SPENDTRACKER_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next(1_000_000);
        output.WriteLine($"SPENDTRACKER_SEED={seed}");

        // A process that is killed leaves to the system what it has written: flushing is for power cuts, and slow.
        await using var server = await BenchmarkServer.StartAsync(new Dictionary<string, string> { ["fsync"] = "off" }, TestContext.Current.CancellationToken);
        await new SoakRun(server, optionsOf(seed)).RunAsync(output.WriteLine, TestContext.Current.CancellationToken);
    }
}
