using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Extensions;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Assistants;

/// <summary>What a tool is asked, as texts by argument: what the API would be sent, and how many rows are to be shown.</summary>
/// <param name="Limit">Rows, or entries of each list, at most.</param>
/// <param name="Cursor">Where a page before ended; null for the first.</param>
internal sealed record ToolQuestion(IReadOnlyDictionary<string, IReadOnlyList<string>> Asked, int Limit, string? Cursor)
{
    public const int UsualLimit = 50;
    public const int MostRows = 200;

    public const string LimitName = "limit";
    public const string CursorName = "cursor";

    public string? this[string name] => Asked.GetValueOrDefault(name) is [var text, ..] ? text : null;

    /// <summary>Reads a call's arguments. Those that nobody knows are refused: misspelt, they would ask for too much.</summary>
    /// <param name="isPaged">Whether it takes a cursor.</param>
    public static ToolQuestion Read(FieldCheck check, IReadOnlyList<ToolArgument> known, bool isPaged, IDictionary<string, JsonElement> arguments, DateOnly today)
    {
        string[] names = [.. known.Select(argument => argument.Name), LimitName, .. isPaged ? (string[])[CursorName] : []];
        foreach (var name in arguments.Keys.Except(names))
        {
            check.That(JsonReasons.Short(name), false, $"Not an argument here; these are {string.Join(", ", names)}.");
        }

        var question = new ToolQuestion(
            new Dictionary<string, IReadOnlyList<string>>(), LimitOf(check, arguments), isPaged && arguments.TryGetValue(CursorName, out var cursor) ? Text(check, CursorName, cursor) : null);
        foreach (var argument in known)
        {
            var given = arguments.TryGetValue(argument.Name, out var value) ? Texts(check, argument, value) : [];
            if (given.Count == 0 && argument.Otherwise(today, question) is { } otherwise)
            {
                given = [otherwise];
            }

            check.That(argument.Name, given.Count > 0 || !argument.IsRequired || check.Reasons.Any(reason => reason.Field == argument.Name), "Must be given.");
            question = given.Count == 0 ? question : question.With(argument.Name, given);
        }

        return question;
    }

    /// <summary>The question with what the answer says that it was taken to be: a month that was left out, or how dimensions are written.</summary>
    public ToolQuestion AsUnderstood(IReadOnlyList<ToolArgument> known, JsonNode answer)
    {
        Dictionary<string, IReadOnlyList<string>> understood = [];
        foreach (var argument in known)
        {
            var said = argument.IsList || answer is not JsonObject members ? null : members[argument.Name];
            var text = said is JsonArray values ? string.Join(',', values.Select(value => $"{value}")) : said is JsonValue ? $"{said}" : "";
            if (text.Length > 0 || Asked.ContainsKey(argument.Name))
            {
                understood[argument.Name] = text.Length > 0 ? [text] : Asked[argument.Name];
            }
        }

        return this with { Asked = understood };
    }

    /// <summary>As arguments: asked again by these, the tool understands the same.</summary>
    public JsonObject ToArguments(IReadOnlyList<ToolArgument> known)
    {
        JsonObject arguments = [];
        foreach (var argument in known.Where(argument => Asked.ContainsKey(argument.Name)))
        {
            arguments[argument.Name] = argument.IsList ? new JsonArray([.. Asked[argument.Name].Select(text => (JsonNode)text)]) : this[argument.Name];
        }

        arguments[LimitName] = Limit;
        if (Cursor is not null)
        {
            arguments[CursorName] = Cursor;
        }

        return arguments;
    }

    /// <summary>As the query of an address, without some of the arguments.</summary>
    public string ToQuery(params ReadOnlySpan<string> without)
    {
        var query = new QueryBuilder();
        foreach (var (name, texts) in Asked)
        {
            if (!without.Contains(name))
            {
                query.Add(name, texts);
            }
        }

        return query.ToString();
    }

    public ToolQuestion With(string name, IReadOnlyList<string> texts) =>
        this with { Asked = new Dictionary<string, IReadOnlyList<string>>(Asked) { [name] = texts } };

    /// <summary>The arguments that every tool has.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> CommonSchemas(bool isPaged)
    {
        yield return new(LimitName, new JsonObject
        {
            ["type"] = "integer", ["minimum"] = 1, ["maximum"] = MostRows, ["default"] = UsualLimit,
            ["description"] = $"Most rows to show, 1 to {MostRows}; {UsualLimit} if left out. An answer has fewer where it would be larger than {AnswerSize.MostBytes / 1024} KiB. Totals are always of all rows.",
        });
        if (isPaged)
        {
            yield return new(CursorName, new JsonObject { ["type"] = "string", ["description"] = "The `next` of an answer to the same question, for the rows after it." });
        }
    }

    private static int LimitOf(FieldCheck check, IDictionary<string, JsonElement> arguments)
    {
        if (!arguments.TryGetValue(LimitName, out var given) || given.ValueKind == JsonValueKind.Null)
        {
            return UsualLimit;
        }

        // 5.0 is a whole number, too: so some programs write 5.
        var isNumber = decimal.TryParse(given.ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit) && decimal.IsInteger(limit);
        var isTaken = isNumber && limit is >= 1 and <= MostRows;
        check.That(LimitName, isTaken, $"Must be a whole number from 1 to {MostRows}.");
        return isTaken ? (int)limit : UsualLimit;
    }

    private static IReadOnlyList<string> Texts(FieldCheck check, ToolArgument argument, JsonElement value)
    {
        if (!argument.IsList || value.ValueKind != JsonValueKind.Array)
        {
            return Text(check, argument.Name, value) is { } text ? [text] : [];
        }

        check.That(argument.Name, value.GetArrayLength() <= ToolArgument.MostValues, $"At most {ToolArgument.MostValues} values.");
        return [.. value.EnumerateArray().Take(ToolArgument.MostValues).Select(item => Text(check, argument.Name, item)).OfType<string>()];
    }

    /// <summary>A text, or a number as it was written; null for nothing. The API says what is wrong with its meaning.</summary>
    private static string? Text(FieldCheck check, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        check.That(name, value.ValueKind is JsonValueKind.String or JsonValueKind.Number, "Must be a text.");
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        check.OptionalText(name, text, ToolArgument.MostCharacters);
        return text.Length == 0 ? null : text;
    }
}
