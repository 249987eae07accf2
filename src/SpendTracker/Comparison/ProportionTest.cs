namespace SpendTracker.Comparison;

/// <summary>Whether two shares differ by more than chance explains.</summary>
public static class ProportionTest
{
    private const double Tiny = 1e-300;

    /// <summary>
    /// The probability of a difference at least as large if both shares were the same: z = (p₁ − p₂) ÷ √(p(1−p)(1/n₁ + 1/n₂)), where p is
    /// the share of both together, two-sided. It holds for one look at a number of samples that was chosen before: of 20 looks, one
    /// finds a difference by chance. For repeated looking there is <see cref="SequentialTest"/>. Null if a side has no samples.
    /// Source: the pooled two-proportion z test; J. L. Fleiss, Statistical Methods for Rates and Proportions, 2nd ed. 1981, 2.1.
    /// </summary>
    public static double? PValue(Proportion one, Proportion other)
    {
        if (one.Samples <= 0 || other.Samples <= 0)
        {
            return null;
        }

        var ((first, n1), (second, n2)) = (one.AsDouble, other.AsDouble);
        var (pooled, _) = (one + other).AsDouble;
        var deviation = Math.Sqrt(pooled * (1 - pooled) * ((1 / n1) + (1 / n2)));
        return deviation <= 0 ? 1 : ComplementaryError(Math.Abs(first - second) / deviation / Math.Sqrt(2));
    }

    /// <summary>
    /// erfc(x) = 1 − erf(x) for x ≥ 0: by its series up to 2.5, by its continued fraction beyond. Source: Abramowitz and Stegun, Handbook of
    /// Mathematical Functions, 7.1.6 and 7.1.14.
    /// </summary>
    internal static double ComplementaryError(double x)
    {
        var scale = Math.Exp(-x * x) / Math.Sqrt(Math.PI);
        if (x < 2.5)
        {
            var (sum, term) = (0d, x);
            for (var n = 1; Math.Abs(term) > 1e-17; n++)
            {
                sum += term;
                term *= 2 * x * x / ((2 * n) + 1);
            }

            return Math.Max(0, 1 - (2 * scale * sum));
        }

        var fraction = x;
        for (var n = 60; n >= 1; n--)
        {
            fraction = x + (n / 2d / Math.Max(fraction, Tiny));
        }

        return scale / fraction;
    }
}
