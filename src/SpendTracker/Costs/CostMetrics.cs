using System.Diagnostics.Metrics;
using SpendTracker.Log;

namespace SpendTracker.Costs;

internal static class CostMetrics
{
    public static readonly Histogram<double> QueryDuration =
        EventMetrics.Meter.CreateHistogram<double>("spendtracker.query.duration", "s", "Time of a cost query.", advice: EventMetrics.Seconds);
}
