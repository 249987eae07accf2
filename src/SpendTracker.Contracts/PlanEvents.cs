using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>
/// A plan as it was submitted: assumptions, and the figures that they gave. Frozen: a later price or a later version of the
/// arithmetic changes nothing in it. Each such event is a version of the plan, the first is 1.
/// </summary>
/// <param name="Plan">The id: lower-case letters, digits, dots and dashes; at most 100.</param>
/// <param name="Assumptions">What was assumed.</param>
/// <param name="Currency">Of all amounts, an ISO 4217 code.</param>
/// <param name="PricesOn">The day whose prices of the book were used.</param>
/// <param name="Figures">Lines by month with the price of each and its source, totals, break-evens and what turns them.</param>
/// <param name="Watch">What is compared with the plan as time passes; null for nothing.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record PlanSubmitted(
    string Plan, PlanRequest Assumptions, string Currency, DateOnly PricesOn, PlanFigures Figures, PlanWatch? Watch = null, string? Note = null) : IEvent;

/// <summary>What a plan is compared with, and who is told when it does not hold any more.</summary>
/// <param name="Workload">The workload whose usage is compared.</param>
/// <param name="Option">The option that the workload runs.</param>
/// <param name="Channels">Ids of the channels that are told; at most 10. Without one it is only shown.</param>
public sealed record PlanWatch(string Workload, string Option, IReadOnlyList<string>? Channels = null);

/// <summary>Submits a plan.</summary>
/// <param name="Assumptions">What is assumed.</param>
/// <param name="Watch">What is compared with the plan as time passes; nothing if not given.</param>
/// <param name="Note">Anything a reader should know; at most 2,000 characters.</param>
public sealed record PlanSubmission(PlanRequest Assumptions, PlanWatch? Watch = null, string? Note = null);

/// <summary>Takes an estimate from a plan.</summary>
/// <param name="Option">The option that is done.</param>
/// <param name="Workload">The workload that the estimate is for; the watched one if not given.</param>
/// <param name="Version">The version of the plan; the last if not given.</param>
public sealed record PlanEstimateRequest(string Option, string? Workload = null, int? Version = null);

/// <summary>A plan is not followed any more: nothing is compared with it.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Reason">Why.</param>
public sealed record PlanRetired(string Plan, string Reason) : IEvent;

/// <summary>What of a plan is watched.</summary>
[JsonConverter(typeof(NamedEnumConverter<PlanWatchOn>))]
public enum PlanWatchOn
{
    /// <summary>Requests a month.</summary>
    [JsonStringEnumMemberName("volume")] Volume,

    /// <summary>Input tokens of a request.</summary>
    [JsonStringEnumMemberName("input-tokens")] InputTokens,

    /// <summary>Output tokens of a request.</summary>
    [JsonStringEnumMemberName("output-tokens")] OutputTokens,

    /// <summary>The share of the input tokens that is read from the provider's cache.</summary>
    [JsonStringEnumMemberName("cached-share")] CachedShare,

    /// <summary>The share of requests that give what was wanted.</summary>
    [JsonStringEnumMemberName("success")] Success,

    /// <summary>A price.</summary>
    [JsonStringEnumMemberName("price")] Price,

    /// <summary>Days until the base model ends.</summary>
    [JsonStringEnumMemberName("retirement")] Retirement,

    /// <summary>The requests a month at which another option becomes the cheaper one.</summary>
    [JsonStringEnumMemberName("break-even")] BreakEven,
}

/// <summary>An assumption of a plan left its range, or a break-even was crossed: decided once for each version, until it is resolved. The event's id is the alert's.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Version">Of the plan.</param>
/// <param name="Name">Of the plan, at that time.</param>
/// <param name="Workload">The workload that was looked at.</param>
/// <param name="On">What is watched.</param>
/// <param name="Assumption">Its place in the plan, e.g. <c>options[1].routes[0].inputTokens</c>; for a price SKU and meter, for a break-even the other option.</param>
/// <param name="Low">The least value at which the plan holds; null where there is none.</param>
/// <param name="High">The largest; null where there is none.</param>
/// <param name="Observed">What was found.</param>
/// <param name="Unit">Of the three: <c>requests</c>, <c>tokens</c>, <c>share</c>, <c>days</c>, or a currency.</param>
/// <param name="From">The first day that was looked at.</param>
/// <param name="To">The last.</param>
/// <param name="Occurrence">1 the first time in this version; more after it was resolved.</param>
/// <param name="Channels">Who is told.</param>
public sealed record PlanAlertRaised(
    string Plan, int Version, string Name, string Workload, PlanWatchOn On, string Assumption, decimal Observed, string Unit, DateOnly From, DateOnly To, int Occurrence,
    IReadOnlyList<string> Channels, decimal? Low = null, decimal? High = null) : IAlertRaised
{
    IReadOnlyList<string> IAlertRaised.ToldTo => Channels;
}

/// <summary>Why an alert of a plan is over.</summary>
[JsonConverter(typeof(NamedEnumConverter<PlanResolvedBecause>))]
public enum PlanResolvedBecause
{
    /// <summary>The value is within the range again.</summary>
    [JsonStringEnumMemberName("back")] Back,

    /// <summary>The plan has a new version; what is outside of its range has an alert of its own.</summary>
    [JsonStringEnumMemberName("plan-changed")] PlanChanged,

    /// <summary>The plan was retired.</summary>
    [JsonStringEnumMemberName("plan-retired")] PlanRetired,

    /// <summary>The plan's months are over.</summary>
    [JsonStringEnumMemberName("plan-over")] PlanOver,
}

/// <summary>What an alert of a plan tells of is so no longer.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Alert">The id of the event that raised it.</param>
/// <param name="Because">Why.</param>
/// <param name="Observed">What is within the range now; null where nobody looked.</param>
public sealed record PlanAlertResolved(string Plan, Guid Alert, PlanResolvedBecause Because, decimal? Observed = null) : IAlertResolved;
