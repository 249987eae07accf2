using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace SpendTracker.Forecasts;

/// <summary>What a part cost on one day.</summary>
/// <param name="Part">Its place in <see cref="DailyCosts.Parts"/>.</param>
/// <param name="KnownOn">The day on which it was recorded, or its price published: then the amount is by how much more it costs.</param>
/// <param name="Amount">In the reporting currency.</param>
internal readonly record struct DailyCost(int Part, DateOnly KnownOn, decimal Amount);

/// <summary>What each day cost, part by part, at one moment. Does not change.</summary>
internal sealed record DailyCosts(IReadOnlyList<CostPart> Parts, ImmutableDictionary<DateOnly, DailyCost[]> Days)
{
    public static DailyCosts Nothing { get; } = new([], ImmutableDictionary<DateOnly, DailyCost[]>.Empty);

    /// <summary>
    /// The same, by component of a workload. What was used before the first day on which anything of the component was recorded is
    /// history that was imported: it counts as known on its own day, since nobody could have forecast by it.
    /// </summary>
    /// <param name="today">The last day that a series has; what is recorded for later days is <see cref="PartSeries.Ahead"/>.</param>
    public IReadOnlyList<ComponentSeries> Components(DateOnly today)
    {
        var first = Days.IsEmpty ? today : Days.Keys.Min();
        if (first > today)
        {
            first = today;
        }

        Dictionary<(string, string, bool, string), ComponentSeries> components = [];
        var series = new PartSeries?[Parts.Count];
        foreach (var (day, costs) in Days)
        {
            foreach (var cost in costs)
            {
                ref var part = ref series[cost.Part];
                if (part is null)
                {
                    ref var component = ref CollectionsMarshal.GetValueRefOrAddDefault(components, Parts[cost.Part].Whole, out _);
                    component ??= new(first, today);
                    part = new(Parts[cost.Part], today.DayNumber - first.DayNumber + 1);
                    component.Parts.Add(part);
                }

                part.Add(day.DayNumber - first.DayNumber, cost.KnownOn.DayNumber - first.DayNumber, cost.Amount);
            }
        }

        return [.. components.Values];
    }
}

/// <summary>A part's costs by day; days are counted from the first of the series.</summary>
internal sealed class PartSeries(CostPart part, int days)
{
    public CostPart Part { get; } = part;

    /// <summary>By day, up to today.</summary>
    public decimal[] Costs { get; } = new decimal[days];

    /// <summary>Recorded for days to come.</summary>
    public Dictionary<int, decimal> Ahead { get; } = [];

    public List<(int Day, int KnownOn, decimal Amount)> Late { get; } = [];

    public int FirstKnownOn { get; private set; } = int.MaxValue;

    public void Add(int day, int knownOn, decimal amount)
    {
        FirstKnownOn = Math.Min(FirstKnownOn, knownOn);
        if (day >= Costs.Length)
        {
            Ahead[day] = Ahead.GetValueOrDefault(day) + amount;
            return;
        }

        Costs[day] += amount;
        if (knownOn > day)
        {
            Late.Add((day, knownOn, amount));
        }
    }
}

/// <summary>A component of a workload, or of its labour one kind of work: its parts, and what they cost together.</summary>
/// <param name="First">Day 0.</param>
/// <param name="Today">The last day.</param>
internal sealed record ComponentSeries(DateOnly First, DateOnly Today)
{
    public List<PartSeries> Parts { get; } = [];

    public bool IsOnce => Parts[0].Part.IsOnce;

    public ComponentKind Kind => Parts[0].Part.Kind;

    /// <summary>What belongs to a scope, as it becomes known; null if nothing does.</summary>
    public ScopeComponent? In(Func<PartSeries, bool> scope)
    {
        var inside = Parts.FindAll(part => scope(part));
        if (inside.Count == 0)
        {
            return null;
        }

        var whole = Known(Parts);
        return new(Kind, whole, inside.Count == Parts.Count ? whole : Known(inside));
    }

    private KnownDays Known(List<PartSeries> parts)
    {
        var (prompt, late, firstKnown) = (new double[Parts[0].Costs.Length], new List<LateCost>(), Parts.Min(part => part.FirstKnownOn));
        foreach (var part in parts)
        {
            for (var day = 0; day < prompt.Length; day++)
            {
                prompt[day] += (double)part.Costs[day];
            }

            foreach (var cost in part.Late.Where(cost => cost.Day >= firstKnown))
            {
                prompt[cost.Day] -= (double)cost.Amount;
                late.Add(new(cost.Day, cost.KnownOn, (double)cost.Amount));
            }
        }

        return new(prompt, late);
    }

    /// <summary>How it goes on after a day, by all that is known now.</summary>
    /// <param name="last">The last full day: yesterday.</param>
    public Habit HabitAt(int last)
    {
        var (costs, use) = (new decimal[last + 1], new Use(Kind));
        for (var day = 0; day <= last; day++)
        {
            foreach (var part in Parts)
            {
                costs[day] += part.Costs[day];
            }

            use.Add(day, costs[day] != 0);
        }

        return last < 0 ? new(Rule.Nothing, last, 0) : Habit.Of<decimal>(costs, use, last, Kind);
    }
}
