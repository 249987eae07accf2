using System.Text.Json.Nodes;

namespace SpendTracker.Tests.Reference;

/// <summary>
/// What of a description of the API would break a program that was written for an earlier one: what is gone, what is of another type, what has to be
/// sent and had not, what may be missing and was always there. What is new breaks nothing. Pure.
/// </summary>
internal sealed class ApiChanges
{
    private readonly JsonNode _before;
    private readonly JsonNode _after;
    private readonly List<string> _found = [];
    private readonly HashSet<string> _compared = [];

    private ApiChanges(JsonNode before, JsonNode after) => (_before, _after) = (before, after);

    public static IReadOnlyList<string> Breaking(JsonNode before, JsonNode after)
    {
        var changes = new ApiChanges(before, after);
        foreach (var (path, item) in before["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject())
            {
                changes.Operation($"{method.ToUpperInvariant()} {path}", operation!, after["paths"]![path]?[method]);
            }
        }

        return changes._found;
    }

    private void Operation(string place, JsonNode before, JsonNode? after)
    {
        if (after is null)
        {
            _found.Add($"{place}: is gone.");
            return;
        }

        That(place, Text(before["operationId"]) == Text(after["operationId"]), "has another operationId.");
        Parameters(place, ParametersOf(before), ParametersOf(after));
        Body(place, before["requestBody"], after["requestBody"]);
        foreach (var (status, answer) in before["responses"]!.AsObject().Where(answer => answer.Key.StartsWith('2')))
        {
            if (after["responses"]![status] is not { } answered)
            {
                _found.Add($"{place}: answers {status} no more.");
                continue;
            }

            foreach (var (type, content) in ContentsOf(answer))
            {
                if (answered["content"]?[type] is not { } now)
                {
                    _found.Add($"{place}: answers {status} in {type} no more.");
                }
                else if (content?["schema"] is { } schema)
                {
                    Schema($"{place} → {status}", schema, now["schema"], isSent: false);
                }
            }
        }
    }

    private static Dictionary<string, JsonNode> ParametersOf(JsonNode operation) =>
        operation["parameters"]?.AsArray().ToDictionary(parameter => $"{Text(parameter!["in"])} {Text(parameter["name"])}", parameter => parameter!) ?? [];

    private static JsonObject ContentsOf(JsonNode? body) => body?["content"] as JsonObject ?? [];

    private void Parameters(string place, Dictionary<string, JsonNode> before, Dictionary<string, JsonNode> after)
    {
        foreach (var (name, parameter) in before)
        {
            if (!after.TryGetValue(name, out var now))
            {
                _found.Add($"{place}: takes no {name} any more.");
                continue;
            }

            That(place, IsRequired(parameter) || !IsRequired(now), $"needs {name} now.");
            Schema($"{place} ({name})", parameter["schema"] ?? new JsonObject(), now["schema"], isSent: true);
        }

        foreach (var (name, _) in after.Where(parameter => !before.ContainsKey(parameter.Key) && IsRequired(parameter.Value)))
        {
            _found.Add($"{place}: needs {name} now.");
        }
    }

    private void Body(string place, JsonNode? before, JsonNode? after)
    {
        That(place, before is null || after is not null, "takes no body any more.");
        That(place, !IsRequired(after) || IsRequired(before), "needs a body now.");
        foreach (var (type, content) in ContentsOf(before))
        {
            if (after is not null && after["content"]?[type] is null)
            {
                _found.Add($"{place}: takes {type} no more.");
            }
            else if (content?["schema"] is { } schema)
            {
                Schema($"{place} ←", schema, after?["content"]?[type]?["schema"], isSent: true);
            }
        }
    }

    /// <param name="isSent">By a program, to the API; else it is an answer.</param>
    private void Schema(string place, JsonNode before, JsonNode? after, bool isSent)
    {
        if (after is null)
        {
            _found.Add($"{place}: is described no more.");
            return;
        }

        if (!_compared.Add($"{Text(before["$ref"]) ?? place} {Text(after["$ref"])} {isSent}"))
        {
            return; // Compared already, or a type within itself.
        }

        (before, after) = (Resolved(_before, before), Resolved(_after, after));
        Types(place, before, after, isSent);
        Members(place, before, after, isSent);
        foreach (var part in (string[])["items", "additionalProperties"])
        {
            if (before[part] is JsonObject then)
            {
                Schema($"{place}[]", then, after[part] as JsonObject, isSent);
            }
        }

        foreach (var part in (string[])["oneOf", "anyOf", "allOf"])
        {
            var now = after[part]?.AsArray() ?? [];
            foreach (var (index, then) in (before[part]?.AsArray() ?? []).Index())
            {
                var same = Text(then!["$ref"]) is { } reference ? now.FirstOrDefault(one => Text(one!["$ref"]) == reference) : now.ElementAtOrDefault(index);
                Schema($"{place} {part} {Text(then["$ref"]) ?? $"{index}"}", then, same, isSent);
            }
        }
    }

    private void Types(string place, JsonNode before, JsonNode after, bool isSent)
    {
        var (then, now) = (TypesOf(before), TypesOf(after));
        var (wide, narrow) = isSent ? (now, then) : (then, now); // A program may send what it could, and gets nothing that it does not expect.
        That(place, wide.Count == 0 ? narrow.Count == 0 || isSent : narrow.Count > 0 && wide.IsSupersetOf(narrow), $"is {string.Join(" or ", now)} instead of {string.Join(" or ", then)}.");
        That(place, Text(before["format"]) == Text(after["format"]) || before["format"] is null, $"has the format {Text(after["format"])} instead of {Text(before["format"])}.");
        That(place, before["const"]?.ToJsonString() == after["const"]?.ToJsonString(), "has another value.");
        if (after["enum"] is JsonArray values)
        {
            var gone = (before["enum"] as JsonArray ?? []).Select(Text).Except(values.Select(Text)).ToArray();
            That(place, gone.Length == 0, $"is never {string.Join(", ", gone)} any more.");
            That(place, before["enum"] is not null || !isSent, "is one of few values now.");
        }
    }

    private void Members(string place, JsonNode before, JsonNode after, bool isSent)
    {
        var (then, now) = (before["properties"] as JsonObject ?? [], after["properties"] as JsonObject ?? []);
        var (needed, neededNow) = (RequiredOf(before), RequiredOf(after));
        foreach (var (name, member) in then)
        {
            if (now[name] is not { } same)
            {
                _found.Add($"{place}.{name}: is gone.");
                continue;
            }

            Schema($"{place}.{name}", member!, same, isSent);
        }

        foreach (var name in isSent ? neededNow.Except(needed) : needed.Except(neededNow).Where(now.ContainsKey))
        {
            _found.Add($"{place}.{name}: {(isSent ? "is needed now" : "may be missing now")}.");
        }
    }

    private static HashSet<string> TypesOf(JsonNode schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(type => Text(type)!)],
        { } one => [Text(one)!],
        null => [],
    };

    private static HashSet<string> RequiredOf(JsonNode schema) => [.. (schema["required"] as JsonArray ?? []).Select(name => Text(name)!)];

    private static JsonNode Resolved(JsonNode document, JsonNode schema) =>
        Text(schema["$ref"]) is { } reference ? document["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]! : schema;

    private static bool IsRequired(JsonNode? node) => node?["required"] is JsonValue value && value.GetValue<bool>();

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString();

    private void That(string place, bool holds, string what)
    {
        if (!holds)
        {
            _found.Add($"{place}: {what}");
        }
    }
}
