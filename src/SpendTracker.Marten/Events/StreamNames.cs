using SpendTracker.Contracts;

namespace SpendTracker.Events;

/// <summary>The names of streams: a noun, and what it is about. Usage has its own (<see cref="SpendTracker.Usage.UsageStream"/>).</summary>
public static class StreamNames
{
    /// <summary>How the organisation reports: the first event of a log.</summary>
    public const string Settings = "settings/organisation";

    /// <summary>What the streams of billing periods begin with; the month follows.</summary>
    public const string Periods = "period/";

    public static string Workload(string id) => $"workload/{id}";

    public static string Estimate(string workload) => $"estimate/{workload}";
}
