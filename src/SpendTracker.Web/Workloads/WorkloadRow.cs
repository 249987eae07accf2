using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Pages;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Workloads;

/// <summary>A workload as the page lists it.</summary>
/// <param name="Registered">Null if it was only seen in usage.</param>
/// <param name="Cost">Of this month; null if there is none.</param>
/// <param name="Use">Null if it never reported.</param>
/// <param name="Today">In the reporting time zone.</param>
public sealed record WorkloadRow(string Id, Workload? Registered, MonthlyCost? Cost, WorkloadUse? Use, DateOnly Today)
{
    /// <summary>From so many days on without any usage, it is marked: a gap looks like a saving.</summary>
    public const int SilentDays = 3;

    private const int Thousand = 1_000;

    public string Name => Registered?.Name ?? Id;

    public string Team => Registered?.Team ?? "";

    public string Approach => Registered is { } registered ? Label.Of(registered.Approach) : "";

    public string CostCentre => Registered?.CostCentre ?? "";

    public string Environment => Registered?.Environment ?? "";

    public string Tags => Registered is { } registered ? WorkloadFields.TagText(registered.Tags, ", ") : "";

    public DateOnly? LastDay => Use?.LastDay;

    public decimal? Actual => Cost?.Actual;

    /// <summary>This month's cost ÷ its requests × 1,000, without corrections of closed months; null without requests or without any price.</summary>
    public decimal? PerThousand => Use is { Requests: > 0 } use && Cost is { } cost && !(cost.Actual == 0 && Lacks) ? (cost.Actual - cost.Corrections) / use.Requests * Thousand : null;

    /// <summary>Whether something of the cost has no price, no exchange rate, or not all of its price.</summary>
    public bool Lacks => Cost is { } cost && (cost.Unpriced.Count > 0 || cost.Unconverted.Count > 0 || cost.Incomplete.Count > 0);

    public bool IsSilent => Use is { } use && Today.DayNumber - use.LastDay.DayNumber >= SilentDays;

    /// <summary>When it was last used, in words.</summary>
    public string LastUsed => Use is not { } use ? "never" : (Today.DayNumber - use.LastDay.DayNumber) switch
    {
        <= 0 => "today",
        1 => "yesterday",
        var days => $"{days} days ago",
    };

    /// <summary>Whether a text is in what a reader sees of it.</summary>
    public bool Contains(string? text) => string.IsNullOrWhiteSpace(text)
        || new[] { Id, Name, Team, Approach, CostCentre, Environment, Tags }.Any(part => part.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>All workloads, by name: registered ones, and those that only usage, an estimate or a cost has.</summary>
    public static IReadOnlyList<WorkloadRow> Of(IReadOnlyList<Workload> registered, IReadOnlyList<MonthlyCost> costs, IReadOnlyList<WorkloadUse> uses, DateOnly today)
    {
        var (byId, costOf, useOf) = (registered.ToDictionary(workload => workload.Id), costs.ToDictionary(cost => cost.Keys["workload"]), uses.ToDictionary(use => use.Workload));
        return
        [
            .. byId.Keys.Union(costOf.Keys).Union(useOf.Keys).Select(id => new WorkloadRow(id, byId.GetValueOrDefault(id), costOf.GetValueOrDefault(id), useOf.GetValueOrDefault(id), today))
                .OrderBy(row => row.Name, StringComparer.OrdinalIgnoreCase).ThenBy(row => row.Id, StringComparer.Ordinal),
        ];
    }
}
