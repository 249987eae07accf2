using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>What a plan comes to.</summary>
/// <param name="Currency">Of all amounts.</param>
/// <param name="PricesOn">The day whose prices were used.</param>
/// <param name="Figures">What it comes to.</param>
public sealed record PlanResponse(string Currency, DateOnly PricesOn, PlanFigures Figures);

/// <summary>A recorded plan, as a list shows it: without its lines and months.</summary>
/// <param name="Plan">The plan's id.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="SubmittedAt">When it was submitted, UTC.</param>
/// <param name="SubmittedBy">Who submitted it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="From">Its first month.</param>
/// <param name="Months">How many months it covers.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="PricesOn">The day whose prices were used.</param>
/// <param name="Options">What is compared.</param>
/// <param name="BreakEvens">When the answer turns, for each two options.</param>
/// <param name="Watch">The workload that is compared with it, and who is told.</param>
/// <param name="OpenAlerts">How many of its alerts hold.</param>
public sealed record PlanListResponse(
    string Plan, int Version, DateTimeOffset SubmittedAt, string SubmittedBy, string Name, string From, int Months, string Currency, DateOnly PricesOn,
    IReadOnlyList<PlanTotalResponse> Options, IReadOnlyList<BreakEven> BreakEvens, PlanWatch? Watch, int OpenAlerts);

/// <summary>What an option comes to in all months; what is unpriced is in neither amount.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Approach">The approach.</param>
/// <param name="Cash">What is paid.</param>
/// <param name="Effective">What is paid, with set-up work written off over its months.</param>
/// <param name="Unpriced">What no rate covers: in no amount.</param>
public sealed record PlanTotalResponse(string Name, Approach Approach, PlanRange Cash, PlanRange Effective, IReadOnlyList<UnpricedPlanLine> Unpriced);

/// <summary>A version of a recorded plan.</summary>
/// <param name="Version">Goes up with each change.</param>
/// <param name="SubmittedAt">When it was submitted, UTC.</param>
/// <param name="SubmittedBy">Who submitted it.</param>
/// <param name="Retired">Since when it is followed no longer, and why.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record PlanVersionResponse(int Version, DateTimeOffset SubmittedAt, string SubmittedBy, PlanEnd? Retired, string? Note);

/// <summary>When, by whom and why a plan was retired.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="By">Who retired it.</param>
/// <param name="Reason">Why.</param>
public sealed record PlanEnd(DateTimeOffset At, string By, string Reason);

/// <summary>A recorded plan in full.</summary>
/// <param name="Plan">The plan's id.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="SubmittedAt">When it was submitted, UTC.</param>
/// <param name="SubmittedBy">Who submitted it.</param>
/// <param name="Retired">Since when it is followed no longer, and why.</param>
/// <param name="Assumptions">What the plan rests on.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="PricesOn">The day whose prices were used.</param>
/// <param name="Figures">As they were frozen.</param>
/// <param name="Watch">The workload that is compared with it, and who is told.</param>
/// <param name="Note">Anything a reader should know.</param>
/// <param name="Readings">Where what it watches stands now.</param>
/// <param name="Alerts">The latest first, also those that are over.</param>
/// <param name="Versions">All of them, the newest first.</param>
public sealed record PlanDetailsResponse(
    string Plan, int Version, DateTimeOffset SubmittedAt, string SubmittedBy, PlanEnd? Retired, PlanRequest Assumptions, string Currency, DateOnly PricesOn, PlanFigures Figures,
    PlanWatch? Watch, string? Note, IReadOnlyList<PlanReading> Readings, IReadOnlyList<Alert> Alerts, IReadOnlyList<PlanVersionResponse> Versions);

/// <summary>A watched assumption of a plan, and where it stands.</summary>
/// <param name="On">What is looked at.</param>
/// <param name="Assumption">Its place in the plan; for a price SKU and meter, for a break-even the other option.</param>
/// <param name="Low">The least value at which the plan holds; null where there is none.</param>
/// <param name="High">The largest; null where there is none.</param>
/// <param name="Observed">What was found; null where <paramref name="Unknown"/> says why nothing was.</param>
/// <param name="Unit"><c>requests</c>, <c>tokens</c>, <c>share</c>, <c>days</c>, or a currency.</param>
/// <param name="From">The first day that was looked at.</param>
/// <param name="To">The last.</param>
/// <param name="Unknown">Why nothing can be said; null where it can.</param>
public sealed record PlanReading(
    PlanWatchOn On, string Assumption, decimal? Low, decimal? High, decimal? Observed, string Unit, DateOnly From, DateOnly To, string? Unknown = null)
{
    /// <summary>Whether the value left its range; null where nothing can be said. A break-even is crossed, and a retirement near, at its limit.</summary>
    [JsonPropertyName("outside")]
    public bool? IsOutside => Observed is not { } observed ? null : On switch
    {
        PlanWatchOn.BreakEven => observed >= High || observed < Low,
        PlanWatchOn.Retirement => observed <= Low,
        _ => observed < Low || observed > High,
    };
}

/// <summary>What was recorded.</summary>
/// <param name="Plan">The plan's id.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="Result">What it comes to.</param>
public sealed record PlanSubmitResponse(string Plan, int Version, PlanResponse Result);

/// <summary>Estimates that were taken from a plan.</summary>
/// <param name="Plan">The plan's id.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="Option">The option's name.</param>
/// <param name="Estimates">What was submitted.</param>
/// <param name="Ids">The ids of the estimates, in their order.</param>
public sealed record PlanEstimateResponse(string Plan, int Version, string Option, IReadOnlyList<EstimateSubmitted> Estimates, IReadOnlyList<Guid> Ids);

/// <summary>A plan to begin with.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Title">For people.</param>
/// <param name="Source">Where its figures are from.</param>
/// <param name="Plan">To be changed, previewed or submitted.</param>
/// <param name="Notes">What has changed since its figures were published.</param>
public sealed record PlanPreset(string Id, string Title, string Source, PlanRequest Plan, IReadOnlyList<string> Notes);

/// <summary>A plan from what a workload used.</summary>
/// <param name="Workload">The workload's id.</param>
/// <param name="Months">The full months that were looked at.</param>
/// <param name="Plan">To be changed, previewed or submitted.</param>
/// <param name="Sources">Where each assumption is from.</param>
/// <param name="Unknown">What the events do not tell.</param>
public sealed record ActualPlanResponse(
    string Workload, IReadOnlyList<string> Months, PlanRequest Plan, IReadOnlyList<SourceResponse> Sources, IReadOnlyList<UnknownAssumption> Unknown);

/// <summary>Where an assumption is from.</summary>
/// <param name="Field">Its place in the plan, e.g. <c>options[0].routes[0].inputTokens</c>.</param>
/// <param name="Value">As in the plan.</param>
/// <param name="From">How it was worked out, with its quantities.</param>
/// <param name="ByMonth">The value of each month.</param>
/// <param name="Events">The addresses of the events of each month, as a page and over the API.</param>
public sealed record SourceResponse(string Field, Assumption Value, string From, IReadOnlyDictionary<string, decimal> ByMonth, IReadOnlyDictionary<string, string> Events);

/// <summary>What is not known.</summary>
/// <param name="What">A field of the plan, or a cost.</param>
/// <param name="Because">Why.</param>
public sealed record UnknownAssumption(string What, string Because);
