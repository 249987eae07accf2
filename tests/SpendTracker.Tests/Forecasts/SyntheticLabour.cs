using SpendTracker.Forecasts;

namespace SpendTracker.Tests.Forecasts;

/// <summary>
/// Two years of labour of one workload, made up from a seed, by kind of work: setting up for weeks, then upkeep once a week and a day of
/// evaluation now and then, and again; or, where kinds say nothing, steady work that is named at random.
/// </summary>
internal sealed class SyntheticLabour
{
    public static readonly DateOnly First = SyntheticCosts.First;
    public static readonly int Days = SyntheticCosts.Days;

    private readonly Random _random;
    private readonly Dictionary<string, double[]> _costs = [];

    public SyntheticLabour(int seed, bool inPhases)
    {
        _random = new(seed);
        var (price, start) = (50 + (200 * _random.NextDouble()), _random.Next(100));
        if (inPhases)
        {
            Phases(start, price);
        }
        else
        {
            NamedAtRandom(start, price);
        }
    }

    /// <summary>Each kind of work by a rule of its own.</summary>
    public PastForecasts ByKind() => new([.. _costs.Values.Select(Component)], Days, grows: false);

    /// <summary>All of it by one rule.</summary>
    public PastForecasts Together() => new([Component([.. Enumerable.Range(0, Days).Select(day => _costs.Values.Sum(costs => costs[day]))])], Days, grows: false);

    private static ScopeComponent Component(double[] costs)
    {
        var days = new KnownDays(costs, []);
        return new(ComponentKind.Labour, days, days);
    }

    private void Phases(int start, double price)
    {
        var weekday = 1 + _random.Next(5);
        while (start < Days)
        {
            var (setUp, often) = (start + 14 + _random.Next(76), 0.5 + (0.5 * _random.NextDouble()));
            for (; start < Math.Min(setUp, Days); start++)
            {
                Work("integration", start, IsWorkday(start) && _random.NextDouble() < often, price * (0.7 + (0.6 * _random.NextDouble())));
            }

            for (var end = start + 120 + _random.Next(280); start < Math.Min(end, Days); start++)
            {
                Work("maintenance", start, (int)First.AddDays(start).DayOfWeek == weekday && _random.NextDouble() < 0.9, price * (0.4 + (0.6 * _random.NextDouble())));
                Work("evaluation", start, IsWorkday(start) && _random.NextDouble() < 1 / 60.0, price * (1 + (2 * _random.NextDouble())));
            }
        }
    }

    private void NamedAtRandom(int start, double price)
    {
        var (often, kinds) = (0.2 + (0.6 * _random.NextDouble()), 2 + _random.Next(3));
        for (; start < Days; start++)
        {
            Work($"kind-{_random.Next(kinds)}", start, IsWorkday(start) && _random.NextDouble() < often, price * (0.7 + (0.6 * _random.NextDouble())));
        }
    }

    private void Work(string kind, int day, bool isDone, double cost)
    {
        if (isDone)
        {
            (_costs.TryGetValue(kind, out var costs) ? costs : _costs[kind] = new double[Days])[day] = cost;
        }
    }

    private static bool IsWorkday(int day) => First.AddDays(day).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
}
