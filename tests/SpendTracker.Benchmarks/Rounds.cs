using Spectre.Console;

namespace SpendTracker.Benchmarks;

/// <summary>Something to measure.</summary>
/// <param name="RoundAsync">Does its work once; what is to be prepared is prepared before its clock starts.</param>
internal sealed record Contestant(string Name, Func<CancellationToken, Task<Work>> RoundAsync)
{
    /// <summary>A second.</summary>
    public Series Rates { get; } = new();

    /// <summary>To the reference's rate just before.</summary>
    public Series Ratios { get; } = new();

    /// <summary>Microseconds of processor time for one, here.</summary>
    public Series OwnCpu { get; } = new();

    /// <summary>Microseconds of processor time for one, in PostgreSQL.</summary>
    public Series ServerCpu { get; } = new();

    /// <summary>Bytes allocated for one.</summary>
    public Series Allocated { get; } = new();

    /// <summary>Of single requests, where it has requests; milliseconds.</summary>
    public Series Latencies { get; } = new();

    /// <summary>False in the round that warms up.</summary>
    public bool Counts { get; set; }

    /// <param name="reference">What the reference did in a second.</param>
    public void Add(Work work, double reference)
    {
        Rates.Add(work.Rate);
        Ratios.Add(work.Rate / reference);
        OwnCpu.Add(work.OwnCpu / work.Count * 1e6);
        ServerCpu.Add(work.ServerCpu / work.Count * 1e6);
        Allocated.Add((double)work.Allocated / work.Count);
    }
}

/// <summary>
/// Takes turns: reference, first contestant, reference, second contestant, and so on. The speed of a machine that others use
/// drifts within minutes; the ratio of two neighbours hardly does.
/// </summary>
internal static class Rounds
{
    /// <summary>The just-in-time compiler is at work for seconds of load: after one round it still took a sixth of the processors.</summary>
    private const int WarmUps = 3;

    public static async Task RunAsync(int rounds, Contestant reference, IReadOnlyList<Contestant> contestants, CancellationToken cancellationToken)
    {
        for (var round = 1 - WarmUps; round <= rounds; round++)
        {
            foreach (var contestant in contestants)
            {
                contestant.Counts = round > 0;
                var before = await QuietAsync(reference, cancellationToken);
                var work = await QuietAsync(contestant, cancellationToken);
                if (contestant.Counts)
                {
                    reference.Rates.Add(before.Rate);
                    contestant.Add(work, before.Rate);
                }

                AnsiConsole.WriteLine($"{(round <= 0 ? "warm-up" : $"round {round}")}: {reference.Name} {Report.Number(before.Rate)}/s, {contestant.Name} {Report.Number(work.Rate)}/s");
            }
        }
    }

    /// <summary>Without the garbage that the one before left.</summary>
    private static Task<Work> QuietAsync(Contestant contestant, CancellationToken cancellationToken)
    {
        GC.Collect();
        return contestant.RoundAsync(cancellationToken);
    }
}
