namespace SpendTracker.Anomalies;

/// <summary>How unusual days are told.</summary>
/// <param name="Channels">Ids of the channels that are told; without one they are only shown.</param>
public sealed record AnomalyOptions(IReadOnlyList<string> Channels);
