using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SpendTracker.Contracts;

namespace SpendTracker.Events;

/// <summary>Who put an event into the log, and under which number of theirs.</summary>
/// <param name="By">For instance <c>key:4f…</c>, <c>person:…</c> or <c>command:import</c>.</param>
/// <param name="Source">The caller's numbering that the id belongs to.</param>
/// <param name="SourceId">The caller's id.</param>
public sealed record Recorder(string By, string? Source = null, string? SourceId = null)
{
    /// <summary>From where: a remote address, or the machine of a command; null for the product itself, and for usage.</summary>
    public string? From { get; init; }
}

/// <summary>An event ready to be stored: serialised once, here.</summary>
public sealed class EventToAppend
{
    /// <summary>Version of the events' JSON; a reader that does not know it must set the event aside.</summary>
    private const int SchemaVersion = 1;

    // One of each a thread: every event has headers, and they are gone as soon as they are written.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _headers;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    /// <param name="causation">The event that this one follows from; otherwise it is the request.</param>
    public EventToAppend(string stream, Guid id, IEvent data, Recorder recorder, Guid? causation = null)
    {
        Stream = stream;
        Id = id;
        Type = EventTypes.Of(data);
        Data = data;
        Json = Type.Write(data);

        // The trace goes with the event, so that its projection and its alert continue the caller's trace.
        var activity = Activity.Current;
        CorrelationId = activity?.TraceId.ToHexString();
        CausationId = causation?.ToString() ?? activity?.SpanId.ToHexString();
        TraceParent = activity is { Recorded: true } ? activity.Id : null;
        Headers = HeadersOf(recorder, TraceParent);
    }

    public string TenantId { get; } = Tenant.Default;
    public string Stream { get; }
    public Guid Id { get; }
    public EventType Type { get; }
    public IEvent Data { get; }

    /// <summary>The same, as it is stored.</summary>
    public byte[] Json { get; }
    public byte[] Headers { get; }
    public string? CorrelationId { get; }
    public string? CausationId { get; }

    /// <summary>The W3C trace context that it is recorded under, where the trace is sampled.</summary>
    public string? TraceParent { get; }

    /// <summary>Compares this event with the content stored under the same id.</summary>
    public AppendResult AgainstStored(string storedType, byte[] stored)
    {
        List<FieldReason> difference = storedType == Type.Name
            ? EventDifference.Between(Type, stored, Json)
            : [new FieldReason("type", $"Stored as '{storedType}', sent as '{Type.Name}'.")];
        return difference.Count == 0 ? AppendResult.Duplicate : new AppendResult(AppendStatus.Conflict, difference, EventDifference.WorkloadOf(stored));
    }

    private static byte[] HeadersOf(Recorder recorder, string? traceParent)
    {
        _headers ??= new();
        _json ??= new(_headers);
        _headers.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteNumber("schemaVersion"u8, SchemaVersion);
        _json.WriteString("recordedBy"u8, recorder.By);
        if (recorder.From is { } from)
        {
            _json.WriteString("recordedFrom"u8, from);
        }

        if (recorder.Source is { } source)
        {
            _json.WriteString("source"u8, source);
        }

        if (recorder.SourceId is { } sourceId)
        {
            _json.WriteString("sourceId"u8, sourceId);
        }

        if (traceParent is not null)
        {
            _json.WriteString("traceparent"u8, traceParent);
        }

        _json.WriteEndObject();
        _json.Flush();
        return _headers.WrittenSpan.ToArray();
    }
}

/// <summary>What became of an event that was to be appended.</summary>
/// <param name="Difference">Where it conflicts: which fields differ from what is stored, and how. Not for everybody's eyes.</param>
/// <param name="StoredWorkload">Where it conflicts: the workload of what is stored; null if that has none.</param>
public sealed record AppendResult(AppendStatus Status, IReadOnlyList<FieldReason>? Difference = null, string? StoredWorkload = null)
{
    public static AppendResult Appended { get; } = new(AppendStatus.Appended);
    public static AppendResult Duplicate { get; } = new(AppendStatus.Duplicate);

    /// <summary>Of events that are appended together, another one conflicts.</summary>
    public static AppendResult NotAlone { get; } = new(AppendStatus.Refused, [new FieldReason("", "Not stored, since what it goes with conflicts.")]);
}
