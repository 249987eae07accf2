using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>What became of one event.</summary>
[JsonConverter(typeof(NamedEnumConverter<AppendStatus>))]
public enum AppendStatus
{
    /// <summary>Committed and flushed to disk.</summary>
    [JsonStringEnumMemberName("appended")] Appended,

    /// <summary>The same id with the same content was there already; nothing was appended.</summary>
    [JsonStringEnumMemberName("duplicate")] Duplicate,

    /// <summary>The same id with other content was there already; nothing was appended.</summary>
    [JsonStringEnumMemberName("conflict")] Conflict,

    /// <summary>It breaks a rule; nothing was stored.</summary>
    [JsonStringEnumMemberName("refused")] Refused,
}

/// <summary>The answer to <c>POST /api/v1/usage</c>, one result an event in the order they came.</summary>
/// <param name="Results">One an event.</param>
/// <param name="Appended">How many were appended.</param>
/// <param name="Duplicate">How many were there already.</param>
/// <param name="Conflict">How many contradict what is there.</param>
/// <param name="Refused">How many break a rule.</param>
/// <param name="MoreReasons">How many reasons are not named, all results together; none if all are.</param>
public sealed record UsageResponse(IReadOnlyList<UsageResult> Results, int Appended, int Duplicate, int Conflict, int Refused, int? MoreReasons = null);

/// <summary>What became of one event.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Id">The caller's id, or the one that was generated; none where it could not be read.</param>
/// <param name="EventId">Its id in the log; none where it was refused.</param>
/// <param name="Reasons">Why, where it is not appended: at most 20, and at most 1,000 in an answer.</param>
/// <param name="MoreReasons">How many reasons are not named; none if all are.</param>
public sealed record UsageResult(
    int Index, AppendStatus Status, string? Id = null, Guid? EventId = null, IReadOnlyList<FieldReason>? Reasons = null, int? MoreReasons = null);

/// <summary>What is wrong with one field.</summary>
/// <param name="Field">The field's name in the JSON; empty where it is the event as a whole.</param>
/// <param name="Reason">What is wrong, with the limit.</param>
public sealed record FieldReason(string Field, string Reason);
