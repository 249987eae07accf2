using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace SpendTracker.Web.Reference;

/// <summary>
/// Examples of each operation, from <c>examples.json</c>: requests as people wrote them, and the answers that a host gave to them. Tests send the
/// requests and check both against the description.
/// </summary>
internal static class ExampleBook
{
    /// <summary>Operation → <c>request</c> and <c>response</c>, either or both.</summary>
    public static JsonObject All { get; } = Read();

    private static JsonObject Read()
    {
        using var stream = typeof(ExampleBook).Assembly.GetManifestResourceStream("examples.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }

    public static void Show(OpenApiOperation operation)
    {
        if (All[operation.OperationId!] is not JsonObject example)
        {
            return;
        }

        if (example["request"] is { } request && operation.RequestBody?.Content is { } bodies)
        {
            foreach (var body in bodies.Values)
            {
                body.Example = request.DeepClone();
            }
        }

        if (example["response"] is { } response)
        {
            var previews = operation.Responses!.ContainsKey("201") && operation.Parameters?.Any(parameter => parameter.Name == "dryRun") == true;
            foreach (var (status, answer) in operation.Responses)
            {
                if (previews && status == "200")
                {
                    continue; // What would change is another answer than what was published.
                }

                if (status is "200" or "201" && answer is OpenApiResponse { Content: { } contents } && contents.TryGetValue("application/json", out var content))
                {
                    content.Example = response.DeepClone();
                }
            }
        }
    }
}
