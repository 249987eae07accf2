using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Plans;

/// <summary>How a field of a plan is filled in.</summary>
public enum PlanFieldKind
{
    Text,
    Number,

    /// <summary>Low, expected and high; without the ends, a value that is certain.</summary>
    Range,
    Month,
    Day,
    Choice,
}

/// <summary>A value of a plan, as text; empty where it is not given.</summary>
/// <param name="Path">Its place in the request, e.g. <c>options[1].hosting[0].units</c>, as reasons name it.</param>
/// <param name="Choices">What may be chosen.</param>
public sealed record PlanField(string Path, string Label, PlanFieldKind Kind, string Low, string Expected, string High, IReadOnlyList<string> Choices);

/// <summary>Values that belong together: the plan's own, or those of an option, a model, a dataset.</summary>
/// <param name="Path">Of the object in the request; empty for the plan.</param>
/// <param name="Parts">What it has, in the order of the request.</param>
/// <param name="Adds">What may be added to it: the member's name, and what it is called.</param>
public sealed record PlanPart(
    string Path, string Title, bool IsRemovable, IReadOnlyList<PlanField> Fields, IReadOnlyList<PlanPart> Parts, IReadOnlyList<(string Member, string Name)> Adds);

/// <summary>
/// A plan that is being filled in. It is JSON, so that a value which makes no sense yet is kept as it was typed, and is refused with
/// its field by the same reading as the API's.
/// </summary>
public sealed class PlanDraft
{
    private static readonly JsonSerializerOptions Indented = new(ContractsJson.Default.Options) { WriteIndented = true };

    private readonly JsonObject _plan;

    private PlanDraft(JsonObject plan) => _plan = plan;

    public PlanDraft(PlanRequest plan)
        : this(JsonSerializer.SerializeToNode(plan, Indented)!.AsObject())
    {
    }

    /// <summary>Null where the text is no JSON object.</summary>
    public static PlanDraft? Read(string json)
    {
        try
        {
            return JsonNode.Parse(json) is JsonObject plan ? new(plan) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string Json => _plan.ToJsonString(Indented);

    /// <summary>The plan's own values, with all that it has.</summary>
    public PlanPart Part => PartOf(PlanMembers.Plan, "", _plan, isRemovable: false);

    /// <summary>Takes what was typed. Nothing at all takes the value away.</summary>
    public void Set(PlanField field, string low, string expected, string high)
    {
        var (parent, member) = Parent(field.Path);
        var (least, value, most) = (low.Trim(), expected.Trim(), high.Trim());
        JsonNode? node = field.Kind switch
        {
            _ when value.Length == 0 && (field.Kind != PlanFieldKind.Range || (least.Length == 0 && most.Length == 0)) => null,
            PlanFieldKind.Range when least.Length == 0 && most.Length == 0 => Number(value),
            PlanFieldKind.Range => new JsonObject
            {
                ["low"] = Number(least.Length == 0 ? value : least), ["expected"] = Number(value), ["high"] = Number(most.Length == 0 ? value : most),
            },
            PlanFieldKind.Number => Number(value),
            _ when bool.TryParse(value, out var truth) => JsonValue.Create(truth),
            _ => JsonValue.Create(value),
        };
        if (node is null)
        {
            parent.Remove(member);
        }
        else
        {
            parent[member] = node;
        }
    }

    /// <summary>Adds a part to another one; an option begins as the last one is.</summary>
    public void Add(PlanPart part, string member)
    {
        var parent = Node(part.Path)!.AsObject();
        var kind = PlanMembers.Kinds[member];
        if (!kind.IsMany)
        {
            parent[member] = JsonNode.Parse(kind.Begins);
            return;
        }

        if (parent[member] is not JsonArray all)
        {
            parent[member] = all = [];
        }

        var added = member == "options" && all is [.., JsonObject last] ? last.DeepClone() : JsonNode.Parse(kind.Begins)!;
        if (member == "options")
        {
            added["name"] = $"Option {all.Count + 1}";
        }

        all.Add(added);
    }

    public void Remove(PlanPart part)
    {
        if (part.Path.EndsWith(']'))
        {
            var at = part.Path.LastIndexOf('[');
            var all = Node(part.Path[..at])!.AsArray();
            all.RemoveAt(int.Parse(part.Path[(at + 1)..^1], CultureInfo.InvariantCulture));
            if (all.Count > 0)
            {
                return;
            }

            part = part with { Path = part.Path[..at] };
        }

        var (parent, member) = Parent(part.Path);
        parent.Remove(member);
    }

    private static JsonValue Number(string text) => decimal.TryParse(
        text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number)
        ? JsonValue.Create(number) : JsonValue.Create(text);

    private static PlanPart PartOf(PlanKind kind, string path, JsonObject node, bool isRemovable)
    {
        var at = path.Length == 0 ? "" : $"{path}.";
        List<PlanPart> parts = [];
        List<(string, string)> adds = [];
        foreach (var member in kind.Parts)
        {
            var inner = PlanMembers.Kinds[member];
            var all = inner.IsMany ? (node[member] as JsonArray)?.Select((child, i) => (Path: $"{at}{member}[{i}]", child)).ToArray() ?? []
                : node[member] is { } one ? [(Path: $"{at}{member}", (JsonNode?)one)] : [];
            parts.AddRange(all.Where(child => child.child is JsonObject)
                .Select(child => PartOf(inner, child.Path, child.child!.AsObject(), member is not ("options" or "routes") || all.Length > 1)));
            if (inner.IsMany || all.Length == 0)
            {
                adds.Add((member, inner.Name));
            }
        }

        var named = kind.Named is { } name ? Text(node[name]) : "";
        return new(path, named.Length > 0 ? $"{kind.Name} {named}" : kind.Name, isRemovable, [.. kind.Fields.Select(field => FieldOf(field, $"{at}{field.Member}", node[field.Member]))], parts, adds);
    }

    private static PlanField FieldOf(PlanMember member, string path, JsonNode? node) => node is JsonObject range && member.Kind == PlanFieldKind.Range
        ? new(path, member.Label, member.Kind, Text(range["low"]), Text(range["expected"]), Text(range["high"]), member.Choices)
        : new(path, member.Label, member.Kind, "", Text(node), "", member.Choices);

    private static string Text(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value => value.ToJsonString(),
        _ => "",
    };

    private (JsonObject Parent, string Member) Parent(string path)
    {
        var at = path.LastIndexOf('.');
        return (Node(at < 0 ? "" : path[..at])!.AsObject(), path[(at + 1)..]);
    }

    /// <param name="path">Of a part, as it was given out.</param>
    private JsonNode? Node(string path) => path.Split(['.', '['], StringSplitOptions.RemoveEmptyEntries).Aggregate(
        (JsonNode?)_plan, (node, step) => step.EndsWith(']') ? node![int.Parse(step[..^1], CultureInfo.InvariantCulture)] : node![step]);
}
