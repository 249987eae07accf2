using System.Text.Json;
using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>
/// What a plan rests on: the value that is expected, and the values between which it may lie. In JSON a number where it is
/// certain, or <c>{"low": 1, "expected": 2, "high": 3}</c>.
/// </summary>
[JsonConverter(typeof(AssumptionConverter))]
public sealed record Assumption(decimal Low, decimal Expected, decimal High)
{
    /// <summary>A value without a range.</summary>
    public Assumption(decimal value)
        : this(value, value, value)
    {
    }

    /// <summary>Whether it may be another value than the one expected.</summary>
    [JsonIgnore]
    public bool HasRange => Low != High;
}

/// <summary>Reads and writes the two forms of an <see cref="Assumption"/>.</summary>
public sealed class AssumptionConverter : JsonConverter<Assumption>
{
    private const string Form = "Must be a number, or an object with low, expected and high.";

    /// <inheritdoc/>
    public override Assumption Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return new Assumption(Number(ref reader));
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException(Form);
        }

        decimal? low = null, expected = null, high = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ref var member = ref low;
            if (reader.ValueTextEquals("expected"u8))
            {
                member = ref expected;
            }
            else if (reader.ValueTextEquals("high"u8))
            {
                member = ref high;
            }
            else if (!reader.ValueTextEquals("low"u8))
            {
                throw new JsonException(Form);
            }

            if (member is not null || !reader.Read() || reader.TokenType != JsonTokenType.Number)
            {
                throw new JsonException(Form);
            }

            member = Number(ref reader);
        }

        return low is { } l && expected is { } e && high is { } h ? new Assumption(l, e, h) : throw new JsonException(Form);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Assumption value, JsonSerializerOptions options)
    {
        if (!value.HasRange)
        {
            writer.WriteNumberValue(value.Expected);
            return;
        }

        writer.WriteStartObject();
        writer.WriteNumber("low"u8, value.Low);
        writer.WriteNumber("expected"u8, value.Expected);
        writer.WriteNumber("high"u8, value.High);
        writer.WriteEndObject();
    }

    private static decimal Number(ref Utf8JsonReader reader) =>
        reader.TryGetDecimal(out var number) ? number : throw new JsonException("Must be a number with at most 28 digits.");
}
