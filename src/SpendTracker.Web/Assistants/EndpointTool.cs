using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Comparison;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Assistants;

/// <summary>A tool that asks one endpoint of the API, and frames its answer.</summary>
/// <param name="json">How the API writes answers.</param>
internal sealed class EndpointTool(ToolDefinition tool, EndpointCalls calls, AlertOptions links, KnownOn days, JsonSerializerOptions json) : McpServerTool
{
    private readonly ToolDefinition _tool = tool;
    private readonly IReadOnlyList<ToolArgument> _arguments = tool.Arguments;

    public override Tool ProtocolTool { get; } = new()
    {
        Name = tool.Name,
        Title = tool.Title,
        Description = tool.Description,
        InputSchema = InputSchema(tool),
        OutputSchema = AnswerSchema.Of(calls.Answers.GetValueOrDefault(tool.Endpoint, tool.Answer), json, ["next", .. tool.Pages?.Members ?? []]),
        Annotations = new ToolAnnotations { Title = tool.Title, ReadOnlyHint = true, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false },
    };

    public override IReadOnlyList<object> Metadata => [_tool];

    public override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        var check = new FieldCheck();
        var question = ToolQuestion.Read(check, _arguments, _tool.Rows is not null, request.Params.Arguments ?? new Dictionary<string, JsonElement>(), days.Today);
        var first = _tool.Pages is null && !EndpointCalls.HasPages(calls.Find(_tool.Endpoint)) ? AnswerSize.Number(question.Cursor) : 0;
        check.That("cursor", first is not null, "Must be the `next` of an answer to the same question.");
        if (check.Reasons.Count > 0)
        {
            return Refusal(check.Reasons.Select(reason => $"{reason.Field}: {reason.Reason}"));
        }

