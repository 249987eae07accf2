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
    public static (T? Value, string? Malformed, IReadOnlyList<FieldReason> Reasons) Read<T>(ReadOnlySpan<byte> text, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            return JsonTexts.CheckWithLists(text) is { Count: > 0 } broken ? (null, null, broken)
                : Deserialize(text, json) is { } value ? (value, null, [])
                : (null, null, [new FieldReason("", "Must be an object.")]);
        }
        catch (NotSupportedException) when (WithoutKind(json) is { Length: > 0 } reasons)
        {
            return (null, null, reasons);
        }
        catch (JsonException fault)
        {
            return IsMalformed(text, out var where) ? (null, where, []) : (null, null, Of(fault, text, json));
        }
    }

    /// <summary>What is refused is tried once more as <see cref="LenientJson"/> writes it.</summary>
    /// <exception cref="JsonException">It is not JSON, or not what the type looks like.</exception>
    private static T? Deserialize<T>(ReadOnlySpan<byte> text, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, json);
        }
        catch (JsonException) when (!IsMalformed(text, out _) && LenientJson.Rewritten(text, json) is { } rewritten)
        {
            return JsonSerializer.Deserialize(rewritten, json);
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
    public static IReadOnlyList<FieldReason> Of(JsonException fault, ReadOnlySpan<byte> json, JsonTypeInfo type)
    {
        var present = NamesIn(json, out var repeated);
        if (present is null)
        {
            return [new FieldReason("", "Must be an object.")];
        }

        var known = type.Properties.Where(property => property.Set is not null || property.AssociatedParameter is not null).ToArray();
        List<FieldReason> reasons =
        [
            .. repeated.Select(name => new FieldReason(Short(name), "Given twice.")),
            .. present.Where(name => known.All(property => property.Name != name))
                .Select(name => new FieldReason(Short(name), $"Not a field of this type; it has {string.Join(", ", known.Select(property => property.Name))}.")),
            .. known.Where(property => property.IsRequired && !present.Contains(property.Name)).Select(property => new FieldReason(property.Name, "Missing.")),
        ];
        if (reasons.Count > 0)
        {
            return reasons;
        }

        var path = (fault.Path ?? "$").TrimStart('$').TrimStart('.');
        var field = known.FirstOrDefault(property => property.Name == path);
        return [new FieldReason(path, field is not null ? Expected(field.PropertyType) : IsUnknown(fault) ? "Not a field here." : Sentence(fault.Message))];
    }

    /// <summary>Of a member within a member, the serialiser says it in the names of our types.</summary>
    private static bool IsUnknown(JsonException fault) => fault.Message.Contains("could not be mapped", StringComparison.Ordinal);

    private static HashSet<string>? NamesIn(ReadOnlySpan<byte> json, out List<string> repeated)
    {
        HashSet<string> names = [];
        repeated = [];
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
            {
                repeated.Add(name);
            }

            reader.Skip();
        }

        return names;
    }

    private static string Expected(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            { IsEnum: true } => $"Must be one of {string.Join(", ", EnumName.NamesOf(type))}.",
            _ when type == typeof(string) => "Must be a text.",
            _ when type == typeof(long) || type == typeof(int) => "Must be a whole number.",
            _ when type == typeof(decimal) => "Must be a number with at most 28 digits.",
            _ when type == typeof(bool) => "Must be true or false.",
            _ when type == typeof(DateTimeOffset) => "Must be a time with its offset from UTC, like 2026-01-31T09:30:00Z.",
            _ when type == typeof(Guid) => "Must be an id like 01a2b3c4-0000-7000-8000-000000000001.",
            _ when type == typeof(DateOnly) => "Must be a day like 2026-01-31.",
            _ => "Must be a list or an object of the documented shape.",
        };
    }

    /// <summary>As much of a text as an answer may repeat.</summary>
    public static string Short(string name) => name.Length <= NameLength ? name : name[..NameLength] + "…";

    /// <summary>The serialiser's message without the path that it appends.</summary>
    private static string Sentence(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        end = end >= 0 ? end : message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return end >= 0 ? message[..end] : message;
    }
}
