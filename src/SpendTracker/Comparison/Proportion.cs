using SpendTracker.Contracts;

namespace SpendTracker.Comparison;

/// <summary>So many of so many: requests that succeeded, examples that were answered right.</summary>
/// <param name="Successes">0 to <paramref name="Samples"/>; a mean score times samples need not be whole.</param>
/// <param name="Samples">0 and more.</param>
public readonly record struct Proportion(decimal Successes, decimal Samples)
{
    internal const int Decimals = 6;

    /// <summary>The 97.5 % quantile of the normal distribution: 95 % lie between it and its negative.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>The same as doubles: shares are no money.</summary>
    internal (double Share, double Samples) AsDouble => ((double)(Successes / Samples), (double)Samples);

    /// <summary>
    /// The share with its 95 % interval after Wilson: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n). Unlike p ± z √(p(1−p)/n) it
    /// stays within 0 and 1, and says something at 0 of 10. Null without samples.
    /// Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    /// </summary>
    public ShareInterval? Interval()
    {
        if (Samples <= 0)
        {
            return null;
        }

        var (share, samples) = AsDouble;
        var square = Z * Z / samples;
        var centre = share + (square / 2);
        var half = Z * Math.Sqrt((share * (1 - share) / samples) + (square / (4 * samples)));
        var low = Math.Round((decimal)Math.Clamp((centre - half) / (1 + square), 0, 1), Decimals);
        var high = Math.Round((decimal)Math.Clamp((centre + half) / (1 + square), 0, 1), Decimals);
        var expected = Math.Round(Successes / Samples, Decimals);
        return new ShareInterval(Math.Min(low, expected), expected, Math.Max(high, expected), Samples, Samples);
    }

    public static Proportion operator +(Proportion left, Proportion right) => new(left.Successes + right.Successes, left.Samples + right.Samples);
}
