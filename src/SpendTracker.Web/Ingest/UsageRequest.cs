using System.Buffers;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Ingest;

/// <summary>One event of a request: read, or refused with reasons.</summary>
/// <param name="Rounded">What was rounded of what is owed; null for nothing.</param>
internal sealed record UsageRequestItem(string? Id, string? Source, IUsageEvent? Usage, IReadOnlyList<FieldReason> Reasons, IReadOnlyList<FieldReason>? Rounded = null);

/// <summary>
/// Reads the events of a request: one JSON object, an array of them, or one a line. Of each, <c>type</c>, <c>id</c>,
/// <c>source</c> and <c>counts</c> are the envelope; the rest must be exactly what the type has, so what nobody asked for is never stored.
/// <para>
/// One pass over the text finds the events and takes their envelopes off; a second one, by the serialiser, reads each.
/// </para>
/// </summary>
internal sealed class UsageRequest
{
    public const int MostEvents = 10_000;

    /// <summary>Bytes that a thread keeps for its next request.</summary>
    private const int MostKept = 16 * 1024;

    // One a thread: a request is read without a pause.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _contents;

    private readonly List<UsageRequestItem> _items = [];
    private readonly ArrayBufferWriter<byte> _content = _contents ??= new(512); // An event without its envelope; one after the other.
    private readonly DateTimeOffset _now;
    private readonly bool _isUnicode; // Without a closer look at each event.

    private UsageRequest(DateTimeOffset now, bool isUnicode) => (_now, _isUnicode) = (now, isUnicode);

    /// <exception cref="JsonException">It is not JSON; with line and position.</exception>
    /// <exception cref="TooManyEventsException">It has too many events.</exception>
    public static List<UsageRequestItem> Read(ReadOnlySpan<byte> body, bool lines, DateTimeOffset now)
    {
        var request = new UsageRequest(now, JsonTexts.AreUnicode(body));
        try
        {
            if (lines)
            {
                request.ReadLines(body);
            }
            else
            {
                request.ReadJson(body, 1, alone: false);
            }

            return request._items;
        }
        finally
        {
            _contents = request._content.Capacity > MostKept ? null : request._content;
        }
    }

    private void ReadLines(ReadOnlySpan<byte> body)
    {
        long number = 0;
        foreach (var range in body.Split((byte)'\n'))
        {
            number++;
            var line = body[range].Trim(" \t\r"u8);
            line = line.StartsWith(RequestBody.ByteOrderMark) ? line[RequestBody.ByteOrderMark.Length..] : line; // Of files put together.
            if (!line.IsEmpty)
            {
                ReadJson(line, number, alone: true);
            }
        }
    }

