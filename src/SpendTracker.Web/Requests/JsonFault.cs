using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Requests;

/// <summary>
/// Says what the serialiser refused in a value. Its own words name types of .NET and of ours, which tell a caller nothing and
/// everybody how the host is made.
/// </summary>
internal static partial class JsonFault
{
    private const string OtherShape = "Must be a list or an object of the documented shape.";

    /// <param name="type">What the JSON as a whole should be.</param>
    /// <param name="path">Where in it the serialiser stopped, like <c>prices[0].meter</c>.</param>
    public static string Said(JsonException fault, JsonTypeInfo type, string path)
    {
        var said = JsonReasons.Sentence(fault.Message);
        return said switch
        {
            _ when said.Contains("could not be mapped", StringComparison.Ordinal) => "Not a field here.",
            _ when said.Contains("missing required properties", StringComparison.Ordinal) => $"Missing: {string.Join(", ", Quoted().Matches(said[said.IndexOf("including", StringComparison.Ordinal)..]).Select(name => name.Groups[1].Value))}.",
            _ when said.StartsWith("Duplicate property", StringComparison.Ordinal) => "A field is given twice.",
            _ when said.StartsWith("Must ", StringComparison.Ordinal) => said, // A converter of ours.
            _ => TypeAt(type, path) is { } expected ? Expected(expected) : OtherShape,
        };
    }

    /// <summary>The type of the value at a path; null if the path leads through what may be of several kinds.</summary>
    private static Type? TypeAt(JsonTypeInfo type, string path)
    {
        foreach (Match step in Steps().Matches(path))
        {
            var next = step.Value[0] != '[' ? type.Properties.FirstOrDefault(property => property.Name == step.Value)?.PropertyType : type.ElementType;
            if ((next ?? type.ElementType) is not { } found)
            {
                return null;
            }

            type = type.Options.GetTypeInfo(found);
        }

        return path.Length == 0 ? null : type.Type;
    }

    [GeneratedRegex(@"\[[^\]]*\]|[^.\[]+")]
    private static partial Regex Steps();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();

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
            _ => OtherShape,
        };
    }
}
