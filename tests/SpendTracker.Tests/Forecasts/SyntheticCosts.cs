using SpendTracker.Contracts;
using SpendTracker.Forecasts;

namespace SpendTracker.Tests.Forecasts;

/// <summary>
/// Two years of recurring costs of 40 workloads, made up from a seed: usage with weekdays, noise of its own, slow drift, steps and
/// growth; batches; hosting day by day; labour on weekdays. A third starts within the time, some stop. Of the tests; the product
/// has not seen it, and no rule was chosen by these seeds.
/// </summary>
internal sealed class SyntheticCosts
{
    public const int Workloads = 40;
    public static readonly DateOnly First = new(2024, 1, 1);
    public static readonly int Days = new DateOnly(2026, 1, 1).DayNumber - First.DayNumber;

    private readonly Random _random;
    private readonly double _growth;

    /// <param name="growth">By month, of each workload.</param>
    public SyntheticCosts(int seed, double growth)
    {
        (_random, _growth) = (new Random(seed), growth);
        Series = [.. Enumerable.Range(0, Workloads).Select(Workload)];
    }

    /// <summary>By workload: its components.</summary>
    public IReadOnlyList<IReadOnlyList<(ComponentKind Kind, double[] Costs)>> Series { get; }

    public PastForecasts Total() => new([.. Series.SelectMany(Components)], Days, grows: true);

    public PastForecasts Of(int workload) => new([.. Components(Series[workload])], Days, grows: false);

    private static IEnumerable<ScopeComponent> Components(IReadOnlyList<(ComponentKind Kind, double[] Costs)> workload) => workload.Select(component =>
    {
        var days = new KnownDays(component.Costs, []);
        return new ScopeComponent(component.Kind, days, days);
    });

    private IReadOnlyList<(ComponentKind Kind, double[] Costs)> Workload(int number)
    {
        var size = Math.Exp(4 + (1.1 * Normal()));
        var start = number % 3 == 0 ? _random.Next(Days - 60) : 0;
        var end = number % 9 == 4 ? Math.Min(Days, start + 150 + _random.Next(400)) : Days;
        List<(ComponentKind, double[])> components = [];
        if (number % 8 == 7)
        {
            components.Add((ComponentKind.Other, Batches(start, end, size)));
        }
        else
        {
            components.Add((ComponentKind.Other, Usage(start, end, size)));
        }

        if (number % 4 == 1)
        {
            components.Add((ComponentKind.Hosting, Hosting(start, end, size)));
        }

        if (number % 2 == 0)
        {
            components.Add((ComponentKind.Labour, Labour(start, end, size)));
        }

        return components;
    }

    private double[] Usage(int start, int end, double size)
    {
        var (weekend, noise, drift) = (0.2 + (0.8 * _random.NextDouble()), 0.08 + (0.35 * _random.NextDouble()), 0.0);
        var (ramp, costs, lasting) = (start == 0 ? 0 : 10 + _random.Next(30), new double[Days], 0.0);
        for (var day = start; day < end; day++)
        {
            drift = (0.99 * drift) + (0.012 * Normal());
            lasting = (0.4 * lasting) + (0.9 * Normal());
            if (_random.NextDouble() < 1.0 / 500)
            {
                size *= Math.Exp(0.35 * Normal()); // A step: another model, another prompt.
            }

            var ramped = ramp == 0 ? 1 : Math.Min(1, 0.2 + (0.8 * (day - start) / ramp));
            costs[day] = Grown(size, day) * ramped * Weekday(day, weekend) * Math.Exp(drift + (noise * lasting) - (noise * noise / 2));
        }

        return costs;
    }

    private double[] Batches(int start, int end, double size)
    {
        var (every, costs) = (2 + _random.Next(6), new double[Days]);
        for (var day = start; day < end; day++)
        {
            costs[day] = (day - start) % every == 0 || _random.NextDouble() < 0.03 ? Grown(size, day) * every * Math.Exp(0.3 * Normal()) : 0;
        }

        return costs;
    }

    private double[] Hosting(int start, int end, double size)
    {
        var (costs, units) = (new double[Days], 1);
        for (var day = start; day < end; day++)
        {
            units = _random.NextDouble() < 1.0 / 200 ? 1 + _random.Next(3) : units;
            costs[day] = size * 0.8 * units * (_random.NextDouble() < 0.02 ? 0.9 : 1);
        }

        return costs;
    }

    private double[] Labour(int start, int end, double size)
    {
        var (weekday, costs) = (1 + _random.Next(5), new double[Days]);
        for (var day = start; day < end; day++)
        {
            var dayOfWeek = (int)First.AddDays(day).DayOfWeek;
            costs[day] = dayOfWeek == weekday || (dayOfWeek is > 0 and < 6 && _random.NextDouble() < 0.15) ? size * (0.8 + (0.8 * _random.NextDouble())) : 0;
        }

        return costs;
    }

    private double Grown(double size, int day) => size * Math.Pow(1 + _growth, day / 30.44);

    private static double Weekday(int day, double weekend) => First.AddDays(day).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? weekend : 1;

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
