using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Assistants;

/// <summary>Describes answers as JSON Schema, from the records that they are written from.</summary>
internal static class AnswerSchema
{
    private static readonly JsonSchemaExporterOptions Exporter = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };

    /// <param name="json">How answers are written.</param>
    /// <param name="without">Members that are not shown.</param>
    public static JsonElement Of(Type answer, JsonSerializerOptions json, IReadOnlyList<string> without)
    {
        var strict = new JsonSerializerOptions(json) { NumberHandling = JsonNumberHandling.Strict, TypeInfoResolver = json.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver() };
        var schema = strict.GetJsonSchemaAsNode(typeof(ToolAnswer<>).MakeGenericType(answer), Exporter).AsObject();
        schema["type"] = "object";
        if (schema["properties"]?["answer"] is JsonObject shown)
        {
            foreach (var name in without)
            {
                (shown["properties"] as JsonObject)?.Remove(name);
                Unrequire(shown, required => required == name);
            }
        }

        return JsonSerializer.SerializeToElement(schema);
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (schema is not JsonObject described)
        {
            // What a converter writes cannot be looked into. Ours write texts; any JSON is what an event's data is.
            schema = described = type == typeof(DateTimeOffset) ? new JsonObject { ["type"] = "string", ["format"] = "date-time" }
                : type == typeof(JsonElement) || typeof(JsonNode).IsAssignableFrom(type) ? [] : new JsonObject { ["type"] = "string" };
        }

        if (type.IsEnum)
        {
            described["type"] = "string";
            described["enum"] = new JsonArray([.. EnumName.NamesOf(type).Select(name => (JsonNode)name)]);
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            // Nulls are left out.
            var optional = context.TypeInfo.Properties.Where(property => property.IsGetNullable).Select(property => property.Name).ToHashSet();
            Unrequire(described, optional.Contains);
        }

        if (context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: false) is [DescriptionAttribute description])
        {
            described["description"] = description.Description;
        }

        return schema;
    }

    private static void Unrequire(JsonObject schema, Func<string, bool> isOptional)
    {
        if (schema["required"] is JsonArray required)
        {
            schema["required"] = new JsonArray([.. required.Select(name => (string)name!).Where(name => !isOptional(name)).Select(name => (JsonNode)name)]);
        }
    }
}
