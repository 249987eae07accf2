using SpendTracker.Contracts;

namespace SpendTracker.Anomalies;

/// <summary>
/// Which days of a workload's usage are unusual. A day is compared with the same weekday of the eight weeks before it, on a
/// logarithmic scale, and the difference with how far the days of those weeks strayed. Medians, so that yesterday's mistake does
/// not hide today's; they are for alarms only, and never for sums of money. Pure.
/// <para>
/// With y the day's cost, m the median of its weekday in the 8 weeks before, and c a tenth of the mean day of 28:
/// x = ln((y + c) ÷ (m + c)); z = (x − centre) ÷ s, where centre is the median of x over 56 days, within ±0.3, and s the largest of
/// 1.4826 × their median absolute deviation, their 95 % quantile of |x − centre| ÷ 1.96, and 0.08.
/// Sources: the factors make s the standard deviation of a normal distribution (P. Rousseeuw, C. Croux, 1993); the slow sum is a
/// CUSUM (E. S. Page, 1954). What it finds, and how often it is wrong, is measured by simulation: tests/README.md.
/// </para>
/// </summary>
internal static class AnomalyRule
{
    /// <summary>Of days in use that must lie before the first one that is judged.</summary>
    public const int DaysNeeded = 84;

    /// <summary>So many days before a day can have a say in how it is judged.</summary>
    public const int DaysLookedAt = 2 * Window;

    /// <summary>After an alarm a workload rings no more for so many days.</summary>
    public const int DaysOfRest = 7;

    /// <summary>A workload that has reported for fewer days is not missed.</summary>
    public const int DaysNeededForSilence = 28;

    private const int Window = 56;
    private const double OneDay = 5;
    private const double TwoDays = 3;
    private const double LeastOfTwoDays = 0.25;
    private const double SlowSum = 10;
    private const double SlowDrift = 0.75;
    private const double LeastOfSlowSum = 0.1;
    private const double MostAmount = 1e18;

    /// <summary>The unusual days, oldest first.</summary>
    /// <param name="first">The first day that the workload reported.</param>
    /// <param name="used">Each day since. The last one is today: its cost so far may be too much already, and it is not over.</param>
    public static IReadOnlyList<AnomalyFinding> Find(DateOnly first, ReadOnlySpan<AnomalyDay> used)
    {
        var days = new double[used.Length];
        for (var day = 0; day < days.Length; day++)
        {
            days[day] = (double)Math.Max(0, used[day].Amount);
        }

        var found = FindHigh(first, used, days);
        if (FindSilence(first, used, days) is { } silence)
        {
            found.Add(silence);
        }

        return [.. found.OrderBy(finding => finding.Day)];
    }

    private static List<AnomalyFinding> FindHigh(DateOnly first, ReadOnlySpan<AnomalyDay> used, double[] days)
    {
        var strayed = new double[days.Length];
        var (sum, before, rest) = (0.0, new Judged(0, 0), 0);
        List<AnomalyFinding> found = [];
        for (var day = Window; day < days.Length; day++)
        {
            var (usual, margin) = (MedianOfWeekday(days, day), Mean(days.AsSpan(day - 28, 28)) / 10);
            strayed[day] = usual + margin > 0 ? Math.Log((days[day] + margin) / (usual + margin)) : 0;
            if (day < DaysNeeded || usual + margin <= 0)
            {
                continue;
            }

            var spread = Spread.Of(strayed.AsSpan(Math.Max(Window, day - Window)..day));
            var judged = new Judged(strayed[day], (strayed[day] - spread.Centre) / spread.Deviation);
            sum = Math.Max(0, sum + Math.Min(judged.Score, TwoDays) - SlowDrift);
            AnomalyKind? kind = judged.Score > OneDay || (judged.Lasts && before.Lasts) ? AnomalyKind.Spike
                : sum > SlowSum && judged.Strayed > LeastOfSlowSum && day < days.Length - 1 ? AnomalyKind.Rise : null;
            before = judged;
            if (rest-- <= 0 && kind is { } unusual)
            {
                decimal At(double score) => (decimal)Math.Clamp(((usual + margin) * Math.Exp(spread.Centre + (score * spread.Deviation))) - margin, 0, MostAmount);
                found.Add(new(first.AddDays(day), unusual, used[day].Amount, At(0), At(OneDay), Math.Round((decimal)judged.Score, 1)));
                (sum, rest) = (0, DaysOfRest);
            }
        }

        return found;
    }

    /// <summary>
    /// The last days are without usage, and more than twice as many as ever were in a row in the 120 days before, by one at least.
    /// It is of the first of these days.
    /// </summary>
    private static AnomalyFinding? FindSilence(DateOnly first, ReadOnlySpan<AnomalyDay> used, double[] days)
    {
        var begin = used.Length - 1;
        while (begin > 0 && !used[begin - 1].HasUsage)
        {
            begin--;
        }

        var silent = used.Length - 1 - begin;
        if (silent == 0 || used[^1].HasUsage || begin < DaysNeededForSilence)
        {
            return null;
        }

        var (longest, gap) = (0, 0);
        foreach (var day in used[Math.Max(0, begin - 120)..begin])
        {
            gap = day.HasUsage ? 0 : gap + 1;
            longest = Math.Max(longest, gap);
        }

        return silent > 2 * longest
            ? new(first.AddDays(begin), AnomalyKind.Silence, 0, (decimal)Mean(days.AsSpan(Math.Max(0, begin - 28)..begin)), null, null)
            : null;
    }

    private static double MedianOfWeekday(double[] days, int day)
    {
        Span<double> same = stackalloc double[Window / 7];
        for (var week = 0; week < same.Length; week++)
        {
            same[week] = days[day - (7 * (week + 1))];
        }

        return Median(same);
    }

    private static double Mean(ReadOnlySpan<double> days)
    {
        var sum = 0.0;
        foreach (var day in days)
        {
            sum += day;
        }

        return sum / days.Length;
    }

    /// <param name="values">Are sorted.</param>
    private static double Median(Span<double> values)
    {
        values.Sort();
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    /// <summary>How a day differs from its weekday, and by how many deviations that is more than usual.</summary>
    private readonly record struct Judged(double Strayed, double Score)
    {
        public bool Lasts => Score > TwoDays && Strayed > LeastOfTwoDays;
    }

    private readonly record struct Spread(double Centre, double Deviation)
    {
        public static Spread Of(ReadOnlySpan<double> strayed)
        {
            Span<double> values = stackalloc double[Window];
            values = values[..strayed.Length];
            strayed.CopyTo(values);
            var centre = Math.Clamp(Median(values), -0.3, 0.3);
            for (var at = 0; at < values.Length; at++)
            {
                values[at] = Math.Abs(strayed[at] - centre);
            }

            var deviation = Median(values) * 1.4826;
            return new(centre, Math.Max(Math.Max(deviation, values[(int)Math.Ceiling(0.95 * values.Length) - 1] / 1.96), 0.08));
        }
    }
}
