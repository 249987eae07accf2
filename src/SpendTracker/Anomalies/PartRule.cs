using SpendTracker.Contracts;

namespace SpendTracker.Anomalies;

/// <summary>
/// Which days are unusual for the meters of SKUs that a workload's usage consists of: by the measure of <see cref="AnomalyRule"/> and by stricter
/// lines, since there are many. A part must have been in use for twelve weeks, and on such weekdays; be dearer by a tenth of the workload's mean
/// day; and at least half of that must show in what the workload's day costs more than usual: usage that only moves from one SKU to
/// another is nothing unusual. Pure.
/// </summary>
internal static class PartRule
{
    /// <summary>After an alarm a part rings no more for so many days: then half of the weeks that it is compared with are as the day was.</summary>
    public const int DaysOfRest = 28;

    private const double OneDay = 9;
    private const double TwoDays = 3;
    private const double LeastShare = 0.1;

    /// <summary>The unusual days of all parts.</summary>
    /// <param name="first">The first day that the workload reported.</param>
    /// <param name="used">Each day since.</param>
    /// <param name="parts">What of it each part cost, from the same day on.</param>
    public static IReadOnlyList<AnomalyFinding> Find(DateOnly first, ReadOnlySpan<AnomalyDay> used, IReadOnlyList<(SkuMeter Part, decimal[] Costs)> parts)
    {
        var days = Compared.DaysOf(used);
        var (least, more) = (new double[days.Length], new double[days.Length]);
        for (var day = Compared.Window; day < days.Length; day++)
        {
            (least[day], more[day]) = (LeastShare * Compared.MeanBefore(days, day), days[day] - Compared.MedianOfWeekday(days, day));
        }

        List<AnomalyFinding> found = [];
        foreach (var (part, costs) in parts)
        {
            if (Array.FindIndex(costs, cost => cost > 0) is var begun && begun >= 0)
            {
                AddOf(part, first.AddDays(begun), costs[begun..], least.AsSpan(begun..), more.AsSpan(begun..), found);
            }
        }

        return found;
    }

    /// <param name="least">By so much a day must be dearer.</param>
    /// <param name="more">By so much the workload's day is.</param>
    private static void AddOf(SkuMeter part, DateOnly first, decimal[] costs, ReadOnlySpan<double> least, ReadOnlySpan<double> more, List<AnomalyFinding> found)
    {
        var days = Array.ConvertAll(costs, cost => (double)Math.Max(0, cost));
        var (before, rest) = (0.0, 0);
        for (var day = AnomalyRule.DaysNeeded; day < days.Length; day++, rest--)
        {
            // Most days end here, before anything is sorted.
            if (days[day] <= least[day] || Compared.At(days, day) is not { Usual: > 0 } compared || days[day] - compared.Usual is var excess && (excess <= least[day] || more[day] < excess / 2))
            {
                before = 0;
                continue;
            }

            var spread = Spread.Of(compared, StrayedBefore(days, day));
            var (score, line) = (spread.ScoreOf(compared), OneDay * spread.Tails);
            if (rest <= 0 && (score > line || (score > TwoDays && before > TwoDays)))
            {
                found.Add(new(first.AddDays(day), AnomalyKind.Spike, costs[day], spread.At(0), spread.At(line), Math.Round((decimal)score, 1), part));
                rest = DaysOfRest + 1;
            }

            before = score;
        }
    }

    private static double[] StrayedBefore(double[] days, int day)
    {
        var from = Math.Max(Compared.Window, day - Spread.Days);
        var strayed = new double[day - from];
        for (var at = from; at < day; at++)
        {
            strayed[at - from] = Compared.At(days, at).Strayed;
        }

        return strayed;
    }
}
