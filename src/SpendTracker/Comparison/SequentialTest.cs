namespace SpendTracker.Comparison;

/// <summary>What was counted of two sides in one block, for instance on a day.</summary>
public readonly record struct ComparedBlock(Proportion One, Proportion Other);

/// <summary>
/// Whether two shares differ, for those who look every day: however often they look, and whenever they stop, two shares that are the
/// same are called different with a probability of at most the level. A test for one look does not keep that: looked at daily
/// for a year, it finds a difference nearly always.
/// <para>
/// Each block gives evidence E = Π p(y; θ₁) ÷ p(y; θ₀) over what was counted on both sides, where θ₁ and θ₂ are what the blocks before let
/// expect of each side, θ₀ = (n₁θ₁ + n₂θ₂) ÷ (n₁ + n₂), and p(y; θ) = θ^y (1−θ)^(1−y). If both shares are the same, E is at most 1 on
/// average, whatever they are, so the product over blocks exceeds 1/α with a probability of at most α (Ville's inequality),
/// and 1 ÷ the largest product so far is a p-value that holds at any time.
/// Source: R. Turner, A. Ly, P. Grünwald, Generic E-variables for exact sequential k-sample tests that allow for optional stopping,
/// Journal of Statistical Planning and Inference 230 (2024). Always-valid p-values: R. Johari, L. Pekelis, D. Walsh, Always valid
/// inference, arXiv:1512.04922.
/// </para>
/// </summary>
public static class SequentialTest
{
    /// <summary>What is expected before anything is counted: as if half of these had succeeded. Krichevsky and Trofimov's estimate.</summary>
    private const double Before = 1;

    /// <summary>The always-valid p-value after some blocks, in their order; 1 where nothing speaks for a difference.</summary>
    public static double PValue(IEnumerable<ComparedBlock> blocks)
    {
        var (one, other) = (default(Proportion), default(Proportion));
        var (evidence, most) = (0d, 0d);
        foreach (var block in blocks.Where(block => block.One.Samples > 0 && block.Other.Samples > 0))
        {
            evidence += LogEvidence(block, Expected(one), Expected(other));
            most = Math.Max(most, evidence);
            (one, other) = (one + block.One, other + block.Other);
        }

        return Math.Exp(-most);
    }

    /// <summary>
    /// Pairs the days of two sides, the first of one with the first of the other, so that versions that were in use one after the other
    /// can be compared, too. Days without a partner are left out until it comes.
    /// </summary>
    public static IEnumerable<ComparedBlock> Pair(IEnumerable<Proportion> one, IEnumerable<Proportion> other) =>
        one.Where(day => day.Samples > 0).Zip(other.Where(day => day.Samples > 0), (first, second) => new ComparedBlock(first, second));

    private static double Expected(Proportion counted) => ((double)counted.Successes + (Before / 2)) / ((double)counted.Samples + Before);

    private static double LogEvidence(ComparedBlock block, double one, double other)
    {
        var (n1, n2) = ((double)block.One.Samples, (double)block.Other.Samples);
        var same = ((n1 * one) + (n2 * other)) / (n1 + n2);
        return Log(block.One, one, same) + Log(block.Other, other, same);
    }

    private static double Log(Proportion counted, double expected, double same)
    {
        var (successes, failures) = ((double)counted.Successes, (double)(counted.Samples - counted.Successes));
        return (successes * Math.Log(expected / same)) + (failures * Math.Log((1 - expected) / (1 - same)));
    }
}
