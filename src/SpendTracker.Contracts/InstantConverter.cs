using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>
/// An instant as RFC 3339 text. It must say its offset: without one, the time zone of whichever machine reads it would
/// decide the billing period. It is kept and written in UTC.
/// </summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out var instant))
        {
            throw new JsonException("Must be a time like 2026-01-31T09:30:00Z.");
        }

        // Many serialisers write a plus as \u002B, which is the same text.
        var text = reader.HasValueSequence || reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        var time = text.IndexOf((byte)'T');
        if (time < 0 || text[time..].IndexOfAny("Zz+-"u8) < 0)
        {
            throw new JsonException("Must say its offset from UTC, like 2026-01-31T09:30:00Z.");
        }

        return instant.ToUniversalTime();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        // The round-trip format has seven decimals always; those that say nothing are left out.
        Span<byte> text = stackalloc byte[28];
        Utf8Formatter.TryFormat(value.UtcDateTime, text, out var length, 'O');
        length = text[..(length - 1)].TrimEnd((byte)'0').TrimEnd((byte)'.').Length;
        text[length] = (byte)'Z';
        writer.WriteStringValue(text[..(length + 1)]);
    }
}
