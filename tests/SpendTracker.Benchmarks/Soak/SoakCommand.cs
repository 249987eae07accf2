using System.Diagnostics;
using Spectre.Console;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>Runs on one database after another, each with the next seed, until time is up and enough was killed.</summary>
internal static class SoakCommand
{
    /// <summary>One database: small enough to compare all of it with the model, again and again.</summary>
    private static SoakOptions OptionsOf(int seed) => new(
        seed, Bursts: 50, Restarts: 5, Terminations: 5, BackendKills: 5, ServerKills: 10, Hosts: 2, HostKills: 10);

    /// <returns>0, or 1 where an invariant broke.</returns>
    public static async Task<int> RunAsync(int seed, TimeSpan time, int kills, CancellationToken cancellationToken)
    {
        var started = Stopwatch.StartNew();
        var total = new SoakResult(0, 0, 0, 0, 0);
        await using var server = await BenchmarkServer.StartAsync(cancellationToken);
        AnsiConsole.WriteLine($"soak --seed {seed} on {server.Machine}");
        try
        {
            for (; started.Elapsed < time || Math.Min(total.ServerKills, total.HostKills) < kills; seed++)
            {
                total += await new SoakRun(server, OptionsOf(seed)).RunAsync(AnsiConsole.WriteLine, cancellationToken);
                AnsiConsole.WriteLine($"{started.Elapsed:hh\\:mm\\:ss}, in all: {total}");
            }
        }
        catch (InvariantBrokenException fault)
        {
            AnsiConsole.WriteLine(fault.Message);
            AnsiConsole.WriteLine($"Try it again: soak --seed {seed} --minutes 0 --kills 1");
            return 1;
        }

        AnsiConsole.WriteLine("Nothing lost, nothing doubled.");
        return 0;
    }
}
