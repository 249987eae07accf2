namespace SpendTracker.Comparison;

/// <summary>What was counted of two sides in one block, for instance on a day.</summary>
public readonly record struct ComparedBlock(Proportion One, Proportion Other);

/// <summary>
/// Whether two shares differ, for those who look every day: however often they look, and whenever they stop, two shares that are the
/// same are called different with a probability of at most the level. A test for one look does not keep that: looked at daily
/// for a year, it finds a difference nearly always.
/// <para>
/// Both tests gather evidence E that is at most 1 on average if the shares are the same. So it ever exceeds 1/α with a probability of at most α
/// (Ville's inequality), and 1 ÷ the largest so far is a p-value that holds at any time. Source of always-valid p-values: R. Johari, L. Pekelis, D.
/// Walsh, Always valid inference, arXiv:1512.04922.
/// </para>
/// </summary>
public static class SequentialTest
{
    /// <summary>What is expected before anything is counted: as if half of these had succeeded. Krichevsky and Trofimov's estimate.</summary>
    private const double Before = 1;

    /// <summary>The variance of the difference that is expected, in standard deviations of a day: unit information.</summary>
    private const double Spread = 1;

    /// <summary>
    /// For samples that each count by themselves, as examples of an evaluation. Each block gives Π p(y; θ₁) ÷ p(y; θ₀) over what was counted on
    /// both sides, where θ₁ and θ₂ are what the blocks before let expect of each side, θ₀ = (n₁θ₁ + n₂θ₂) ÷ (n₁ + n₂), and p(y; θ) = θ^y
    /// (1−θ)^(1−y); E is the product over blocks. It holds exactly, whatever the share. The always-valid p-value after some blocks, in their order;
    /// 1 if nothing speaks for a difference. Source: R. Turner, A. Ly, P. Grünwald, Generic E-variables for exact sequential k-sample tests that
    /// allow for optional stopping, Journal of Statistical Planning and Inference 230 (2024).
    /// </summary>
    public static double OfSamples(IEnumerable<ComparedBlock> blocks)
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
    /// For requests, which fail together: each pair of days counts once, by the difference of its shares. After n pairs with Student's t of their
    /// mean, and ν = n − 1, E = (1+ng)^(−1/2) × ((1 + t²/ν) ÷ (1 + t²/(ν(1+ng))))^((ν+1)/2): the Bayes factor of a mean of N(0, g) standard
    /// deviations against 0, whatever the deviation. It holds exactly for differences that are normal, and nearly for those of shares. The
    /// always-valid p-value; 1 before the third pair. Sources: M. Gönen, W. Johnson, Y. Lu, P. Westfall, The Bayesian two-sample t test, The
    /// American Statistician 59 (2005), 252-257; that it holds at any time: A. Hendriksen, R. de Heide, P. Grünwald, Optional stopping with Bayes
    /// factors, Bayesian Analysis 16 (2021), 961-989.
    /// </summary>
    public static double OfDays(IEnumerable<ComparedBlock> pairs)
    {
        var (n, mean, squares, most) = (0, 0d, 0d, 0d);
        foreach (var pair in pairs.Where(pair => pair.One.Samples > 0 && pair.Other.Samples > 0))
        {
            // Welford's sums, which lose no digits.
            var difference = pair.Other.AsDouble.Share - pair.One.AsDouble.Share;
            var before = difference - mean;
            mean += before / ++n;
            squares += before * (difference - mean);
            most = n < 3 || squares <= 0 ? most : Math.Max(most, LogBayesFactor(n, mean * mean * n / (squares / (n - 1))));
        }

        return Math.Exp(-most);
    }

    private static double LogBayesFactor(int n, double square)
    {
        var (degrees, shrink) = (n - 1d, 1 + (n * Spread));
        return (-Math.Log(shrink) / 2) + (n / 2d * (Math.Log(1 + (square / degrees)) - Math.Log(1 + (square / (degrees * shrink)))));
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
