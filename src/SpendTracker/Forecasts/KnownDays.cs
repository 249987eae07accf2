namespace SpendTracker.Forecasts;

/// <summary>A cost that became known after its day.</summary>
/// <param name="KnownOn">The day on which it was recorded; both are counted from the first day of the series.</param>
internal readonly record struct LateCost(int Day, int KnownOn, double Amount);

/// <summary>What days cost, as it was known at the end of a day that moves on.</summary>
/// <param name="prompt">By day: what was known on the day itself.</param>
/// <param name="late">What became known later.</param>
internal sealed class KnownDays(double[] prompt, IEnumerable<LateCost> late)
{
    private readonly double[] _costs = (double[])prompt.Clone();
    private readonly LateCost[] _late = [.. late.OrderBy(cost => cost.KnownOn)];
    private int _taken;

    /// <summary>By day. What is behind the day that was moved to is not known yet, and not to be looked at.</summary>
    public ReadOnlySpan<double> Costs => _costs;

    /// <summary>Moves on to the end of a day.</summary>
    /// <returns>The earliest day before it that has changed; the day itself if none has.</returns>
    public int MoveTo(int day)
    {
        var earliest = day;
        for (; _taken < _late.Length && _late[_taken].KnownOn <= day; _taken++)
        {
            _costs[_late[_taken].Day] += _late[_taken].Amount;
            earliest = Math.Min(earliest, _late[_taken].Day);
        }

        return earliest;
    }
}
