namespace SpendTracker.Forecasts;

/// <summary>A charge that has come again and again, and is expected on a day to come: seats, a subscription, a support plan.</summary>
/// <param name="Day">On which it is expected: today if it is overdue.</param>
/// <param name="Workload">Whose it is, like the approach and the component.</param>
/// <param name="Amount">What it was the last time, in the reporting currency; negative for a credit.</param>
/// <param name="EveryMonths">Months from one to the next: 1, 3 or 12.</param>
/// <param name="Last">The day on which it came last.</param>
public sealed record ScheduledCharge(DateOnly Day, string Workload, string Approach, string Component, decimal Amount, int EveryMonths, DateOnly Last);

/// <summary>
/// Which charges are expected as scheduled. One that came a month, a quarter or a year after another, on about the same day and of about
/// the same amount, is expected to come again. One that came once is not: nothing foretells it. Charges of a workload, approach and component
/// on one day are one, since a day's sum repeats if all of them do. Pure.
/// </summary>
internal static class ChargeSchedule
{
    /// <summary>A charge is made on the first workday after its day, or on the last before.</summary>
    private const int Tolerance = 3;

    /// <summary>Days for which one that has not come is still expected. Then it has ended.</summary>
    private const int Grace = 5;

    /// <summary>The larger of two alike ÷ the smaller, at most: another exchange rate, some usage in an invoice.</summary>
    private const decimal Alike = 1.1m;

    /// <summary>The same for one that comes on the day of a series: more seats, or another price.</summary>
    private const decimal AlikeInSeries = 1.5m;

    /// <summary>Of what has come so often monthly, a quarter is no schedule of its own.</summary>
    private const int SurelyMonthly = 3;

    private static readonly int[] Periods = [1, 3, 12];

    /// <summary>The charges to come, those of the same series one after the other.</summary>
    /// <param name="part">Whose they are.</param>
    /// <param name="charged">What was charged on each day, of one part; none of 0.</param>
    /// <param name="today">Charges of later days, if any, are recorded, and not expected.</param>
    /// <param name="until">The last day that is asked for.</param>
    public static IReadOnlyList<ScheduledCharge> Of(CostPart part, IReadOnlyDictionary<DateOnly, decimal> charged, DateOnly today, DateOnly until)
    {
        List<(DateOnly Next, DateOnly Last, int Every, int Times)> series = [];
        HashSet<DateOnly> monthly = [];
        foreach (var every in Periods)
        {
            var (next, times) = Series(charged, every);
            foreach (var (day, count) in times.Where(one => one.Value > 1 && !monthly.Contains(one.Key)))
            {
                var due = day.AddMonths(every);
                if (!next.ContainsKey(day) && due.AddDays(Grace) >= today)
                {
                    series.Add((due < today ? today : due, day, every, count));
                }
            }

            if (every == 1)
            {
                monthly.UnionWith(OfLong(next, times));
            }
        }

        // Two kinds of series that expect a charge on the same day: the one that has held longer is right.
        List<ScheduledCharge> expected = [];
        foreach (var (due, last, every, _) in series.OrderByDescending(one => one.Times).ThenBy(one => one.Every).ThenBy(one => one.Last))
        {
            if (!expected.Exists(other => other.EveryMonths != every && Math.Abs(other.Day.DayNumber - due.DayNumber) <= 1))
            {
                var (day, times) = (due, 1);
                for (; day <= until; day = last.AddMonths(++times * every))
                {
                    expected.Add(new(day, part.Workload, part.Approach, part.Component, charged[last], every, last));
                }
            }
        }

        return expected;
    }

    /// <summary>From each charge to the one that it was followed by (each follows one at most, and the nearest to its day), and how many it is the last of so far.</summary>
    private static (Dictionary<DateOnly, DateOnly> Next, Dictionary<DateOnly, int> Times) Series(IReadOnlyDictionary<DateOnly, decimal> charged, int months)
    {
        List<(int Off, DateOnly From, DateOnly To)> pairs = [];
        foreach (var (day, amount) in charged)
        {
            for (var off = -Tolerance; off <= Tolerance; off++)
            {
                if (day.AddMonths(months).AddDays(off) is var then && charged.TryGetValue(then, out var other) && AreAlike(amount, other, Alike))
                {
                    pairs.Add((Math.Abs(off), day, then));
                }
            }
        }

        Dictionary<DateOnly, DateOnly> next = [];
        HashSet<DateOnly> followed = [];
        foreach (var (_, from, to) in pairs.Order())
        {
            if (!next.ContainsKey(from) && followed.Add(to))
            {
                next.Add(from, to);
            }
        }

        Dictionary<DateOnly, int> times = [];
        foreach (var day in charged.Keys.Order())
        {
            var count = times[day] = times.GetValueOrDefault(day) + 1;
            if (count > 1 && !next.ContainsKey(day))
            {
                // The series is there: its next charge may be of another amount.
                var due = day.AddMonths(months);
                var then = Enumerable.Range(-Tolerance, (2 * Tolerance) + 1).OrderBy(Math.Abs).Select(due.AddDays)
                    .FirstOrDefault(other => charged.TryGetValue(other, out var amount) && AreAlike(charged[day], amount, AlikeInSeries) && !followed.Contains(other));
                if (then != default)
                {
                    next.Add(day, then);
                    followed.Add(then);
                }
            }

            if (next.TryGetValue(day, out var follower))
            {
                times[follower] = count;
            }
        }

        return (next, times);
    }

    /// <summary>The charges of series that are surely monthly.</summary>
    private static HashSet<DateOnly> OfLong(Dictionary<DateOnly, DateOnly> next, Dictionary<DateOnly, int> times)
    {
        HashSet<DateOnly> longOnes = [.. times.Where(one => one.Value >= SurelyMonthly).Select(one => one.Key)];
        foreach (var (from, to) in next.OrderByDescending(link => link.Key))
        {
            if (longOnes.Contains(to))
            {
                longOnes.Add(from);
            }
        }

        return longOnes;
    }

    private static bool AreAlike(decimal one, decimal other, decimal most) =>
        Math.Sign(one) == Math.Sign(other) && Math.Max(Math.Abs(one), Math.Abs(other)) / most <= Math.Min(Math.Abs(one), Math.Abs(other));
}
