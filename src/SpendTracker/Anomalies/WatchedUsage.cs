using System.Runtime.InteropServices;

namespace SpendTracker.Anomalies;

/// <summary>What a workload's usage cost on each of the days that are looked at, by SKU and meter. In memory.</summary>
/// <param name="from">The first day.</param>
/// <param name="days">How many.</param>
internal sealed class WatchedUsage(DateOnly from, int days)
{
    private readonly bool[] _isUsed = new bool[days];
    private readonly Dictionary<SkuMeter, decimal[]> _parts = [];

    /// <summary>What was read of a day before is no longer so. Days beyond those that are looked at are none.</summary>
    /// <returns>Whether anything had been read of it.</returns>
    public bool Forget(DateOnly day)
    {
        var (at, hadAny) = (PlaceOf(day), false);
        if (at < 0)
        {
            return false;
        }

        (hadAny, _isUsed[at]) = (_isUsed[at], false);
        foreach (var costs in _parts.Values)
        {
            hadAny |= costs[at] != 0;
            costs[at] = 0;
        }

        return hadAny;
    }

    public void Add(SkuMeter part, DateOnly day, decimal amount, bool isUsed)
    {
        if (PlaceOf(day) is var at && at < 0)
        {
            return;
        }

        _isUsed[at] |= isUsed;
        if (amount != 0)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_parts, part, out _) ??= new decimal[days])[at] += amount;
        }
    }

    /// <summary>What a day cost: of all, or of a part.</summary>
    public decimal CostOf(DateOnly day, SkuMeter? part) =>
        PlaceOf(day) is var at && at < 0 ? 0 : _parts.Where(one => part is null || one.Key == part).Sum(one => one.Value[at]);

    /// <summary>Whether it reported on a day or later.</summary>
    public bool IsUsedSince(DateOnly day) => _isUsed.AsSpan(Math.Clamp(day.DayNumber - from.DayNumber, 0, days)..).Contains(true);

    /// <summary>From the first day that it reported, or cost something, to the last that is looked at; the parts from the same day on.</summary>
    public (DateOnly First, AnomalyDay[] Whole, IReadOnlyList<(SkuMeter Part, decimal[] Costs)> Parts) Series()
    {
        var whole = new AnomalyDay[days];
        for (var day = 0; day < days; day++)
        {
            var sum = 0m;
            foreach (var costs in _parts.Values)
            {
                sum += costs[day];
            }

            whole[day] = new(sum, _isUsed[day]);
        }

        var first = Array.FindIndex(whole, day => day.HasUsage || day.Amount != 0);
        return first < 0 ? (from, [], []) : (from.AddDays(first), whole[first..], [.. _parts.Select(part => (part.Key, part.Value[first..]))]);
    }

    private int PlaceOf(DateOnly day) => day.DayNumber - from.DayNumber is var at && at >= 0 && at < days ? at : -1;
}
