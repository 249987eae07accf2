namespace SpendTracker.Benchmarks;

/// <summary>Figures of several rounds or calls.</summary>
internal sealed class Series
{
    private readonly List<double> _values = [];

    public void Add(double value) => _values.Add(value);

    public void AddRange(IEnumerable<double> values) => _values.AddRange(values);

    public int Count => _values.Count;

    public double Median => Percentile(0.5);

    public double Min => _values.Min();

    public double Max => _values.Max();

    /// <summary>The smallest value that at least this share of the values does not exceed.</summary>
    public double Percentile(double share)
    {
        var sorted = _values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
