using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Activities;

/// <summary>
/// What an event changed: the difference to what held before, worked out from the two events when it is shown. It is stored nowhere,
/// so it cannot contradict the log. Pure.
/// </summary>
internal static class ActivityChanges
{
    /// <summary>As much of a value as is shown.</summary>
    private const int ValueLength = 200;

    /// <summary>A plan of many options has thousands of fields.</summary>
    private const int MostFields = 100;

    /// <summary>Hashes of secrets; who did it, which is shown by itself; what follows from the other fields.</summary>
    private static readonly HashSet<string> Hidden =
        ["salt", "secretHash", "tokenHash", "issuedBy", "rotatedBy", "revokedBy", "changedBy", "endedBy", "erasedBy", "figures"];

    /// <param name="before">What held before; null for nothing.</param>
    /// <param name="after">The event.</param>
    public static IReadOnlyList<FieldChange> Between(IEvent? before, IEvent after)
    {
        var (now, type) = (FieldsOf(after), ActivityType.All[EventTypes.Of(after).Name]);
        var then = before is null || EffectOf(before) == ActivityEffect.Removes ? [] : FieldsOf(before);
        var changes = type.Effect switch
        {
            ActivityEffect.Removes => [.. then.Select(field => Change(field.Key, field.Value, null)), .. Differing([], now)],
            ActivityEffect.Marks => Differing(then.Where(field => now.ContainsKey(field.Key)), now),
            ActivityEffect.Adds => Differing([], now),
            _ => Differing(then, now),
        };
        return changes.Count <= MostFields ? changes : [.. changes.Take(MostFields), new FieldChange("…", null, $"and {changes.Count - MostFields} more")];
    }

    private static ActivityEffect? EffectOf(IEvent data) => ActivityType.All.GetValueOrDefault(EventTypes.Of(data).Name)?.Effect;

    private static List<FieldChange> Differing(IEnumerable<KeyValuePair<string, string>> before, IReadOnlyDictionary<string, string> after)
    {
        var then = before.ToDictionary();
        return
        [
            .. after.Keys.Union(then.Keys).Where(field => after.GetValueOrDefault(field) != then.GetValueOrDefault(field))
                .Select(field => Change(field, then.GetValueOrDefault(field), after.GetValueOrDefault(field))),
        ];
    }

    private static FieldChange Change(string field, string? before, string? after) => new(field, Short(before), Short(after));

    private static string? Short(string? value) => value is { Length: > ValueLength } ? value[..ValueLength] + "…" : value;

    /// <summary>Each value by its place. A list of plain values is one value: what is in it matters, not where.</summary>
    private static Dictionary<string, string> FieldsOf(IEvent data)
    {
        using var json = JsonDocument.Parse(EventTypes.Of(data).Write(data));
        Dictionary<string, string> fields = [];
        Add(fields, "", json.RootElement);
        return fields;
    }

    private static void Add(Dictionary<string, string> fields, string place, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject().Where(member => place.Length > 0 || !Hidden.Contains(member.Name)))
                {
                    Add(fields, place.Length == 0 ? member.Name : $"{place}.{member.Name}", member.Value);
                }

                break;
            case JsonValueKind.Array when value.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Object or JsonValueKind.Array):
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Add(fields, $"{place}[{index}]", item);
                }

                break;
            case JsonValueKind.Array:
                fields[place] = string.Join(", ", value.EnumerateArray().Select(Text));
                break;
            case not JsonValueKind.Null:
                fields[place] = Text(value);
                break;
        }
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
