using SpendTracker.Contracts;
using SpendTracker.Web.Pages;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Workloads;

/// <summary>A workload's details as a person writes them into a form.</summary>
internal sealed class WorkloadFields
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public string Team { get; set; } = "";

    public Approach Approach { get; set; }

    public string CostCentre { get; set; } = "";

    public string Environment { get; set; } = "";

    /// <summary>One a line, <c>product=checkout</c>.</summary>
    public string Tags { get; set; } = "";

    public static WorkloadFields Of(WorkloadRegistered details) => new()
    {
        Id = details.Workload, Name = details.Name, Team = details.Team, Approach = details.Approach, CostCentre = details.CostCentre ?? "", Environment = details.Environment ?? "",
        Tags = TagText(details.Tags ?? new Dictionary<string, string>(), "\n"),
    };

    /// <summary>Tags in words, by name.</summary>
    public static string TagText(IReadOnlyDictionary<string, string> tags, string between) =>
        string.Join(between, tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));

    /// <summary>The details; what is wrong goes into the check.</summary>
    public WorkloadRegistered Read(FieldCheck check)
    {
        Dictionary<string, string> tags = [];
        foreach (var line in Tags.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
            check.That("tags", parts.Length == 2, $"“{line}” is no tag. Write one a line, like product=checkout.");
            check.That("tags", parts.Length != 2 || tags.TryAdd(parts[0], parts[1]), $"“{parts[0]}” is there twice.");
        }

        var workload = new WorkloadRegistered(
            Id.Trim(), Name.Trim(), Team.Trim(), Approach, CheckedForm.Optional(CostCentre), CheckedForm.Optional(Environment), tags.Count > 0 ? tags : null);
        check.Add(WorkloadRegistry.Check(workload));
        return workload;
    }
}