    /// <param name="alone">It must be one event; otherwise it may be a list of them.</param>
    private void ReadJson(ReadOnlySpan<byte> json, long firstLine, bool alone)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            if (alone || reader.TokenType != JsonTokenType.StartArray)
            {
                Add(ref reader, json);
            }
            else
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Add(ref reader, json);
                }
            }

            reader.Read(); // Nothing may follow.
        }
        catch (JsonException fault)
        {
            throw new JsonException(JsonReasons.Where(fault, firstLine));
        }
    }

    private void Add(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        if (_items.Count == MostEvents)
        {
            throw new TooManyEventsException();
        }

        if (!_isUnicode && NotUnicode(reader, json) is { Count: > 0 } reasons)
        {
            reader.Skip();
            _items.Add(new UsageRequestItem(null, null, null, reasons));
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            var envelope = Split(ref reader, json);
            _items.Add(ReadEvent(envelope));
        }
        else
        {
            reader.Skip();
            _items.Add(new UsageRequestItem(null, null, null, [new FieldReason("", "Must be an object.")]));
        }
    }

    /// <param name="reader">At the beginning of an event; the copy looks ahead to its end.</param>
    private static FieldReasons NotUnicode(Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return JsonTexts.Check(json[start..(int)reader.BytesConsumed]);
    }

    private UsageRequestItem ReadEvent(Envelope envelope)
    {
        var check = new FieldCheck();
        CheckEnvelope(check, envelope);
        var type = EventTypes.FindUsage(envelope.Type);
        if (type is null)
        {
            check.That("type", false, $"{(envelope.Type is null ? "Missing" : "Unknown")}; must be one of {string.Join(", ", EventTypes.UsageNames)}.");
            return new UsageRequestItem(envelope.Id, envelope.Source, null, check.Reasons);
        }

        try
        {
            var sent = Inclusive(ReadContent(type), envelope.Counts, check);
            var usage = UsageRules.AsStored(sent);
            check.Add(UsageRules.Check(usage, _now));
            return check.Reasons.Count > 0
                ? new UsageRequestItem(envelope.Id, envelope.Source, null, check.Reasons)
                : new UsageRequestItem(envelope.Id, envelope.Source, usage, check.Reasons, UsageRules.Rounded(sent, usage) is { Count: > 0 } rounded ? rounded : null);
        }
        catch (JsonException fault)
        {
            check.Add(JsonReasons.Of(fault, _content.WrittenSpan, type.Json));
            return new UsageRequestItem(envelope.Id, envelope.Source, null, check.Reasons);
        }
    }

    /// <summary>With totals that include their parts, as usage is stored.</summary>
    private static IUsageEvent Inclusive(IUsageEvent sent, string? counts, FieldCheck check)
    {
        if (counts is null)
        {
            return sent;
        }

        check.That("counts", sent is TokenUsageRecorded, "Goes with token_usage_recorded only.");
        check.That("counts", EnumName.TryParse<TokenCounts>(counts, out var included), $"Must be one of {string.Join(", ", EnumName.All<TokenCounts>())}.");
        return (sent as TokenUsageRecorded)?.Inclusive(included) ?? sent;
    }

    /// <exception cref="JsonException">It is not what the type looks like.</exception>
    private IUsageEvent ReadContent(EventType type)
    {
        try
        {
            return (IUsageEvent)type.Read(_content.WrittenSpan);
        }
        catch (JsonException) when (LenientJson.Rewritten(_content.WrittenSpan, type.Json) is { } rewritten)
        {
            return (IUsageEvent)type.Read(rewritten);
        }
    }

    private static void CheckEnvelope(FieldCheck check, Envelope envelope)
    {
        foreach (var field in envelope.Wrong ?? [])
        {
            check.That(field, false, "Must be a text, given once.");
        }

        if (envelope.Id is { } id)
        {
            check.Name("id", id, TextLength.Id);
        }

        if (envelope.Source is { } source)
        {
            check.Name("source", source, TextLength.Source);
        }
    }

    /// <param name="Wrong">Members that are no text, or given twice.</param>
    private readonly record struct Envelope(string? Type, string? Id, string? Source, string? Counts, HashSet<string>? Wrong);

    /// <summary>Takes the envelope's members out; what is left is the event's own JSON, byte by byte as it came.</summary>
    private Envelope Split(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var envelope = default(Envelope);
        var wrong = default(HashSet<string>);
        _content.ResetWrittenCount();
        _content.Write("{"u8);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                envelope = envelope with { Type = Text(ref reader, "type", envelope.Type, ref wrong) };
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                envelope = envelope with { Id = Text(ref reader, "id", envelope.Id, ref wrong) };
            }
            else if (reader.ValueTextEquals("source"u8))
            {
                envelope = envelope with { Source = Text(ref reader, "source", envelope.Source, ref wrong) };
            }
            else if (reader.ValueTextEquals("counts"u8))
            {
                envelope = envelope with { Counts = Text(ref reader, "counts", envelope.Counts, ref wrong) };
            }
            else
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (_content.WrittenCount > 1)
                {
                    _content.Write(","u8);
                }

                _content.Write(json[start..(int)reader.BytesConsumed]);
            }
        }

        _content.Write("}"u8);
        return envelope with { Wrong = wrong };
    }

    private static string? Text(ref Utf8JsonReader reader, string name, string? before, ref HashSet<string>? wrong)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && before is null)
        {
            return reader.GetString();
        }

        if (reader.TokenType == JsonTokenType.Null)
        {
            return before; // Left out.
        }

        (wrong ??= []).Add(name);
        reader.Skip();
        return before;
    }
}

/// <summary>More events in a request than one may have.</summary>
internal sealed class TooManyEventsException() : Exception($"At most {UsageRequest.MostEvents:#,0} events a request; send the rest in another.");
