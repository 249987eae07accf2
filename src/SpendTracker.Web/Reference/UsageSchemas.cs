using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Web.Reference;

/// <summary>
/// The bodies that are read by hand: events of usage with their envelope (<c>type</c>, <c>id</c>, <c>source</c>, <c>counts</c>), one or several; and lists that
/// imports take as others publish them.
/// </summary>
internal static class UsageSchemas
{
    private const string Event = "UsageEvent";

    public static async Task AddToAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var any = new OpenApiSchema
        {
            OneOf = [], Description = "A measured fact, with its envelope.",
            Discriminator = new() { PropertyName = "type", Mapping = new Dictionary<string, OpenApiSchemaReference>() },
        };
        foreach (var type in EventTypes.Usage)
        {
            var schema = await context.GetOrCreateSchemaAsync(type.Json.Type, null, cancellationToken);
            var members = schema.Properties!;
            members["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Const = type.Name };
            members["id"] = Text("Makes a retry safe: within its source an id is stored once. One is generated if it is left out.");
            members["source"] = Text("Whose numbering the id belongs to; the key's name if it is left out.");
            if (type.Name == "token_usage_recorded")
            {
                members["counts"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String, Enum = ["exclusive-cache", "exclusive-reasoning", "exclusive"],
                    Description = "What the provider counts beside the totals: cached tokens, reasoning tokens, or both. Nothing if it is left out.",
                };
            }

            (schema.Required ??= new HashSet<string>()).Add("type");
            document.AddComponent(type.Json.Type.Name, schema);
            var reference = new OpenApiSchemaReference(type.Json.Type.Name, document);
            any.OneOf.Add(reference);
            any.Discriminator.Mapping[type.Name] = reference;
        }

        document.AddComponent(Event, any);
        TakeUsage(document);
        TakeLists(document);
        if (document.Components!.Schemas!["CorrectionRequest"] is OpenApiSchema { Properties: { } correction })
        {
            correction["replacement"] = new OpenApiSchemaReference(Event, document) { Description = "What counts instead." };
        }
    }

    private static void TakeUsage(OpenApiDocument document)
    {
        var body = BodyOf(document, "/api/v1/usage");
        var one = new OpenApiSchemaReference(Event, document);
        body["application/json"].Schema = new OpenApiSchema { AnyOf = [one, new OpenApiSchema { Type = JsonSchemaType.Array, Items = one, MaxItems = 10_000 }] };
        body["application/x-ndjson"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One event a line." } };
    }

    private static void TakeLists(OpenApiDocument document)
    {
        BodyOf(document, "/api/v1/rates/import")["application/json"].Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object, Description = "A price map in LiteLLM's format.", AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Object },
        };
        BodyOf(document, "/api/v1/exchange-rates/import")["text/csv"].Schema = Text("`currency,date,rate[,source]`, or the ECB's `eurofxref-hist.csv`.");
    }

    private static IDictionary<string, OpenApiMediaType> BodyOf(OpenApiDocument document, string path) =>
        document.Paths[path].Operations![HttpMethod.Post].RequestBody!.Content!;

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
