using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SpendTracker.Web.Requests;

/// <summary>
/// Writes JSON again as the strict reader takes it, without a change of meaning: a null for an optional member is left out,
/// and a whole number that is written <c>1840.0</c> or <c>1.84e3</c>, as many languages do, is written <c>1840</c>.
/// </summary>
internal sealed class LenientJson
{
    private readonly ArrayBufferWriter<byte> _written = new();
    private bool _isChanged;

    /// <summary>Null if there is nothing to change.</summary>
    /// <param name="json">Well-formed.</param>
    public static byte[]? Rewritten(ReadOnlySpan<byte> json, JsonTypeInfo type)
    {
        var lenient = new LenientJson();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        lenient.Value(ref reader, json, type);
        return lenient._isChanged ? lenient._written.WrittenSpan.ToArray() : null;
    }

    /// <param name="type">Null if it is not known: then the value stays as it is.</param>
    private void Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, JsonTypeInfo? type)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when type?.Kind is JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary:
                Members(ref reader, json, KindOf(reader, type));
                break;
            case JsonTokenType.StartArray when type?.Kind is JsonTypeInfoKind.Enumerable:
                Items(ref reader, json, type.Options.GetTypeInfo(type.ElementType!));
                break;
            case JsonTokenType.Number when IsWhole(type) && !reader.TryGetInt64(out _) && reader.TryGetDecimal(out var number) && decimal.IsInteger(number):
                _written.Write(Encoding.ASCII.GetBytes(decimal.Truncate(number).ToString(CultureInfo.InvariantCulture)));
                _isChanged = true;
                break;
            default:
                Copy(ref reader, json);
                break;
        }
    }

    private void Members(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, JsonTypeInfo type)
    {
        _written.Write("{"u8);
        var isFirst = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
            var property = type.Kind == JsonTypeInfoKind.Object ? PropertyOf(type, reader.GetString()!) : null;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null && property is { IsRequired: false })
            {
                _isChanged = true;
                continue;
            }

            _written.Write(isFirst ? [] : ","u8);
            _written.Write(name);
            _written.Write(name.EndsWith(":"u8) ? [] : ":"u8);
            Value(ref reader, json, property is not null ? type.Options.GetTypeInfo(property.PropertyType) : type.ElementType is { } element ? type.Options.GetTypeInfo(element) : null);
            isFirst = false;
        }

        _written.Write("}"u8);
    }

    private void Items(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, JsonTypeInfo type)
    {
        _written.Write("["u8);
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            _written.Write(i == 0 ? [] : ","u8);
            Value(ref reader, json, type);
        }

        _written.Write("]"u8);
    }

    private void Copy(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        _written.Write(json[start..(int)reader.BytesConsumed]);
    }

    private static JsonPropertyInfo? PropertyOf(JsonTypeInfo type, string name) =>
        type.Properties.FirstOrDefault(property => property.Name == name && (property.Set is not null || property.AssociatedParameter is not null));

    /// <summary>Of a type that comes in several kinds, the one that the object names.</summary>
    /// <param name="reader">At the beginning of the object; the copy looks ahead.</param>
    private static JsonTypeInfo KindOf(Utf8JsonReader reader, JsonTypeInfo type)
    {
        if (type.PolymorphismOptions is not { } kinds)
        {
            return type;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKind = reader.ValueTextEquals(kinds.TypeDiscriminatorPropertyName);
            reader.Read();
            var name = isKind && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            if (kinds.DerivedTypes.FirstOrDefault(kind => kind.TypeDiscriminator as string == name) is { DerivedType: { } derived })
            {
                return type.Options.GetTypeInfo(derived);
            }

            reader.Skip();
        }

        return type;
    }

    private static bool IsWhole(JsonTypeInfo? type) => type is { Type: var number } && ((Nullable.GetUnderlyingType(number) ?? number) is var whole) && (whole == typeof(long) || whole == typeof(int));
}
