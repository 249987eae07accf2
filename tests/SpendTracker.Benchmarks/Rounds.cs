using Spectre.Console;

namespace SpendTracker.Benchmarks;

/// <summary>Something to measure.</summary>
/// <param name="RoundAsync">Does its work once and says how many a second; what is to be prepared is prepared before its clock starts.</param>
internal sealed record Contestant(string Name, Func<CancellationToken, Task<double>> RoundAsync)
{
    /// <summary>A second.</summary>
    public Series Rates { get; } = new();

    /// <summary>To the reference's rate just before.</summary>
    public Series Ratios { get; } = new();

    /// <summary>Of single requests, where it has requests; milliseconds.</summary>
    public Series Latencies { get; } = new();

    /// <summary>False in the round that warms up.</summary>
    public bool Counts { get; set; }
}

/// <summary>
/// Takes turns: reference, first contestant, reference, second contestant, and so on. The speed of a machine that others use
/// drifts within minutes; the ratio of two neighbours hardly does.
/// </summary>
internal static class Rounds
{
    public static async Task RunAsync(int rounds, Contestant reference, IReadOnlyList<Contestant> contestants, CancellationToken cancellationToken)
    {
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var contestant in contestants)
            {
                contestant.Counts = round > 0;
                var before = await QuietAsync(reference, cancellationToken);
                var rate = await QuietAsync(contestant, cancellationToken);
                if (contestant.Counts)
                {
                    reference.Rates.Add(before);
                    contestant.Rates.Add(rate);
                    contestant.Ratios.Add(rate / before);
                }

                AnsiConsole.WriteLine($"{(round == 0 ? "warm-up" : $"round {round}")}: {reference.Name} {Report.Number(before)}/s, {contestant.Name} {Report.Number(rate)}/s");
            }
        }
    }

    /// <summary>Without the garbage that the one before left.</summary>
    private static Task<double> QuietAsync(Contestant contestant, CancellationToken cancellationToken)
    {
        GC.Collect();
        return contestant.RoundAsync(cancellationToken);
    }
}
