using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>An unusual day, and what was sent of it.</summary>
/// <param name="Anomaly">The unusual day.</param>
/// <param name="Deliveries">What was sent of it, also what is to come.</param>
public sealed record AnomalyResponse(Anomaly Anomaly, IReadOnlyList<AlertMessage> Deliveries);

/// <summary>An unusual day, and what came of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="SeqId">Its place in the log; a list goes on from it.</param>
/// <param name="DetectedAt">When it was found, UTC.</param>
/// <param name="Detected">The event of the finding, as it is in the log.</param>
/// <param name="Cleared">Why it is none any more.</param>
/// <param name="ClearedAt">When it was cleared, UTC.</param>
/// <param name="Acknowledged">Who acknowledged it, and when; none if nobody has.</param>
public sealed record Anomaly(
    Guid Id, AnomalyState State, long SeqId, DateTimeOffset DetectedAt, AnomalyDetected Detected, AnomalyCleared? Cleared, DateTimeOffset? ClearedAt,
    Acknowledgement? Acknowledged);

/// <summary>Where an anomaly stands.</summary>
[JsonConverter(typeof(NamedEnumConverter<AnomalyState>))]
public enum AnomalyState
{
    /// <summary>Nobody has said what it is.</summary>
    [JsonStringEnumMemberName("open")] Open,

    /// <summary>Somebody has.</summary>
    [JsonStringEnumMemberName("acknowledged")] Acknowledged,

    /// <summary>It is none any more.</summary>
    [JsonStringEnumMemberName("cleared")] Cleared,
}
