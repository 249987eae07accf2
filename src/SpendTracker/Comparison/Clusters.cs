using SpendTracker.Contracts;

namespace SpendTracker.Comparison;

/// <summary>
/// A share that was counted in clusters: an event covers many requests, and requests of one day fail together. So 100,000 requests of 30 days say less than
/// 100,000 that were drawn one by one. Sums over clusters of x successes of n samples.
/// </summary>
/// <param name="Count">How many clusters.</param>
/// <param name="Xx">Σ x².</param>
/// <param name="Xn">Σ x n.</param>
/// <param name="Nn">Σ n².</param>
public readonly record struct Clusters(Proportion Sum, long Count, double Xx, double Xn, double Nn)
{
    /// <summary>One cluster.</summary>
    public static Clusters Of(Proportion cluster)
    {
        var (x, n) = ((double)cluster.Successes, (double)cluster.Samples);
        return new Clusters(cluster, 1, x * x, x * n, n * n);
    }

    public static Clusters operator +(Clusters left, Clusters right) =>
        new(left.Sum + right.Sum, left.Count + right.Count, left.Xx + right.Xx, left.Xn + right.Xn, left.Nn + right.Nn);

    /// <summary>
    /// The design effect: how much larger the variance of the share is, as the clusters show it, than that of single samples. With p = Σx ÷ Σn and
    /// m clusters it is m ÷ (m−1) × Σ(x − np)² ÷ (Σn)², divided by p(1−p) ÷ Σn; at least 1. One cluster says nothing of it: 1. If all succeeded, or
    /// none, the clusters do not say how they differ: then each counts as one sample. Source: J. N. K. Rao, A. J. Scott, A simple method for the
    /// analysis of clustered binary data, Biometrics 48 (1992), 577-585.
    /// </summary>
    public double DesignEffect
    {
        get
        {
            if (Count < 2 || Sum.Samples <= 0)
            {
                return 1;
            }

            var (p, n) = Sum.AsDouble;
            var single = p * (1 - p) * n;
            var squares = Xx - (2 * p * Xn) + (p * p * Nn);
            return single <= 0 ? Math.Max(1, n / Count) : Math.Max(1, (double)Count / (Count - 1) * squares / single);
        }
    }

    /// <summary>The share by as many independent samples as the clusters are worth: both counts divided by the design effect, as Rao and Scott do.</summary>
    public Proportion Effective
    {
        get
        {
            var effect = (decimal)Math.Min(DesignEffect, 1e12);
            return new Proportion(Sum.Successes / effect, Sum.Samples / effect);
        }
    }

    /// <summary>The share with Wilson's interval of the effective samples; null without samples.</summary>
    public ShareInterval? Interval() => Effective.Interval() is { } share ? share with { Samples = Sum.Samples,
        EffectiveSamples = Math.Round(Effective.Samples, 2) } : null;
}
