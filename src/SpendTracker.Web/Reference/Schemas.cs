using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Reference;

/// <summary>Says of types what really goes over the wire.</summary>
internal static class Schemas
{
    public static Task ShapeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(decimal))
        {
            schema.Format = "decimal"; // Not a double: answers have up to 28 digits.
        }
        else if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. EnumName.NamesOf(type).Select(name => (JsonNode)name)]; // Without null: a member that is null is left out.
        }
        else if (type == typeof(DateTimeOffset))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        }
        else if (type == typeof(Assumption))
        {
            AsAssumption(schema);
        }

        // A member that is null is left out; in a request it may be either.
        foreach (var member in context.JsonTypeInfo.Properties)
        {
            if (schema.Required is not null && (member.IsGetNullable || member.AssociatedParameter is { IsNullable: true } || member.AssociatedParameter is { HasDefaultValue: true }))
            {
                schema.Required.Remove(member.Name);
            }
        }

        return Task.CompletedTask;
    }

    private static void AsAssumption(OpenApiSchema schema)
    {
        static OpenApiSchema Number() => new() { Type = JsonSchemaType.Number, Format = "decimal" };
        schema.Type = null;
        schema.Properties = null;
        schema.Required = null;
        schema.Description = "A number, or the values between which it may lie.";
        schema.OneOf =
        [
            Number(),
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string> { "low", "expected", "high" },
                Properties = new Dictionary<string, IOpenApiSchema> { ["low"] = Number(), ["expected"] = Number(), ["high"] = Number() },
            },
        ];
        schema.Examples = [JsonNode.Parse("""{"low":80000,"expected":120000,"high":400000}""")!];
    }
}
