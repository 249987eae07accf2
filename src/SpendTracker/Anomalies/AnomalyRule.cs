using SpendTracker.Contracts;

namespace SpendTracker.Anomalies;

/// <summary>
/// Which days of a workload's usage are unusual, too dear or, once they are over, too cheap. A day is compared with the same weekday of the eight weeks before it, on a
/// logarithmic scale, and the difference with how far the days before strayed. Medians, so that yesterday's mistake does
/// not hide today's; they are for alarms only, and never for sums of money. Pure.
/// <para>
/// With y the day's cost, m the median of its weekday in the 8 weeks before, and c a tenth of the mean day of 28:
/// x = ln((y + c) ÷ (m + c)); z = (x − centre) ÷ s, where centre is the median of x over 112 days, within ±0.3. With d the larger of
/// 1.4826 × their median absolute deviation and 0.08, and q the larger of the 95 % quantile of |x − centre| ÷ 1.96 and 0.08, s is the larger of both.
/// One day is unusual alone above z = 5.2 × t, where t = (q ÷ d)^1.5, within 1 and 1.4: days that stray far now and then have heavy tails.
/// Below z = −7 × t it is a fall, if it costs less than half of m, and less than the quietest day of a week: holidays are none. From 28 to 83 days in use
/// the median is of the weeks that there are, and lines are farther by 1 + 10 ÷ (days − 14).
/// Sources: the factors make s the standard deviation of a normal distribution (P. Rousseeuw, C. Croux, 1993); the slow sum is a
/// CUSUM (E. S. Page, 1954). What it finds, and how often it is wrong, is measured by simulation: tests/README.md.
/// </para>
/// </summary>
internal static class AnomalyRule
{
    /// <summary>Of days in use that must lie before the first one that is judged.</summary>
    public const int DaysNeeded = 28;

    /// <summary>The same, before a slow rise is told: what is new grows.</summary>
    private const int DaysNeededForRise = 84;

    /// <summary>So many days before a day can have a say in how it is judged.</summary>
    public const int DaysLookedAt = Compared.Window + Spread.Days;

    /// <summary>After an alarm a workload rings no more for so many days.</summary>
    public const int DaysOfRest = 7;

    /// <summary>A workload that has reported for fewer days is not missed.</summary>
    public const int DaysNeededForSilence = 28;

    private const double OneDay = 5.2;
    private const double TwoDays = 3;
    private const double LeastOfTwoDays = 0.25;
    private const double OneDayOfFall = 7;
    private const double TwoDaysOfFall = 3.5;
    private const double MostOfFall = 0.5;
    private const double MostOfQuietDay = 0.7;
    private const double SlowSum = 10;
    private const double SlowDrift = 0.75;
    private const double LeastOfSlowSum = 0.1;

    /// <summary>The unusual days, oldest first.</summary>
    /// <param name="first">The first day that the workload reported.</param>
    /// <param name="used">Each day since. The last one is today: its cost so far may be too much already, and it is not over.</param>
    public static IReadOnlyList<AnomalyFinding> Find(DateOnly first, ReadOnlySpan<AnomalyDay> used)
    {
        var days = Compared.DaysOf(used);
        var found = FindDays(first, used, days);
        if (FindSilence(first, used, days) is { } silence)
        {
            found.Add(silence);
        }

        return [.. found.OrderBy(finding => finding.Day)];
    }

    private static List<AnomalyFinding> FindDays(DateOnly first, ReadOnlySpan<AnomalyDay> used, double[] days)
    {
        var amounts = used.ToArray();
        var strayed = new double[days.Length];
        var (sum, before, fellBefore, rest, restOfFalls) = (0.0, false, false, 0, 0);
        List<AnomalyFinding> found = [];
        for (var day = Compared.LeastBefore; day < days.Length; day++)
        {
            var compared = Compared.At(days, day);
            strayed[day] = compared.Strayed;
            if (day < DaysNeeded || compared.IsNothing)
            {
                continue;
            }

            var spread = Spread.Of(compared, strayed.AsSpan(Spread.FirstOf(day)..day));
            var (score, doubt) = (spread.ScoreOf(compared), Spread.DoubtAt(day));
            var oneDay = OneDay * spread.Tails * doubt;
            var lasts = score > TwoDays * doubt && compared.Strayed > LeastOfTwoDays;
            sum = day < DaysNeededForRise ? 0 : Math.Max(0, sum + Math.Min(score, TwoDays) - SlowDrift);
            AnomalyKind? kind = score > oneDay || (lasts && before) ? AnomalyKind.Spike
                : sum > SlowSum && compared.Strayed > LeastOfSlowSum && day < days.Length - 1 ? AnomalyKind.Rise : null;
            before = lasts;
            if (rest-- <= 0 && kind is { } unusual)
            {
                found.Add(Finding(unusual, spread.At(oneDay)));
                (sum, rest) = (0, DaysOfRest);
            }

            var oneDayOfFall = OneDayOfFall * spread.Tails * doubt;
            var falls = score < -TwoDaysOfFall * doubt && day < days.Length - 1 && used[day].HasUsage && IsFall(days, day, compared);
            if (restOfFalls-- <= 0 && falls && (fellBefore || score < -oneDayOfFall))
            {
                found.Add(Finding(AnomalyKind.Fall, Math.Min(spread.At(-oneDayOfFall), (decimal)(MostOfFall * compared.Usual))));
                restOfFalls = PartRule.DaysOfRest;
            }

            fellBefore = falls;

            AnomalyFinding Finding(AnomalyKind of, decimal limit) => new(first.AddDays(day), of, amounts[day].Amount, spread.At(0), limit, Math.Round((decimal)score, 1));
        }

        return found;
    }

    /// <summary>Whether a day that costs something costs less than half of what is usual, and less than the quietest day of a week: else it may be a holiday.</summary>
    public static bool IsFall(double[] days, int day, Compared compared) =>
        days[day] > 0 && days[day] <= MostOfFall * compared.Usual && days[day] <= MostOfQuietDay * Compared.LowestUsual(days, day);

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
            ? new(first.AddDays(begin), AnomalyKind.Silence, 0, (decimal)Compared.Mean(days.AsSpan(Math.Max(0, begin - 28)..begin)), null, null)
            : null;
    }
}
