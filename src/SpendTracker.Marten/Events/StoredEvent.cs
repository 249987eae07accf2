using SpendTracker.Contracts;

namespace SpendTracker.Events;

/// <summary>An event as the log has it.</summary>
/// <param name="SeqId">Its place in the log.</param>
/// <param name="Version">Its place in the stream, from 1, without gaps.</param>
/// <param name="RecordedAt">When it was appended, UTC.</param>
/// <param name="RecordedBy">Who recorded it, e.g. <c>key:4f…</c>; empty for usage.</param>
/// <param name="TraceParent">The W3C trace context that it was recorded under, where the trace was sampled.</param>
public sealed record StoredEvent(
    long SeqId, Guid Id, string TenantId, string Stream, long Version, string Type, DateTimeOffset RecordedAt, IEvent Data,
    string? TraceParent = null, string RecordedBy = "")
{
    /// <summary>From where: a remote address, or the machine of a command. Null if nobody knows, and for usage.</summary>
    public string? RecordedFrom { get; init; }
}
