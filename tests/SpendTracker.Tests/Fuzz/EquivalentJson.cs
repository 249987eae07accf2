using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SpendTracker.Tests.Fuzz;

/// <summary>Writes JSON as other programs write the same.</summary>
internal static class EquivalentJson
{
    private const string Mark = "@@";

    /// <summary>Whose names callers choose: a null there says something, and nobody knows what.</summary>
    private static readonly string?[] Maps = ["amounts", "assumptions", "scope", "tags"];

    /// <summary>
    /// Pairs that mean the same: each member left out and null, whole numbers as other languages write them, numbers with the
    /// noise of a double, currencies in small letters, and a byte order mark before all of it.
    /// </summary>
    /// <param name="json">An object.</param>
    public static IEnumerable<(string Plain, string Written)> Of(string json)
    {
        yield return (json, $"\uFEFF{json}");
        var holders = JsonFuzz.Holders(JsonNode.Parse(json)).ToArray();
        for (var holder = 0; holder < holders.Length; holder++)
        {
            foreach (var (name, value) in holders[holder] as JsonObject ?? [])
            {
                if (!Maps.Contains((holders[holder].Parent as JsonObject)?.FirstOrDefault(member => member.Value == holders[holder]).Key))
                {
                    yield return (With(json, holder, name, null), With(json, holder, name, "null"));
                }

                foreach (var written in Forms(name, value))
                {
                    yield return (json, With(json, holder, name, written));
                }
            }
        }
    }

    private static IEnumerable<string> Forms(string name, JsonNode? value)
    {
        if (value?.GetValueKind() == JsonValueKind.Number)
        {
            var number = decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
            return decimal.IsInteger(number)
                ? [string.Create(CultureInfo.InvariantCulture, $"{number}.0"), string.Create(CultureInfo.InvariantCulture, $"{number}e0")]
                : [(number * 1.000_000_000_000_001m).ToString(CultureInfo.InvariantCulture)];
        }

        return name.Contains("urrency", StringComparison.Ordinal) && value is not null ? [value.ToJsonString().ToLowerInvariant()] : [];
    }

    /// <param name="raw">Null to leave the member out.</param>
    private static string With(string json, int holder, string name, string? raw)
    {
        var root = JsonNode.Parse(json)!;
        var members = JsonFuzz.Holders(root).ElementAt(holder).AsObject();
        if (raw is null)
        {
            members.Remove(name);
        }
        else
        {
            members[name] = Mark;
        }

        return root.ToJsonString().Replace($"\"{Mark}\"", raw, StringComparison.Ordinal);
    }
}
