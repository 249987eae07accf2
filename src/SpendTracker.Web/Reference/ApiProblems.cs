using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace SpendTracker.Web.Reference;

/// <summary>The problems that operations answer, each once, with an example.</summary>
internal static class ApiProblems
{
    private static readonly Dictionary<int, (string When, string Detail)> All = new()
    {
        [400] = ("The request is malformed, or fields break rules: `errors` names them, with the limit.", "At most 100 characters."),
        [401] = ("There is no key, or it is unknown, expired or revoked.", "Send an API key as Authorization: Bearer spend_…"),
        [403] = ("The key lacks the scope, or was issued for other workloads or ids.", "This API key lacks the scope publish."),
        [404] = ("There is no such thing.", "There is no such budget."),
        [408] = ("The body came too slowly.", "The body came too slowly: at least 16 KiB a second are expected."),
        [409] = ("What is there stands in the way. Nothing was stored.", "It was withdrawn before."),
        [412] = ("It has another version than `If-Match` or `If-None-Match` expects. Nothing was stored.", "The workload has another version than was expected. Nothing was stored."),
        [413] = ("The body is too large.", "At most 16 MiB a request."),
        [415] = ("The body has another content type, or is compressed.", "Send application/json."),
        [429] = ("A limit is reached. Ask again after `Retry-After` seconds.", "At most 50,000 requests a second for one key."),
        [500] = ("A fault of the host; it has been logged.", "Something went wrong here; it has been logged."),
        [503] = ("The database is away, too slow or too busy. Send the same again after `Retry-After` seconds.", "The database cannot be reached, or is too slow. Nothing was lost that was acknowledged; send the same ids again."),
        [504] = ("The answer would take too long.", "The answer would take longer than 30 s. Ask for fewer months, or for one workload."),
    };

    public static string NameOf(int status) => $"Problem{status.ToString(CultureInfo.InvariantCulture)}";

    public static void AddTo(OpenApiDocument document)
    {
        document.AddComponent("Problem", Schema());
        foreach (var (status, (when, detail)) in All)
        {
            document.AddComponent(NameOf(status), new OpenApiResponse
            {
                Description = when,
                Headers = status is 429 or 503 ? new Dictionary<string, IOpenApiHeader>
                {
                    ["Retry-After"] = new OpenApiHeader { Description = "Seconds.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } },
                }
                : null,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("Problem", document), Example = Example(status, detail) },
                },
            });
        }
    }

    private static JsonObject Example(int status, string detail)
    {
        var example = new JsonObject
        {
            ["type"] = $"https://tools.ietf.org/html/rfc9110#section-15.{(status < 500 ? "5" : "6")}",
            ["title"] = status == 400 ? "One or more validation errors occurred." : ReasonPhrases.GetReasonPhrase(status),
            ["status"] = status,
        };
        if (status == 400)
        {
            example["errors"] = new JsonObject { ["name"] = new JsonArray(detail) };
        }
        else
        {
            example["detail"] = detail;
        }

        example["traceId"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
        return example;
    }

    private static OpenApiSchema Schema()
    {
        static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "What is wrong (RFC 9457).",
            Required = new HashSet<string> { "status" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = Text("Names the kind of problem."),
                ["title"] = Text("The kind in words."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." },
                ["detail"] = Text("What is wrong with this request, and the limit."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "By field or parameter, what is wrong with it.",
                    AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
                },
                ["moreReasons"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "How many reasons `errors` does not name." },
                ["traceId"] = Text("Finds the request in logs and traces; name it when you ask for help."),
            },
        };
    }
}
