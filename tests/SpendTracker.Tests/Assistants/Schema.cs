using System.Text.Json;

namespace SpendTracker.Tests.Assistants;

/// <summary>The part of JSON Schema that answers are described by.</summary>
internal static class Schema
{
    /// <summary>Where a value is not as a schema says, and how; empty if it is. A member that the schema does not name is a fault, too.</summary>
    public static string FaultOf(JsonElement value, JsonElement schema) => FaultOf(value, schema, schema, "$");

    private static string FaultOf(JsonElement value, JsonElement schema, JsonElement root, string place)
    {
        if (schema.ValueKind == JsonValueKind.True)
        {
            return "";
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            return FaultOf(value, reference.GetString()!.Split('/').Skip(1).Aggregate(root, Step), root, place);
        }

        if (schema.TryGetProperty("type", out var type) && !Types(type).Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && Types(type).Contains("number")))
        {
            return $"{place} is {TypeOf(value)}, not {type.GetRawText()}";
        }

        if (schema.TryGetProperty("enum", out var known) && !known.EnumerateArray().Any(name => JsonElement.DeepEquals(name, value)))
        {
            return $"{place} is {value}, none of {known.GetRawText()}";
        }

        return value.ValueKind switch
        {
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) => value.EnumerateArray().Select((item, i) => FaultOf(item, items, root, $"{place}[{i}]")).FirstOrDefault(fault => fault.Length > 0) ?? "",
            JsonValueKind.Object when schema.TryGetProperty("properties", out _) || schema.TryGetProperty("additionalProperties", out _) => OfMembers(value, schema, root, place),
            _ => "",
        };
    }

    private static string OfMembers(JsonElement value, JsonElement schema, JsonElement root, string place)
    {
        if (schema.TryGetProperty("required", out var required) && required.EnumerateArray().FirstOrDefault(name => !value.TryGetProperty(name.GetString()!, out _)) is { ValueKind: JsonValueKind.String } missing)
        {
            return $"{place} has no {missing}";
        }

        foreach (var member in value.EnumerateObject())
        {
            var described = schema.TryGetProperty("properties", out var members) && members.TryGetProperty(member.Name, out var own) ? own
                : schema.TryGetProperty("additionalProperties", out var others) ? others
                : default;
            var fault = described.ValueKind == JsonValueKind.Undefined ? $"{place} has {member.Name}, which is not described" : FaultOf(member.Value, described, root, $"{place}.{member.Name}");
            if (fault.Length > 0)
            {
                return fault;
            }
        }

        return "";
    }

    private static JsonElement Step(JsonElement within, string part)
    {
        var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        return within.GetProperty(name);
    }

    private static IEnumerable<string?> Types(JsonElement type) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()) : [type.GetString()];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };
}
