using System.Text.Json;
using System.Text.Unicode;
using SpendTracker.Contracts;

namespace SpendTracker;

/// <summary>
/// Finds texts and names in JSON that are not Unicode: half a surrogate pair, or bytes that are not UTF-8. A JSON reader lets
/// them pass, and throws only when the text is asked for.
/// </summary>
public sealed class JsonTexts
{
    private const int NameLength = 100;

    private readonly FieldReasons _reasons = new();
    private readonly bool _refusesNulls;

    private JsonTexts(bool refusesNulls) => _refusesNulls = refusesNulls;

    /// <summary>Whether a glance shows that there are none. False if somebody has to look: half a pair can only be written with an escape.</summary>
    public static bool AreUnicode(ReadOnlySpan<byte> json) => Utf8.IsValid(json) && json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0;

    /// <summary>The texts that are not Unicode, by field. Empty if there are none.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static FieldReasons Check(ReadOnlySpan<byte> json) => AreUnicode(json) ? new() : Walk(json, refusesNulls: false);

    /// <summary>The same, and the nulls in lists: the serialiser takes a null for whatever a list has.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static FieldReasons CheckWithLists(ReadOnlySpan<byte> json) => Walk(json, refusesNulls: true);

    private static FieldReasons Walk(ReadOnlySpan<byte> json, bool refusesNulls)
    {
        var texts = new JsonTexts(refusesNulls);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        texts.Value(ref reader, "");
        return texts._reasons;
    }

    private void Value(ref Utf8JsonReader reader, string path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: Members(ref reader, path); break;
            case JsonTokenType.StartArray: Items(ref reader, path); break;
            case JsonTokenType.String when !IsUnicode(ref reader): _reasons.Add(path, "Must be Unicode text."); break;
        }
    }

    private void Members(ref Utf8JsonReader reader, string path)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!IsUnicode(ref reader))
            {
                _reasons.Add(path, "The name of a field must be Unicode text.");
                reader.Skip();
                continue;
            }

            var name = reader.GetString()!;
            name = name.Length <= NameLength ? name : name[..NameLength] + "…";
            reader.Read();
            Value(ref reader, path.Length == 0 ? name : $"{path}.{name}");
        }
    }

    private void Items(ref Utf8JsonReader reader, string path)
    {
        var hasNull = false;
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (_refusesNulls && reader.TokenType == JsonTokenType.Null && !hasNull)
            {
                hasNull = true;
                _reasons.Add(path, "Must not contain null.");
            }
            else if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.String)
            {
                Value(ref reader, $"{path}[{i}]");
            }
        }
    }

    private static bool IsUnicode(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return Utf8.IsValid(reader.ValueSpan);
        }

        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
