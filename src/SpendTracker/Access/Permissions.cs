using System.Text.Json.Serialization;
using SpendTracker.Contracts;

namespace SpendTracker.Access;

/// <summary>What can be allowed. An endpoint or a button asks for one of these.</summary>
public enum Permission
{
    [JsonStringEnumMemberName("read")] Read,
    [JsonStringEnumMemberName("record")] Record,
    [JsonStringEnumMemberName("workload")] Workload,
    [JsonStringEnumMemberName("plan")] Plan,
    [JsonStringEnumMemberName("estimate")] Estimate,
    [JsonStringEnumMemberName("budget")] Budget,
    [JsonStringEnumMemberName("acknowledge")] Acknowledge,
    [JsonStringEnumMemberName("price")] Price,
    [JsonStringEnumMemberName("report")] Report,
    [JsonStringEnumMemberName("retry")] Retry,
    [JsonStringEnumMemberName("close")] Close,
    [JsonStringEnumMemberName("activity")] Activity,
    [JsonStringEnumMemberName("channel")] Channel,
    [JsonStringEnumMemberName("key")] Key,
    [JsonStringEnumMemberName("people")] People,
    [JsonStringEnumMemberName("view")] View,
    [JsonStringEnumMemberName("share")] Share,
}

/// <summary>How far a permission of a role reaches.</summary>
public enum Reach
{
    [JsonStringEnumMemberName("–")] None,

    /// <summary>What belongs to the person's teams. See <see cref="OwnedBy"/>.</summary>
    [JsonStringEnumMemberName("teams")] Teams,

    [JsonStringEnumMemberName("all")] All,
}

/// <summary>A line of the table of roles.</summary>
/// <param name="Allows">In words, for readers of the table.</param>
/// <param name="Scope">What an API key needs for it; null if no key may.</param>
public sealed record PermissionLine(Permission Permission, string Allows, Reach Viewer, Reach Member, Reach Finance, Reach Admin, Scope? Scope)
{
    public Reach Of(Role role) => role switch
    {
        Role.Admin => Admin,
        Role.Finance => Finance,
        Role.Member => Member,
        _ => Viewer,
    };
}

/// <summary>
/// The teams that something belongs to: a workload's team, the teams of a budget's scope. A member may change it if all of them are
/// the member's. Null among them: it is of the whole organisation, or of a workload that is not registered.
/// </summary>
public sealed record OwnedBy(IReadOnlyList<string?> Teams)
{
    /// <summary>Of the whole organisation.</summary>
    public static OwnedBy Nobody { get; } = new([null]);
}

/// <summary>Which role and which key may do what: the one table that policies and pages ask, and that the README shows.</summary>
public static class Permissions
{
    public static IReadOnlyList<PermissionLine> Table { get; } =
    [
        new(Permission.Read, "read everything but channels, keys, people and the activity; download", Reach.All, Reach.All, Reach.All, Reach.All, Scope.Read),
        new(Permission.Record, "record and correct usage; on a page, record what a file has", Reach.None, Reach.Teams, Reach.All, Reach.All, Scope.Record),
        new(Permission.Workload, "register and change workloads", Reach.None, Reach.Teams, Reach.All, Reach.All, Scope.Publish),
        new(Permission.Plan, "record and retire plans", Reach.None, Reach.Teams, Reach.All, Reach.All, Scope.Publish),
        new(Permission.Estimate, "submit estimates", Reach.None, Reach.Teams, Reach.All, Reach.All, Scope.Publish),
        new(Permission.Budget, "set, change and remove budgets", Reach.None, Reach.Teams, Reach.All, Reach.All, Scope.Budget),
        new(Permission.Acknowledge, "acknowledge alerts and unusual days", Reach.None, Reach.Teams, Reach.All, Reach.All, Scope.Budget),
        new(Permission.Price, "publish and withdraw rates, discounts, aliases and exchange rates", Reach.None, Reach.None, Reach.All, Reach.All, Scope.Publish),
        new(Permission.Report, "have the month report sent on a schedule", Reach.None, Reach.None, Reach.All, Reach.All, Scope.Budget),
        new(Permission.Retry, "retry events that were set aside", Reach.None, Reach.None, Reach.All, Reach.All, Scope.Publish),
        new(Permission.Close, "close and reopen months", Reach.None, Reach.None, Reach.All, Reach.All, Scope.Close),
        new(Permission.Activity, "read who did what", Reach.None, Reach.None, Reach.All, Reach.All, Scope.Audit),
        new(Permission.Channel, "see, set, test and remove channels", Reach.None, Reach.None, Reach.None, Reach.All, Scope.Channel),
        new(Permission.Key, "issue and revoke API keys", Reach.None, Reach.None, Reach.None, Reach.All, null),
        new(Permission.People, "give roles, remove persons, end sessions", Reach.None, Reach.None, Reach.None, Reach.All, null),
        new(Permission.View, "save, change and remove views of one's own", Reach.All, Reach.All, Reach.All, Reach.All, Scope.Publish),
        new(Permission.Share, "share views, change and remove shared ones", Reach.None, Reach.All, Reach.All, Reach.All, Scope.Publish),
    ];

    public static PermissionLine Of(Permission permission) => Table[(int)permission];

    /// <summary>Whether a person may.</summary>
    /// <param name="teams">The person's.</param>
    /// <param name="owned">What it is about. Null: whether there is anything at all that the person may do it to.</param>
    public static bool Allows(Role role, IReadOnlyCollection<string> teams, Permission permission, OwnedBy? owned) => Of(permission).Of(role) switch
    {
        Reach.All => true,
        Reach.Teams => owned is null ? teams.Count > 0 : owned.Teams.Count > 0 && owned.Teams.All(team => team is not null && teams.Contains(team)),
        _ => false,
    };
}
