using System.Numerics;

namespace SpendTracker.Forecasts;

/// <summary>By what the days to come are expected.</summary>
internal enum Rule
{
    /// <summary>Nothing is expected: it has not begun, or it has stopped.</summary>
    Nothing,

    /// <summary>The average day, of less than a week: a rough guess.</summary>
    AverageDay,

    /// <summary>The last seven days again.</summary>
    LastWeek,

    /// <summary>The average of the weeks so far, the first of which may have begun before it: labour, of which a day does not stand for the next.</summary>
    WeeksSoFar,

    /// <summary>The average of the last four of the same weekday.</summary>
    FourWeeks,

    /// <summary>The last day that cost something, again and again: hosting.</summary>
    LastDay,
}

/// <summary>
/// How a component of a workload is expected to go on. The rule is chosen by the whole component, and every rule is a weighted sum of
/// its days: so what its parts are expected to cost (an approach, a model) adds up to what the whole is. Pure.
/// Source: variants that were tried on the demo, on a real series and on synthetic ones; see <c>tests/README.md</c>.
/// </summary>
/// <param name="Day">The last full day, which the rule looks back from; counted from the first day of the series.</param>
/// <param name="Days">Days in use, up to that one.</param>
internal readonly record struct Habit(Rule Rule, int Day, int Days)
{
    public const int Week = 7;

    /// <summary>Days that a weekday's average is taken of.</summary>
    public const int Window = 28;

    /// <summary>Whether there is less than a week to go by.</summary>
    public bool IsRough => Rule == Rule.AverageDay || (Rule == Rule.WeeksSoFar && Days < Week);

    /// <param name="costs">Of the whole component, by day.</param>
    /// <param name="use">Up to the day.</param>
    /// <param name="day">The last full day.</param>
    public static Habit Of<T>(ReadOnlySpan<T> costs, Use use, int day, ComponentKind kind)
        where T : INumber<T>
    {
        var days = use.DaysAt(day);
        return days == 0 ? new(Rule.Nothing, day, 0)
            : kind == ComponentKind.Hosting ? HasWeekdays(costs, day, days) ? new(Rule.LastWeek, day, days) : new(Rule.LastDay, use.LastUsed, days)
            : days >= Window ? new(Rule.FourWeeks, day, days)
            : kind == ComponentKind.Labour ? new(Rule.WeeksSoFar, day, days)
            : days < Week ? new(Rule.AverageDay, day, days)
            : new(Rule.LastWeek, day, days);
    }

    /// <summary>What a day of each weekday is expected to cost, of the component or a part of it.</summary>
    /// <param name="costs">By day.</param>
    /// <param name="byWeekday">Seven sums that it is added to; the place of a day is its number modulo 7.</param>
    public void AddTo<T>(ReadOnlySpan<T> costs, Span<T> byWeekday)
        where T : INumber<T>
    {
        switch (Rule)
        {
            case Rule.AverageDay:
                var sum = T.Zero;
                foreach (var cost in costs[(Day - Days + 1)..(Day + 1)])
                {
                    sum += cost;
                }

                AddToAll(byWeekday, sum / T.CreateChecked(Days));
                break;
            case Rule.LastDay:
                AddToAll(byWeekday, costs[Day]);
                break;
            case Rule.LastWeek:
                for (var day = Day - Week + 1; day <= Day; day++)
                {
                    byWeekday[day % Week] += costs[day];
                }

                break;
            case Rule.WeeksSoFar:
                var weeks = ((Days - 1) / Week) + 1;
                for (var day = Math.Max(0, Day - (weeks * Week) + 1); day <= Day; day++)
                {
                    byWeekday[day % Week] += costs[day] / T.CreateChecked(weeks);
                }

                break;
            case Rule.FourWeeks:
                for (var day = Day - Week + 1; day <= Day; day++)
                {
                    byWeekday[day % Week] += (costs[day] + costs[day - 7] + costs[day - 14] + costs[day - 21]) / T.CreateChecked(4);
                }

                break;
        }
    }

    private static void AddToAll<T>(Span<T> byWeekday, T cost)
        where T : INumber<T>
    {
        for (var weekday = 0; weekday < Week; weekday++)
        {
            byWeekday[weekday] += cost;
        }
    }

    /// <summary>Whether hosting goes by the week, like one that rests at weekends: the last week was nearer to the week before than each day to the day before.</summary>
    private static bool HasWeekdays<T>(ReadOnlySpan<T> costs, int day, int days)
        where T : INumber<T>
    {
        if (days < 2 * Week)
        {
            return false;
        }

        var (toTheWeek, toTheDay) = (T.Zero, T.Zero);
        for (var at = day - Week + 1; at <= day; at++)
        {
            toTheWeek += T.Abs(costs[at] - costs[at - Week]);
            toTheDay += T.Abs(costs[at] - costs[at - 1]);
        }

        return toTheWeek < toTheDay;
    }
}
