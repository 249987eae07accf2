using System.Text.Json;
using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>A row of <c>mt_events</c> as an event. Other programs write such rows too, so nothing about one is taken for granted.</summary>
internal static class EventReader
{
    /// <summary>
    /// The last but one says why the row cannot be read, in words, or is null. A reader asks PostgreSQL, since some of it
    /// would fail while the row is on its way here, and stop everything behind it. Data as large as that is left there. Who
    /// recorded it is read of what is not usage: usage is many, and nothing that folds it asks. Headers may be a JSON null:
    /// that is what Marten writes where an event has none.
    /// </summary>
    public const string Columns =
        $"""
        seq_id, id, tenant_id, stream_id, version, type, timestamp, case when {IsLarge} then null else data end,
        headers->>'traceparent', headers->>'schemaVersion',
        case when jsonb_typeof(headers) not in ('object', 'null') then 'Its headers are no JSON object.'
             when jsonb_typeof(headers->'schemaVersion') not in ('number', 'null') then 'Its schemaVersion is no number.'
             when bdata is not null then 'Its data are binary.'
             when tenant_id is null then 'It has no tenant.'
             when stream_id is null then 'It has no stream.'
             when timestamp not between '2000-01-01Z' and '2200-01-01Z' then 'It was recorded before 2000 or after 2199.'
             when {IsLarge} then 'It is larger than 1 MiB.' end,
        case when type not like '%\_recorded' then headers end
        """;

    /// <summary>How many <see cref="Columns"/> there are; a query's own come after them.</summary>
    public const int ColumnCount = 12;

    // The size as stored, which is compressed, costs nothing to look at; the size as text is worked out for few.
    private const string IsLarge = "pg_column_size(data) > 8192 and octet_length(data::text) > 1048576";

    /// <exception cref="JsonException">The event is of a type or a version that is not known here, or its JSON is not as it should be.</exception>
    public static StoredEvent Read(NpgsqlDataReader reader)
    {
        if (!reader.IsDBNull(10))
        {
            throw new JsonException(reader.GetString(10));
        }

        var name = reader.GetString(5);
        var type = EventTypes.Find(name) ?? throw new JsonException($"Event type '{name}' is not known.");
        if (!reader.IsDBNull(9) && reader.GetString(9) is var version and not "1")
        {
            throw new JsonException($"Version {version} of '{name}' is not known.");
        }

        var (by, from) = reader.IsDBNull(11) ? (null, null) : RecorderOf(reader.GetFieldValue<byte[]>(11));
        return new StoredEvent(
            reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), name,
            reader.GetFieldValue<DateTimeOffset>(6), type.Read(reader.GetFieldValue<byte[]>(7)),
            reader.IsDBNull(8) ? null : reader.GetString(8), by ?? "")
        {
            RecordedFrom = from,
        };
    }

    private static (string? By, string? From) RecorderOf(byte[] headers)
    {
        using var json = JsonDocument.Parse(headers);
        return (Text(json.RootElement, "recordedBy"), Text(json.RootElement, "recordedFrom"));
    }

    private static string? Text(JsonElement headers, string name) =>
        headers.ValueKind != JsonValueKind.Object || !headers.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
}
