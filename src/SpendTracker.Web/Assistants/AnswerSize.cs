using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SpendTracker.Web.Assistants;

/// <summary>A page of an answer.</summary>
/// <param name="LeftOut">How many entries of which list are not shown, by the list's place: <c>rows</c>, <c>unpriced.usedBy</c>.</param>
/// <param name="Shown">How many rows are shown.</param>
/// <param name="Last">The last row that is shown.</param>
/// <param name="Next">The number of the first row that is not; null if all were.</param>
internal sealed record AnswerPage(JsonNode Answer, IReadOnlyDictionary<string, int> LeftOut, int Shown, JsonNode? Last, int? Next);

/// <summary>
/// Bounds an answer: a model reads all of it, and forgets what it cannot hold. Lists are cut, numbers never; how much was left out
/// is told. Pure.
/// </summary>
internal static class AnswerSize
{
    /// <summary>Some 20,000 tokens: clients cut off, or refuse, what is longer than 25,000.</summary>
    public const int MostBytes = 48 * 1024;

    /// <param name="answer">Of the API; it is changed.</param>
    /// <param name="rows">The name of the list whose rows are paged; empty if the answer is the list, null if it has none.</param>
    /// <param name="first">The number of the first row to show.</param>
    /// <param name="limit">Rows at most, and entries of each other list.</param>
    public static AnswerPage Cut(JsonNode answer, string? rows, int first, int limit)
    {
        var all = rows is null ? null : rows.Length == 0 ? answer as JsonArray : answer[rows] as JsonArray;
        JsonNode[] paged = [.. (all ?? []).OfType<JsonNode>()];
        all?.Clear();

        var most = limit;
        var leftOut = Shorten(answer, most);
        while (most > 1 && Bytes(answer) > (all is null ? MostBytes : MostBytes / 2))
        {
            most /= 2;
            foreach (var (place, count) in Shorten(answer, most))
            {
                leftOut[place] = leftOut.GetValueOrDefault(place) + count;
            }
        }

        var room = MostBytes - Bytes(answer);
        var next = first;
        JsonNode? last = null;
        foreach (var row in paged.Skip(first).Take(limit))
        {
            var inside = Shorten(row, most);
            room -= Bytes(row);
            if (room < 0 && last is not null)
            {
                break;
            }

            all!.Add(row);
            (last, next) = (row, next + 1);
            foreach (var (place, count) in inside)
            {
                var within = string.IsNullOrEmpty(rows) ? place : $"{rows}.{place}";
                leftOut[within] = leftOut.GetValueOrDefault(within) + count;
            }
        }

        if (next < paged.Length)
        {
            leftOut[string.IsNullOrEmpty(rows) ? "rows" : rows] = paged.Length - next;
        }

        return new AnswerPage(answer, leftOut, all?.Count ?? 0, last, next < paged.Length ? next : null);
    }

    /// <summary>The number in a cursor; null if it is none.</summary>
    public static int? Number(string? cursor) => cursor is null ? 0 : int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : null;

    /// <summary>Cuts every list within a node.</summary>
    /// <returns>How many entries it took away, by place.</returns>
    private static Dictionary<string, int> Shorten(JsonNode node, int most)
    {
        Dictionary<string, int> leftOut = [];
        Walk(node, "");
        return leftOut;

        void Walk(JsonNode within, string place)
        {
            if (within is JsonArray list)
            {
                var over = list.Count - most;
                if (over > 0)
                {
                    leftOut[place] = leftOut.GetValueOrDefault(place) + over;
                    list.RemoveRange(most, over);
                }
            }

            foreach (var (name, part) in PartsOf(within))
            {
                Walk(part, name.Length == 0 ? place : place.Length == 0 ? name : $"{place}.{name}");
            }
        }
    }

    private static IEnumerable<(string Name, JsonNode Part)> PartsOf(JsonNode node) => node switch
    {
        JsonObject members => members.Where(member => member.Value is not null).Select(member => (member.Key, member.Value!)),
        JsonArray list => list.OfType<JsonNode>().Select(part => ("", part)),
        _ => [],
    };

    private static int Bytes(JsonNode node) => Encoding.UTF8.GetByteCount(node.ToJsonString());
}
