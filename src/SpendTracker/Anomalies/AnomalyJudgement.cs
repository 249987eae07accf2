using SpendTracker.Contracts;

namespace SpendTracker.Anomalies;

/// <summary>Which findings are told, and which anomalies are none any more. Pure.</summary>
internal static class AnomalyJudgement
{
    /// <summary>
    /// One event is told once. A part of a workload is not told within a week of the workload or of another part, and not again for four
    /// weeks. A workload is not told within four weeks after one of its parts, unless its day is dearer by more than twice what the part's was. Falls
    /// are told by the same rules, apart from what is dearer.
    /// </summary>
    /// <param name="found">What the rule finds, of the workload and of its parts.</param>
    /// <param name="known">What was told before, and still holds.</param>
    public static IReadOnlyList<AnomalyFinding> ToTell(IEnumerable<AnomalyFinding> found, IEnumerable<AnomalyFinding> known)
    {
        List<AnomalyFinding> told = [.. known.Where(finding => finding.Kind != AnomalyKind.Silence)], next = [];
        foreach (var finding in found.OrderBy(finding => finding.Day).ThenBy(finding => finding.Part is not null).ThenByDescending(finding => finding.Excess))
        {
            if (finding.Kind == AnomalyKind.Silence)
            {
                next.Add(finding);
            }
            else if (!told.Exists(other => IsTheSame(finding, other)))
            {
                next.Add(finding);
                told.Add(finding);
            }
        }

        return next;
    }

    /// <param name="found">What the rule finds now, with what was told before unknown to it.</param>
    /// <param name="usage">What the workload's days cost now.</param>
    /// <returns>Null while it holds: a day that the rule no longer names only because another one near it rang is unusual still.</returns>
    public static AnomalyCleared? Cleared(Anomaly anomaly, IReadOnlyCollection<AnomalyFinding> found, WatchedUsage usage, long position)
    {
        var (detected, part) = (anomaly.Detected, SkuMeter.Of(anomaly.Detected));
        var amount = Math.Round(usage.CostOf(detected.Day, part), 6);
        if (detected.Kind == AnomalyKind.Silence)
        {
            return usage.IsUsedSince(detected.Day) ? new(anomaly.Id, AnomalyClearedBecause.ReportsAgain, amount, position) : null;
        }

        var isFall = detected.Kind == AnomalyKind.Fall;
        return (isFall ? amount > detected.Amount : amount < detected.Amount)
            && !found.Any(finding => finding.Day == detected.Day && finding.Part == part && finding.Kind != AnomalyKind.Silence && finding.IsFall == isFall)
            ? new(anomaly.Id, AnomalyClearedBecause.UsualAgain, amount, position) : null;
    }

    /// <summary>Whether a finding is of an event that another one tells of.</summary>
    private static bool IsTheSame(AnomalyFinding finding, AnomalyFinding other)
    {
        var days = finding.Day.DayNumber - other.Day.DayNumber;
        return finding.IsFall == other.IsFall && (finding.Part is null
            ? other.Part is not null && days is >= 0 and <= PartRule.DaysOfRest && finding.Excess <= 2 * other.Excess
            : Math.Abs(days) <= (finding.Part == other.Part ? PartRule.DaysOfRest : AnomalyRule.DaysOfRest));
    }
}
