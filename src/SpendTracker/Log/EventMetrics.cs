using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SpendTracker.Log;

/// <summary>What the store tells of itself. Names follow OpenTelemetry's conventions: dots, base units.</summary>
public static class EventMetrics
{
    public const string Name = "SpendTracker";

    public static readonly ActivitySource Activities = new(Name);
    public static readonly Meter Meter = new(Name);

    /// <summary>Boundaries for times in seconds. The exporter's own are for milliseconds: all that is here would be in its first bucket.</summary>
    public static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    public const string BatchSizeName = "spendtracker.append.batch.size";
    public const string AppendDurationName = "spendtracker.append.duration";

    internal static readonly Histogram<int> AppendBatchEvents =
        Meter.CreateHistogram<int>(BatchSizeName, "{event}", "Events in one append transaction.");

    internal static readonly Histogram<double> AppendDuration =
        Meter.CreateHistogram<double>(AppendDurationName, "s", "Time of one append transaction, commit included.", advice: Seconds);

    internal static readonly Counter<long> SetAside =
        Meter.CreateCounter<long>("spendtracker.projection.set_aside", "{event}", "Events that a projection could not apply and set aside.");

    internal static readonly Counter<long> GapsPassed =
        Meter.CreateCounter<long>("spendtracker.high_water.gaps_passed", "{gap}", "Gaps in the sequence that nothing can fill any more.");

    /// <summary>Whether anybody listens to spans.</summary>
    internal static bool IsTraced => Activities.HasListeners();

    /// <summary>A span of the caller's trace, from the call to its commit. The commit itself is shared with other callers.</summary>
    internal static Activity? StartAppend(int events) => Activities.StartActivity("append")?.SetTag("spendtracker.append.events", events);
}
