using System.Text.Json;
using Npgsql;

namespace SpendTracker.Events;

/// <summary>A row of <c>mt_events</c> as an event.</summary>
internal static class EventReader
{
    public const string Columns = "seq_id, id, tenant_id, stream_id, version, type, timestamp, data, headers->>'traceparent', (headers->>'schemaVersion')::int";

    /// <exception cref="JsonException">The event is of a type or a version that is not known here, or its JSON is not as it should be.</exception>
    public static StoredEvent Read(NpgsqlDataReader reader)
    {
        var name = reader.GetString(5);
        var type = EventTypes.Find(name) ?? throw new JsonException($"Event type '{name}' is not known.");
        if (!reader.IsDBNull(9) && reader.GetInt32(9) is var version and not 1)
        {
            throw new JsonException($"Version {version} of '{name}' is not known.");
        }

        return new StoredEvent(
            reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), name,
            reader.GetFieldValue<DateTimeOffset>(6), type.Read(reader.GetFieldValue<byte[]>(7)),
            reader.IsDBNull(8) ? null : reader.GetString(8));
    }
}
