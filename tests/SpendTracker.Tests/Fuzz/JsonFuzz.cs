using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SpendTracker.Tests.Fuzz;

/// <summary>Changes JSON: values and names that nobody expects, members left out or given twice, and bytes that are no JSON.</summary>
internal static class JsonFuzz
{
    /// <summary>Stands in texts for the byte 0xFF, which UTF-8 does not have.</summary>
    private const char NoUtf8 = '\u0001';

    private static readonly string[] Values =
    [
        "null", "[]", "{}", "[null]", "[[]]", "[{}]", "{\"a\":null}", "{\"\":1}", "{\"kind\":null}", "{\"kind\":\"x\"}", "{\"kind\":\"webhook\"}", "{\"kind\":\"email\",\"to\":[null]}", "{\"$type\":\"x\",\"$id\":\"1\"}", "{\"$ref\":\"1\"}",
        "true", "0", "-1", "-0", "1e400", "1e-400", "1e-30", "1e28", "79228162514264337593543950336", "9223372036854775808", "2147483648", "0.1234567890123456789012345678901", "1000000000000", "0.000001",
        "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u202e\"", "\"\\uD83D\\uDCB8\"", "\"\\uffff\"", $"\"{NoUtf8}\"", "\"*\"", "\"/\"", "\"a/b\"", "\"..\"", "\"b\"", "\"c\"", "\"'\"", "\"%s{0}\"",
        "\"0001-01-01\"", "\"9999-12-31\"", "\"2199-12-31\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"2026-06-30T23:59:60Z\"", "\"2026-13\"", "\"2026-01\"", "\"2199-12\"", "\"0001-01\"",
        "\"00000000-0000-0000-0000-000000000000\"", "\"http://\"", "\"http://[::1\"", "\"https://a..b/\"", "\"http://xn--/\"", "\"Etc/GMT+12\"", "\"../etc\"", "\"1\"", "\"USD\"", "\"XXX\"", "\"usd\"", "oops",
        $"\"{new string('x', 3_000)}\"", new string('[', 100), string.Concat(Enumerable.Repeat("{\"a\":", 30)) + "1" + new string('}', 30),
    ];

    private static readonly string[] Names = ["\"\"", "\"unknown\"", "\"\\ud800\"", "\"\\u0000\"", $"\"{NoUtf8}\"", "\"$type\"", "\"kind\"", "\"id\"", "\"source\"", "\"2026-01\"", $"\"{new string('n', 3_000)}\""];

    /// <summary>The object with one to three changes.</summary>
    public static string Changed(string json, FuzzRandom random)
    {
        var root = JsonNode.Parse(json)!;
        List<(string Mark, string Raw)> raw = [];
        string MarkOf(string text)
        {
            raw.Add((string.Create(CultureInfo.InvariantCulture, $"@@{raw.Count}@@"), text));
            return raw[^1].Mark;
        }

        for (var changes = 1 + random.Below(3); changes > 0; changes--)
        {
            Change(random.OneOf([.. Holders(root)]), random, MarkOf);
        }

        return raw.Aggregate(root.ToJsonString(), (text, part) => text.Replace($"\"{part.Mark}\"", part.Raw, StringComparison.Ordinal));
    }

    /// <summary>As bytes, some of them changed, cut off or put before.</summary>
    public static byte[] Bytes(string text, FuzzRandom random)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(text).Select(b => b == NoUtf8 ? (byte)0xFF : b)];
        switch (random.Below(40))
        {
            case 0: return bytes[..random.Below(bytes.Length)];
            case 1: return [0xEF, 0xBB, 0xBF, .. bytes];
            case 2: return [.. "["u8, .. bytes, .. ",null,7]"u8];
            case 3 or 4 or 5:
                bytes[random.Below(bytes.Length)] = random.OneOf<byte>([0, 0xFF, 0xC3, (byte)'"', (byte)'\\', (byte)'\n', (byte)',', (byte)'9', (byte)' ']);
                return bytes;
            default: return bytes;
        }
    }

    /// <summary>Objects and lists that have something.</summary>
    public static IEnumerable<JsonNode> Holders(JsonNode? node) => node switch
    {
        JsonObject members => members.Select(member => member.Value).SelectMany(Holders).Prepend(members),
        JsonArray { Count: > 0 } items => items.SelectMany(Holders).Prepend(items),
        _ => [],
    };

    private static void Change(JsonNode holder, FuzzRandom random, Func<string, string> markOf)
    {
        if (holder is JsonArray items)
        {
            items[random.Below(items.Count)] = markOf(random.OneOf(Values));
            return;
        }

        var members = holder.AsObject();
        string[] names = [.. members.Select(member => member.Key)];
        if (names.Length == 0 || random.Happens(10))
        {
            members[markOf(random.OneOf(Names))] = markOf(random.OneOf(Values));
            return;
        }

        var name = random.OneOf(names);
        switch (random.Below(10))
        {
            case 0: members.Remove(name); break;
            case 1: members[name] = markOf($"{members[name]?.ToJsonString() ?? "null"},\"{name}\":{random.OneOf(Values)}"); break;
            default: members[name] = markOf(random.OneOf(Values)); break;
        }
    }
}
