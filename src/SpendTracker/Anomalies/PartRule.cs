using SpendTracker.Contracts;

namespace SpendTracker.Anomalies;

/// <summary>
/// Which days are unusual for the meters of SKUs that a workload's usage consists of: by the measure of <see cref="AnomalyRule"/> and by stricter
/// lines, since there are many. A part must have been in use for four weeks, and on such weekdays; be dearer, or cheaper, by a tenth of the workload's mean
/// day; and at least half of that must show in what the workload's day costs more, or less, than usual: usage that only moves from one SKU to
/// another is nothing unusual. A day on which the workload reported nothing is no fall of its parts. Pure.
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
        for (var day = Compared.LeastBefore; day < days.Length; day++)
        {
            (least[day], more[day]) = (LeastShare * Compared.MeanBefore(days, day), days[day] - Compared.MedianOfWeekday(days, day));
        }

        List<AnomalyFinding> found = [];
        foreach (var (part, costs) in parts)
        {
            if (Array.FindIndex(costs, cost => cost > 0) is var begun && begun >= 0)
            {
                AddOf(part, first.AddDays(begun), costs[begun..], used[begun..], least.AsSpan(begun..), more.AsSpan(begun..), found);
            }
        }

        return found;
    }

    /// <param name="used">The workload's days.</param>
    /// <param name="least">By so much a day must be dearer, or cheaper.</param>
    /// <param name="more">By so much the workload's day is dearer; below 0 if it is cheaper.</param>
    private static void AddOf(
        SkuMeter part, DateOnly first, decimal[] costs, ReadOnlySpan<AnomalyDay> used, ReadOnlySpan<double> least, ReadOnlySpan<double> more, List<AnomalyFinding> found)
    {
        var days = Array.ConvertAll(costs, cost => (double)Math.Max(0, cost));
        var (before, rest, restOfFalls) = (0.0, 0, 0);
        for (var day = AnomalyRule.DaysNeeded; day < days.Length; day++, rest--, restOfFalls--)
        {
            // Most days end here, before anything is sorted.
            var score = 0.0;
            if ((days[day] > least[day] || more[day] < -least[day] / 2) && Compared.At(days, day) is { Usual: > 0 } compared
                && IsOf(days[day] - compared.Usual, least[day], more[day]))
            {
                var spread = Spread.Of(compared, StrayedBefore(days, day));
                score = spread.ScoreOf(compared) / Spread.DoubtAt(day);
                var (isFall, line) = (score < 0, OneDay * spread.Tails);
                var isUnusual = Math.Abs(score) > line || (isFall ? score < -TwoDays && before < -TwoDays : score > TwoDays && before > TwoDays);
                if (isUnusual && (isFall ? restOfFalls <= 0 && day < days.Length - 1 && used[day].HasUsage && compared.Margin > 0 && days[day] <= compared.Usual / 2 : rest <= 0))
                {
                    found.Add(new(
                        first.AddDays(day), isFall ? AnomalyKind.Fall : AnomalyKind.Spike, costs[day], spread.At(0), spread.At((isFall ? -line : line) * Spread.DoubtAt(day)),
                        Math.Round((decimal)(score * Spread.DoubtAt(day)), 1), part));
                    (rest, restOfFalls) = isFall ? (rest, DaysOfRest + 1) : (DaysOfRest + 1, restOfFalls);
                }
            }

            before = score;
        }
    }

    /// <summary>Whether a part's difference is large enough, and shows in its workload's.</summary>
    private static bool IsOf(double difference, double least, double ofWorkload) =>
        Math.Abs(difference) > least && (difference > 0 ? ofWorkload >= difference / 2 : ofWorkload <= difference / 2);

    private static double[] StrayedBefore(double[] days, int day)
    {
        var from = Spread.FirstOf(day);
        var strayed = new double[day - from];
        for (var at = from; at < day; at++)
        {
            strayed[at - from] = Compared.At(days, at).Strayed;
        }

        return strayed;
    }
}
