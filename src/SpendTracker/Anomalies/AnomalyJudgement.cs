using SpendTracker.Contracts;

namespace SpendTracker.Anomalies;

/// <summary>Whether an anomaly that was told is none any more. Pure.</summary>
internal static class AnomalyJudgement
{
    /// <param name="found">What the rule finds now, with what was told before unknown to it.</param>
    /// <param name="days">What the workload's days cost now.</param>
    /// <returns>Null while it holds: a day that the rule no longer names only because another one near it rang is unusual still.</returns>
    public static AnomalyCleared? Cleared(Anomaly anomaly, IReadOnlyList<AnomalyFinding> found, IReadOnlyDictionary<DateOnly, AnomalyDay> days, long position)
    {
        var detected = anomaly.Detected;
        var amount = days.TryGetValue(detected.Day, out var day) ? Math.Round(day.Amount, 6) : 0;
        if (detected.Kind == AnomalyKind.Silence)
        {
            return days.Any(known => known.Key >= detected.Day && known.Value.HasUsage) ? new(anomaly.Id, AnomalyClearedBecause.ReportsAgain, amount, position) : null;
        }

        return amount < detected.Amount && !found.Any(finding => finding.Day == detected.Day && finding.Kind != AnomalyKind.Silence)
            ? new(anomaly.Id, AnomalyClearedBecause.UsualAgain, amount, position) : null;
    }
}
