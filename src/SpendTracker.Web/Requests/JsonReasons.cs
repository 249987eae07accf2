using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Requests;

/// <summary>Says in the caller's terms what is wrong with JSON that the serialiser refused.</summary>
internal static class JsonReasons
{
    private const int NameLength = 100;

    /// <summary>Reads one object as strictly as events are read.</summary>
    /// <returns>The object; otherwise where it is no JSON, or what is wrong with its fields.</returns>
    public static (T? Value, string? Malformed, FieldReasons Reasons) Read<T>(ReadOnlySpan<byte> text, JsonTypeInfo<T> json)
        where T : class
    {
        var reasons = new FieldReasons();
        try
        {
            reasons = JsonTexts.CheckWithLists(text);
            if (reasons.Count == 0 && JsonSerializer.Deserialize(text, json) is { } value)
            {
                return (value, null, reasons);
            }

            if (reasons.Count == 0)
            {
                reasons.Add("", "Must be an object.");
            }

            return (null, null, reasons);
        }
        catch (NotSupportedException) when (WithoutKind(json) is { Length: > 0 } kinds)
        {
            reasons.Add(kinds);
            return (null, null, reasons);
        }
        catch (JsonException fault)
        {
            return IsMalformed(text, out var where) ? (null, where, reasons) : (null, null, Of(fault, text, json));
        }
    }

    /// <summary>
    /// What a member lacks that comes in several kinds. The serialiser says of such an object that it cannot make one, and of
    /// nothing else here.
    /// </summary>
    private static FieldReason[] WithoutKind(JsonTypeInfo json) =>
    [
        .. from property in json.Properties
           let kinds = json.Options.GetTypeInfo(property.PropertyType).PolymorphismOptions
           where kinds is not null
           select new FieldReason(
               $"{property.Name}.{kinds.TypeDiscriminatorPropertyName}",
               $"Must be one of {string.Join(", ", kinds.DerivedTypes.Select(kind => kind.TypeDiscriminator))}."),
    ];

    /// <summary>Whether the text is not JSON at all, and if so where: line and position count from 1.</summary>
    public static bool IsMalformed(ReadOnlySpan<byte> json, out string where, long firstLine = 1)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
            }

            where = "";
            return false;
        }
        catch (JsonException fault)
        {
            where = Where(fault, firstLine);
            return true;
        }
    }

    public static string Where(JsonException fault, long firstLine = 1) => string.Create(
        CultureInfo.InvariantCulture,
        $"Line {(fault.LineNumber ?? 0) + firstLine}, position {(fault.BytePositionInLine ?? 0) + 1}: {Sentence(fault.Message)}");

    /// <summary>The fields that are wrong, missing or unknown. The JSON is well formed.</summary>
    public static FieldReasons Of(JsonException fault, ReadOnlySpan<byte> json, JsonTypeInfo type)
    {
        var known = type.Properties.Where(property => property.Set is not null || property.AssociatedParameter is not null).ToArray();
        var reasons = new FieldReasons();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reasons.Add("", "Must be an object.");
            return reasons;
        }

        var unknown = new FieldReasons();
        var isGiven = new bool[known.Length];
        var others = $"Not a field of this type; it has {string.Join(", ", known.Select(property => property.Name))}.";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var place = Array.FindIndex(known, property => property.Name == name);
            if (place < 0)
            {
                unknown.Add(Short(name), others);
            }
            else if (isGiven[place])
            {
                reasons.Add(name, "Given twice.");
            }
            else
            {
                isGiven[place] = true;
            }

            reader.Skip();
        }

        reasons.Add(known.Where((property, place) => property.IsRequired && !isGiven[place]).Select(property => new FieldReason(property.Name, "Missing.")));
        reasons.Add(unknown);
        if (reasons.Count == 0)
        {
            var path = (fault.Path ?? "$").TrimStart('$').TrimStart('.');
            reasons.Add(Short(path), JsonFault.Said(fault, type, path));
        }

        return reasons;
    }

    /// <summary>As much of a text as an answer may repeat.</summary>
    public static string Short(string name) => name.Length <= NameLength ? name : name[..NameLength] + "…";

    /// <summary>The serialiser's message without the path that it appends.</summary>
    internal static string Sentence(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        end = end >= 0 ? end : message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return end >= 0 ? message[..end] : message;
    }
}
