using Npgsql;
using SpendTracker.Costs;
using SpendTracker.Settings;

namespace SpendTracker.Forecasts;

/// <summary>What each day cost, of one value of each dimension.</summary>
/// <param name="Keys">Dimension → value.</param>
/// <param name="Days">In the reporting currency, from the first day on.</param>
public sealed record DailySeries(IReadOnlyDictionary<string, string> Keys, IReadOnlyList<decimal> Days);

/// <summary>Daily costs of one moment.</summary>
/// <param name="First">The first day that is in them: later than what was asked for if that is too long ago.</param>
/// <param name="Last">The last day: today, if later days were asked for.</param>
/// <param name="Series">Those of which any day cost something, dearest first.</param>
public sealed record DailySeriesAnswer(DateOnly First, DateOnly Last, IReadOnlyList<DailySeries> Series)
{
    /// <summary>The days, in their order; none if nothing of what was asked for has come, or is so recent.</summary>
    public IEnumerable<DateOnly> Days => Enumerable.Range(0, Math.Max(0, Last.DayNumber - First.DayNumber + 1)).Select(First.AddDays);
}

/// <summary>
/// What days cost, by the day of use, at the prices and with the owners of now. What closed months were corrected by is of no day, so the days of
/// a month need not add up to what is booked in it.
/// </summary>
public sealed class DailyCostQuery(NpgsqlDataSource dataSource, DailyCostReading daily, ReportingClock clock)
{
    /// <summary>The dimensions that days may be broken down by, and narrowed to.</summary>
    public static IReadOnlyList<CostDimension> Dimensions => CostPart.Dimensions;

    /// <summary>The first day that can be asked for.</summary>
    public DateOnly Earliest => clock.Today.AddDays(-DailyCostReading.Days);

    /// <summary>Days with what they cost. Reads memory, and from the database what has changed.</summary>
    /// <param name="by">Of <see cref="Dimensions"/>; none for one series.</param>
    /// <param name="where">Dimension → values, of which a cost has one.</param>
    public async Task<DailySeriesAnswer> ByAsync(
        DateOnly first, DateOnly last, IReadOnlyList<CostDimension> by, IReadOnlyDictionary<string, IReadOnlyList<string>> where, CancellationToken cancellationToken)
    {
        var owners = by.Any(dimension => dimension.IsOfRegistry) || where.Keys.Any(name => CostDimension.Find(name)!.IsOfRegistry)
            ? await WorkloadOwner.ReadAsync(dataSource, cancellationToken)
            : [];
        var today = clock.Today;
        var costs = await daily.ReadAsync(today, cancellationToken);
        return Of(costs, first > Earliest ? first : Earliest, last < today ? last : today, by, where, owners);
    }

    internal static DailySeriesAnswer Of(
        DailyCosts costs, DateOnly first, DateOnly last, IReadOnlyList<CostDimension> by, IReadOnlyDictionary<string, IReadOnlyList<string>> where,
        IReadOnlyDictionary<string, WorkloadOwner> owners)
    {
        var days = Math.Max(0, last.DayNumber - first.DayNumber + 1);
        Dictionary<ScopeKey, decimal[]> series = [];
        var ofPart = costs.Parts.Select(part =>
        {
            if (!where.All(condition => condition.Value.Contains(part.ValueOf(condition.Key, owners))))
            {
                return null;
            }

            var key = new ScopeKey(by, [.. by.Select(dimension => part.ValueOf(dimension.Name, owners))]);
            if (!series.TryGetValue(key, out var own))
            {
                series.Add(key, own = new decimal[days]);
            }

            return own;
        }).ToArray();
        for (var at = 0; at < days; at++)
        {
            foreach (var cost in costs.Days.GetValueOrDefault(first.AddDays(at), []))
            {
                if (ofPart[cost.Part] is { } own)
                {
                    own[at] += cost.Amount;
                }
            }
        }

        return new(first, last, [.. series.Where(pair => pair.Value.Any(amount => amount != 0))
            .OrderByDescending(pair => pair.Value.Sum()).ThenBy(pair => pair.Key.Text, StringComparer.Ordinal).Select(pair => new DailySeries(pair.Key.Values, pair.Value))]);
    }
}
