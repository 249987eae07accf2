using System.Text.Json.Nodes;

namespace SpendTracker.Web.Assistants;

/// <summary>What a tool can be asked by. It has the name of the API's parameter, which reads and refuses it.</summary>
/// <param name="Description">Meaning, format, limits and default, for the model that fills it in.</param>
internal sealed record ToolArgument(string Name, string Description)
{
    /// <summary>Longer than any name, and than lists of dimensions.</summary>
    public const int MostCharacters = 1_000;

    /// <summary>Conditions on different dimensions; there are ten.</summary>
    public const int MostValues = 10;

    public bool IsRequired { get; init; }

    /// <summary>Whether it may be given several times.</summary>
    public bool IsList { get; init; }

    /// <summary>A regular expression, for clients that check before they ask.</summary>
    public string? Pattern { get; init; }

    public IReadOnlyList<string> OneOf { get; init; } = [];

    /// <summary>What the API takes it to be if it is left out, by today and the arguments before it; null if that is in the answer, or nothing.</summary>
    public Func<DateOnly, ToolQuestion, string?> Otherwise { get; init; } = (_, _) => null;

    public JsonObject ToSchema()
    {
        var text = new JsonObject { ["type"] = "string" };
        if (Pattern is not null)
        {
            text["pattern"] = Pattern;
        }

        if (OneOf.Count > 0)
        {
            text["enum"] = new JsonArray([.. OneOf.Select(value => (JsonNode)value)]);
        }

        var schema = IsList ? new JsonObject { ["type"] = "array", ["items"] = text, ["maxItems"] = MostValues } : text;
        schema["description"] = Description;
        return schema;
    }
}
