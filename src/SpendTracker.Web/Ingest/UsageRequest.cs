using System.Buffers;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Web.Ingest;

/// <summary>One event of a request: read, or refused with reasons.</summary>
internal sealed record UsageRequestItem(string? Id, string? Source, IUsageEvent? Usage, IReadOnlyList<FieldReason> Reasons);

/// <summary>
/// Reads the events of a request: one JSON object, an array of them, or one a line. Of each, <c>type</c>, <c>id</c> and
/// <c>source</c> are the envelope; the rest must be exactly what the type has, so what nobody asked for is never stored.
/// </summary>
internal static class UsageRequest
{
    public const int MostEvents = 10_000;

    private const int SourceLength = 100;

    /// <exception cref="JsonException">It is not JSON; with line and position.</exception>
    /// <exception cref="TooManyEventsException">It has too many events.</exception>
    public static List<UsageRequestItem> Read(ReadOnlySpan<byte> body, bool lines, DateTimeOffset now)
    {
        List<UsageRequestItem> items = [];
        if (lines)
        {
            ReadLines(body, now, items);
        }
        else
        {
            ReadJson(body, now, items);
        }

        return items;
    }

    private static void ReadLines(ReadOnlySpan<byte> body, DateTimeOffset now, List<UsageRequestItem> items)
    {
        long number = 0;
        foreach (var range in body.Split((byte)'\n'))
        {
            number++;
            var line = body[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (JsonReasons.IsMalformed(line, out var where, number))
            {
                throw new JsonException(where);
            }

            Add(items, line, now);
        }
    }

    private static void ReadJson(ReadOnlySpan<byte> body, DateTimeOffset now, List<UsageRequestItem> items)
    {
        if (JsonReasons.IsMalformed(body, out var where))
        {
            throw new JsonException(where);
        }

        var reader = new Utf8JsonReader(body);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Add(items, body, now);
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            Add(items, body[start..(int)reader.BytesConsumed], now);
        }
    }

    private static void Add(List<UsageRequestItem> items, ReadOnlySpan<byte> json, DateTimeOffset now)
    {
        if (items.Count == MostEvents)
        {
            throw new TooManyEventsException();
        }

        items.Add(ReadEvent(json, now));
    }

    private static UsageRequestItem ReadEvent(ReadOnlySpan<byte> json, DateTimeOffset now)
    {
        var envelope = new Envelope();
        var content = new ArrayBufferWriter<byte>(json.Length);
        if (!Split(json, envelope, content))
        {
            return new UsageRequestItem(null, null, null, [new FieldReason("", "Must be an object.")]);
        }

        var check = new FieldCheck();
        CheckEnvelope(check, envelope);
        var type = EventTypes.Usage.FirstOrDefault(type => type.Name == envelope.Type);
        if (type is null)
        {
            check.That("type", false, $"{(envelope.Type is null ? "Missing" : "Unknown")}; must be one of {string.Join(", ", EventTypes.Usage.Select(known => known.Name))}.");
            return new UsageRequestItem(envelope.Id, envelope.Source, null, check.Reasons);
        }

        try
        {
            var usage = (IUsageEvent)type.Read(content.WrittenSpan);
            IReadOnlyList<FieldReason> reasons = [.. check.Reasons, .. UsageRules.Check(usage, now)];
            return new UsageRequestItem(envelope.Id, envelope.Source, reasons.Count == 0 ? usage : null, reasons);
        }
        catch (JsonException fault)
        {
            return new UsageRequestItem(envelope.Id, envelope.Source, null, [.. check.Reasons, .. JsonReasons.Of(fault, content.WrittenSpan, type.Json)]);
        }
    }

    private static void CheckEnvelope(FieldCheck check, Envelope envelope)
    {
        foreach (var field in envelope.Wrong)
        {
            check.That(field, false, "Must be a text, given once.");
        }

        if (envelope.Id is { } id)
        {
            check.Text("id", id, UsageRules.IdLength);
        }

        if (envelope.Source is { } source)
        {
            check.Text("source", source, SourceLength);
        }
    }

    private sealed class Envelope
    {
        public string? Type { get; set; }
        public string? Id { get; set; }
        public string? Source { get; set; }
        public HashSet<string> Wrong { get; } = [];
    }

    /// <summary>Takes the envelope's members out; what is left is the event's own JSON, byte by byte as it came.</summary>
    private static bool Split(ReadOnlySpan<byte> json, Envelope envelope, ArrayBufferWriter<byte> content)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        content.Write("{"u8);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                envelope.Type = Text(ref reader, "type", envelope.Type, envelope.Wrong);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                envelope.Id = Text(ref reader, "id", envelope.Id, envelope.Wrong);
            }
            else if (reader.ValueTextEquals("source"u8))
            {
                envelope.Source = Text(ref reader, "source", envelope.Source, envelope.Wrong);
            }
            else
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (content.WrittenCount > 1)
                {
                    content.Write(","u8);
                }

                content.Write(json[start..(int)reader.BytesConsumed]);
            }
        }

        content.Write("}"u8);
        return true;
    }

    private static string? Text(ref Utf8JsonReader reader, string name, string? before, HashSet<string> wrong)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && before is null)
        {
            try
            {
                return reader.GetString();
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair: well-formed JSON, but no text.
            }
        }

        wrong.Add(name);
        reader.Skip();
        return before;
    }
}

/// <summary>More events in a request than one may have.</summary>
internal sealed class TooManyEventsException() : Exception($"At most {UsageRequest.MostEvents:#,0} events a request; send the rest in another.");
