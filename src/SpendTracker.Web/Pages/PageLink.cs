using SpendTracker.Web.Access;

namespace SpendTracker.Web.Pages;

/// <summary>Where a link stands in the sidebar.</summary>
public enum PageGroup
{
    /// <summary>Above all groups.</summary>
    First,
    Analyse,
    Plan,
    Alerts,
    Prices,
    MonthEnd,
    Setup,
}

/// <summary>A link of the sidebar.</summary>
/// <param name="Icon">A path of lines on 24 × 24.</param>
/// <param name="Policy">Who sees it, see <see cref="Policies"/>; null for everybody who is signed in.</param>
public sealed record PageLink(string Path, string Words, PageGroup Group, string Icon, string? Policy = null)
{
    /// <summary>What waits there to be looked at; nothing shows where it is 0. Null where nothing is counted.</summary>
    internal Func<LinkCounts, long>? Count { get; init; }

    /// <summary>All of them, in their order. A page that is not here has no link in the sidebar, and is not found by its name.</summary>
    public static IReadOnlyList<PageLink> All { get; } =
    [
        new("/", "Overview", PageGroup.First, "M4 4h7v7H4zM13 4h7v4h-7zM13 11h7v9h-7zM4 14h7v6H4z"),
        new("/costs", "Costs", PageGroup.Analyse, "M4 20V4M4 20h16M8 17v-5M12 17V8M16 17v-3M20 17V6"),
        new("/compare", "Compare", PageGroup.Analyse, "M12 4v16M4 8h16M7 8l-3 7h6zM17 8l-3 7h6z"),
        new("/changes", "Changes", PageGroup.Analyse, "M5 19V9h4v10M10 9V5h4v8M15 13h4v6M3 19h18"),
        new("/forecast", "Forecast", PageGroup.Analyse, "M4 17l5-5 3 3M14 13l2-2M18 9l2-2M20 7v5M20 7h-5"),
        new("/anomalies", "Unusual days", PageGroup.Analyse, "M3 16h4l3-11 4 15 3-8h4"),
        new("/events", "Events", PageGroup.Analyse, "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01"),
        new("/plans", "Plans", PageGroup.Plan, "M5 4h10l4 4v12H5zM9 12h6M9 16h6"),
        new("/estimates", "Estimates", PageGroup.Plan, "M4 5h16v14H4zM4 10h16M9 5v14M13 15h4"),
        new("/budgets", "Budgets", PageGroup.Plan, "M4 17a8 8 0 0 1 16 0zM12 17l4-5"),
        new("/alerts", "Alerts", PageGroup.Alerts, Bell) { Count = counts => counts.OpenAlerts },
        new("/price-book", "Price book", PageGroup.Prices, "M4 12V4h8l8 8-8 8zM8 8h.01"),
        new("/not-in-totals", "Not in the totals", PageGroup.Prices, "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6.5 6.5l11 11") { Count = counts => counts.NotInTotals },
        new("/closing", "Close a month", PageGroup.MonthEnd, "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3"),
        new("/report", "Month report", PageGroup.MonthEnd, "M6 3h9l4 4v14H6zM9 12v5M12 9v8M15 13v4"),
        new("/connect", "Connect", PageGroup.Setup, "M9 7V3M15 7V3M7 7h10v4a5 5 0 0 1-10 0zM12 16v5"),
        new("/workloads", "Workloads", PageGroup.Setup, "M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 16h7M16.5 13v6"),
        new("/keys", "Keys", PageGroup.Setup, "M8 12a4 4 0 1 0 0 .01M12 12h9M17 12v4M20 12v3", Policies.Key),
        new("/people", "People", PageGroup.Setup, "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 19c0-3 3-5 6-5s6 2 6 5M16 5a3 3 0 0 1 0 6M18 14c2 1 3 3 3 5", Policies.People),
        new("/channels", "Channels", PageGroup.Setup, "M4 11v3l3 .5L9 19h2l-1-4.3L19 18V6L7 10.5z", Policies.Channel),
        new("/operations", "Health", PageGroup.Setup, "M3 12h4l2-6 4 12 2-6h6"),
        new("/activity", "Activity", PageGroup.Setup, "M12 4a8 8 0 1 0 8 8M12 8v4l3 2M20 5v4h-4", Policies.Activity),
    ];

    /// <summary>A bell, as the head of a page has it, too.</summary>
    public const string Bell = "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 20h4";

    public static string Of(PageGroup group) => group switch
    {
        PageGroup.MonthEnd => "Month end",
        _ => group.ToString(),
    };
}
