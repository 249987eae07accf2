using System.Text.Json.Nodes;

namespace SpendTracker.Web.Assistants;

/// <summary>A tool: what of the API it asks, and how that is told.</summary>
/// <param name="Description">For the model that chooses it: meaning, units, and what it is not for.</param>
/// <param name="Endpoint">The name of the API's endpoint.</param>
/// <param name="Answer">The record that the endpoint answers, unless it says so by itself.</param>
/// <param name="Arguments">Of those of the endpoint. Rows to show, and where to go on, are added.</param>
internal sealed record ToolDefinition(string Name, string Title, string Description, string Endpoint, Type Answer, params IReadOnlyList<ToolArgument> Arguments)
{
    /// <summary>The list whose rows are paged; empty if the answer is the list, null if it has none.</summary>
    public string? Rows { get; init; }

    /// <summary>By what rows are in order, the largest first; null for the API's order.</summary>
    public Func<JsonNode, decimal>? LargestFirst { get; init; }

    /// <summary>How the API itself goes on; null if it gives all rows at once.</summary>
    public ApiPages? Pages { get; init; }

    /// <summary>The page that shows the same, without the host; null if there is none.</summary>
    public Func<ToolQuestion, string?> Page { get; init; } = _ => null;

    /// <summary>What is in no amount of the answer; null if its rows say that, or it has no amounts.</summary>
    public Func<JsonNode, Lacking>? NotInAmounts { get; init; }

    /// <summary>The day of an answer that is of a day of its own; null where <c>knownOn</c> says it.</summary>
    public string? Day { get; init; }

    /// <summary>Whether the API has the rows as CSV, too.</summary>
    public bool HasCsv { get; init; }

    /// <summary>A sentence for people. It has no texts of others in it, which may say anything.</summary>
    public required Func<JsonNode, string> Words { get; init; }
}

/// <summary>How a list of the API goes on after a page.</summary>
/// <param name="Parameter">What takes the place where a page ended.</param>
/// <param name="After">The place of a row.</param>
/// <param name="More">The place that the answer itself says; null where nothing follows.</param>
/// <param name="Members">Members of the answer about its own pages, which need not be those of the tool.</param>
internal sealed record ApiPages(string Parameter, Func<JsonNode, string> After, Func<JsonNode, string?> More, params IReadOnlyList<string> Members);
