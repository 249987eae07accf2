using System.Text.Json;

namespace SpendTracker.Log;

/// <summary>A stream holds an event that this version cannot read: a newer one or another program wrote it, or it is damaged.</summary>
public sealed class UnreadableEventException(string stream, long seqId, JsonException fault)
    : Exception($"Stream '{stream}' holds an event that cannot be read here, seq_id {seqId}: {fault.Message}", fault)
{
    public string Stream { get; } = stream;
}
