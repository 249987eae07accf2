using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SpendTracker.Events;

namespace SpendTracker.Marten;

/// <summary>Reads and writes an event by its own contract, whatever the serializer around it is set to.</summary>
internal sealed class EventConverter<T>(JsonTypeInfo<T> json) : JsonConverter<T>
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonSerializer.Deserialize(ref reader, json);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        // Nulls are left out, also where none may be: what could not be read again must not get into the log.
        var data = JsonSerializer.SerializeToUtf8Bytes(value, json);
        JsonSerializer.Deserialize(data, json);
        writer.WriteRawValue(data, skipInputValidation: true);
    }
}

internal static class EventConverter
{
    public static JsonConverter Of(EventType type) =>
        (JsonConverter)Activator.CreateInstance(typeof(EventConverter<>).MakeGenericType(type.Json.Type), type.Json)!;
}
