using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace SpendTracker.Tests.Reference;

/// <summary>Checks bodies against the description of the API. Stricter than a client: a member that is not described is an error, too.</summary>
internal sealed class ApiSchemas(JsonNode document)
{
    private readonly JsonObject _definitions = Strict(document["components"]!["schemas"]!).AsObject();

    /// <summary>What is wrong with a body; empty if nothing is.</summary>
    /// <param name="schema">Of an operation's body, as the document has it.</param>
    public IReadOnlyList<string> Faults(JsonNode schema, JsonNode? body)
    {
        var whole = Strict(schema).AsObject();
        whole["$schema"] = "https://json-schema.org/draft/2020-12/schema";
        whole["$defs"] = _definitions.DeepClone();
        var results = JsonSchema.FromText(whole.ToJsonString()).Evaluate(body is null ? default : JsonSerializer.SerializeToElement(body), new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? [] :
        [
            .. (results.Details ?? []).Where(detail => detail.Errors is not null)
                .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")).Distinct().Take(10),
        ];
    }

    /// <summary>The content that an operation takes, or answers with a status; null if it is not JSON.</summary>
    public static JsonNode? ContentOf(JsonNode? body) => body?["content"]?["application/json"];

    /// <summary>With references into the definitions beside it, and with no members but those that are described.</summary>
    private static JsonNode Strict(JsonNode schema)
    {
        var copy = JsonNode.Parse(schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))!;
        Close(copy);
        return copy;
    }

    private static void Close(JsonNode? node)
    {
        foreach (var child in node is JsonObject o ? o.Select(member => member.Value) : node is JsonArray a ? a : Enumerable.Empty<JsonNode?>())
        {
            Close(child);
        }

        if (node is JsonObject schema)
        {
            if (schema["properties"] is JsonObject && schema["type"] is not null && schema["additionalProperties"] is null)
            {
                schema["additionalProperties"] = false;
            }

            schema.Remove("discriminator"); // OpenAPI's, and not JSON Schema's.
            schema.Remove("example");
        }
    }
}