        var endpoint = calls.Find(_tool.Endpoint);
        var hasPages = EndpointCalls.HasPages(endpoint);
        for (var most = question.Limit; ;)
        {
            var (status, answer) = await calls.AskAsync(endpoint, AsAsked(question, hasPages, most), request.User!, request.Services!, cancellationToken);
            if (status != StatusCodes.Status200OK || answer is null)
            {
                return Refusal(ReasonsOf(answer, status));
            }

            var words = _tool.Words(answer);
            Sort(answer);
            var page = AnswerSize.Cut(answer, RowsOf(answer), hasPages ? 0 : first!.Value, question.Limit);
            if (hasPages && page.Next is not null)
            {
                most = page.Shown; // Too large: of as many as there is room for, the API knows where to go on.
                continue;
            }

            return Result(question.AsUnderstood(_arguments, answer), endpoint, page, words, HostOf(request.Services!));
        }
    }

    /// <summary>The question as the API takes it, which may have pages of its own.</summary>
    private ToolQuestion AsAsked(ToolQuestion question, bool hasPages, int most)
    {
        var cursor = question.Cursor;
        var asked = !hasPages ? question : question.With(ToolQuestion.LimitName, [most.ToString(CultureInfo.InvariantCulture)]);
        return cursor is null ? asked : hasPages ? asked.With(ToolQuestion.CursorName, [cursor]) : _tool.Pages is { } pages ? asked.With(pages.Parameter, [cursor]) : asked;
    }

    private CallToolResult Result(ToolQuestion question, RouteEndpoint endpoint, AnswerPage page, string words, string host)
    {
        var answer = page.Answer;
        var lacking = _tool.NotInAmounts?.Invoke(answer);
        var knownOn = question[_tool.Day ?? "knownOn"] ?? (_tool.Day is { } member ? $"{answer[member]}" : null);
        var next = page.Next is not { } number ? (answer is JsonObject ? answer["next"]?.ToString() : null) ?? _tool.Pages?.More(answer)
            : _tool.Pages is { } pages ? pages.After(page.Last!)
            : number.ToString(CultureInfo.InvariantCulture);
        foreach (var name in OwnPages)
        {
            (answer as JsonObject)?.Remove(name);
        }

        var framed = new ToolAnswer<JsonNode>(
            question.ToArguments(_arguments).ToDictionary(argument => argument.Key, argument => argument.Value!), KnownOn.IsDay(knownOn, out var day) ? day : days.Today,
            lacking, LinksOf(host, question, endpoint), page.LeftOut, next, answer);
        var structured = JsonSerializer.SerializeToElement(framed, json);
        return new CallToolResult
        {
            // For people, then the same as text for clients that know no structured content.
            Content = [new TextContentBlock { Text = Told(words, framed) }, new TextContentBlock { Text = structured.GetRawText() }],
            StructuredContent = structured,
        };
    }

    /// <summary>Members of an answer about the API's own pages.</summary>
    private IReadOnlyList<string> OwnPages => ["next", .. _tool.Pages?.Members ?? []];

    private string? RowsOf(JsonNode answer) => answer is JsonObject page && page["items"] is JsonArray ? "items" : _tool.Rows;

    /// <summary>Where people reach the host; without that setting, as the assistant does.</summary>
    private string HostOf(IServiceProvider services) => links.PublicUrl ?? services.GetRequiredService<AskedAddress>().Host;

    private AnswerLinks LinksOf(string host, ToolQuestion question, RouteEndpoint endpoint)
    {
        var api = $"{host}{EndpointCalls.AddressOf(endpoint, question)}";
        return new AnswerLinks(host, _tool.Page(question) is { } page ? host + page : null, api, _tool.HasCsv ? $"{api}&format=csv" : null);
    }

    private void Sort(JsonNode answer)
    {
        if (_tool is { LargestFirst: { } size, Rows.Length: > 0 } && answer[_tool.Rows!] is JsonArray list)
        {
            JsonNode[] sorted = [.. list.OfType<JsonNode>().OrderByDescending(size)];
            list.Clear();
            foreach (var row in sorted)
            {
                list.Add(row);
            }
        }
    }

    private static string Told(string words, ToolAnswer<JsonNode> framed) => string.Join(' ', ((string?[])
    [
        words,
        framed.NotInAmounts is { IsNothing: false } lacking ? $"Not in the amounts, or in part: {ComparedWords.Lacking(lacking.Unpriced, lacking.Unconverted, lacking.Incomplete)}." : null,
        framed.LeftOut.Count > 0 || framed.Next is not null ? "More follows, or was left out." : null,
        $"As known on {KnownOn.Text(framed.KnownOn)}.", framed.Links.Page ?? framed.Links.Api,
    ]).OfType<string>());

    private static CallToolResult Refusal(IEnumerable<string> reasons) => new() { IsError = true, Content = [new TextContentBlock { Text = string.Join('\n', reasons) }] };

    /// <summary>What a problem says, a reason a line. The API takes a tool's place in its own list by another name.</summary>
    private IEnumerable<string> ReasonsOf(JsonNode? problem, int status)
    {
        if (problem?["errors"] is not JsonObject errors)
        {
            yield return (string?)problem?["detail"] ?? (string?)problem?["title"] ?? $"The API answered {status}.";
            yield break;
        }

        foreach (var (field, reasons) in errors)
        {
            foreach (var reason in reasons as JsonArray ?? [])
            {
                yield return $"{(field == _tool.Pages?.Parameter ? "cursor" : field)}: {reason}";
            }
        }

        if (problem["moreReasons"] is { } more)
        {
            yield return $"And {more} reasons more.";
        }
    }

    private static JsonElement InputSchema(ToolDefinition tool) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject([
            .. tool.Arguments.Select(argument => new KeyValuePair<string, JsonNode?>(argument.Name, argument.ToSchema())), .. ToolQuestion.CommonSchemas(tool.Rows is not null),
        ]),
        ["required"] = new JsonArray([.. tool.Arguments.Where(argument => argument.IsRequired).Select(argument => (JsonNode)argument.Name)]),
        ["additionalProperties"] = false,
    });
}
