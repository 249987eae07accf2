using System.Text.Json.Serialization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Explorer;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Costs;

/// <summary>How the page of costs draws them.</summary>
public enum CostChart
{
    [JsonStringEnumMemberName("stacked")] Stacked,
    [JsonStringEnumMemberName("area")] Area,
    [JsonStringEnumMemberName("share")] Share,
    [JsonStringEnumMemberName("treemap")] Treemap,

    /// <summary>Team → approach → component.</summary>
    [JsonStringEnumMemberName("flow")] Flow,

    /// <summary>Workloads × days.</summary>
    [JsonStringEnumMemberName("heat")] Heat,
}

/// <summary>What the page of costs is asked beside its filters.</summary>
/// <param name="By">One or two dimensions.</param>
/// <param name="Daily">By day instead of by month.</param>
/// <param name="Pivot">A table of months instead of a grid of sums.</param>
internal sealed record CostsQuestion(IReadOnlyList<CostDimension> By, bool Daily, CostChart Chart, bool Pivot)
{
    /// <summary>More days than a chart can show.</summary>
    public const int MostDailyMonths = 3;

    /// <summary>What it can be broken down by.</summary>
    public static IReadOnlyList<string> Dimensions => Filters.Dimensions;

    public string[] Names => [.. By.Select(dimension => dimension.Name)];

    /// <summary>Reads the page's own parameters; what is unknown is as by default.</summary>
    public static CostsQuestion Read(string? by, string? second, string? per, string? chart, string? view)
    {
        var first = Dimension(by) ?? CostDimension.Find("team")!;
        CostDimension[] dimensions = Dimension(second) is { } other && other != first ? [first, other] : [first];
        return new(dimensions, per == "day", chart is not null && EnumName.TryParse<CostChart>(chart, out var known) ? known : CostChart.Stacked, view == "pivot");
    }

    private static CostDimension? Dimension(string? name) => name is not null && CostDimension.IsOneOf(Dimensions, name) ? CostDimension.Find(name) : null;

    /// <summary>For the address; what is as by default is not in it.</summary>
    public IReadOnlyList<(string Name, string? Value)> Parameters =>
    [
        ("by", By[0].Name), ("by2", By.Count > 1 ? By[1].Name : null), ("per", Daily ? "day" : null), ("chart", Chart == CostChart.Stacked ? null : EnumName.Of(Chart)), ("view", Pivot ? "pivot" : null),
    ];

    /// <summary>What a part, or its cost in one month, is made of: the same page narrowed to it, or its events. Null where it cannot be narrowed further.</summary>
    public string? Into(Filters filters, IReadOnlyList<string> values, BillingPeriod? month)
    {
        var narrowed = By.Zip(values).Aggregate(month is { } one ? filters.In(one, one) : filters, (narrower, pair) => narrower.With(pair.First.Name, pair.Second));
        if (EventsOf(narrowed) is { } events)
        {
            return events;
        }

        var next = ((string[])["workload", "component", "approach", "model", "variant"]).FirstOrDefault(name => !narrowed.Where.ContainsKey(name));
        return next is null || narrowed == filters ? null : narrowed.Link("/costs", (this with { By = [CostDimension.Find(next)!] }).Parameters);
    }

    /// <summary>The events of one workload's month, of what they can be narrowed to; null for what they cannot.</summary>
    private static string? EventsOf(Filters filters)
    {
        string[] known = ["workload", "approach", "component", "model", "variant", "team"];
        if (filters.Span is not { } span || span.First != span.Last || filters.Where.Any(condition => condition.Value.Count != 1 || !known.Contains(condition.Key))
            || !filters.Where.ContainsKey("workload") || !filters.Where.ContainsKey("component") || Only("model") == CostDimension.None)
        {
            return null;
        }

        return EventLink.To(new UsageFilter(Only("workload")!, span.First)
        {
            Approach = Only("approach") is { } approach ? EnumName.Parse<Approach>(approach) : null, Component = EnumName.Parse<Component>(Only("component")!), Sku = Only("model"),
            Variant = Only("variant") is { } variant ? variant == CostDimension.None ? "" : variant : null, KnownOn = filters.KnownOn,
        });

        string? Only(string dimension) => filters.Where.GetValueOrDefault(dimension)?[0];
    }
}
