using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>
/// A budget begins, or changes: these are all its terms. Each such event is a version of it, the first is 1, and its
/// thresholds are decided anew for each version.
/// </summary>
/// <param name="Budget">The id: lower-case letters, digits, dots and dashes; at most 100.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Scope">
/// What it covers: dimension → values, of which a cost must have one, in every dimension named. Empty: the organisation.
/// Dimensions: <c>team</c>, <c>cost-centre</c>, <c>environment</c>, <c>workload</c>, <c>approach</c>, <c>component</c>, <c>model</c>,
/// <c>variant</c>, and <c>tag.{name}</c> for a workload's tags.
/// </param>
/// <param name="Period">How long it lasts, and whether it comes again.</param>
/// <param name="Currency">ISO 4217 code of its amounts. Where it is not the reporting currency, the exchange rate of a period's first day holds for the period.</param>
/// <param name="Amount">For each period. Null where every month has its own.</param>
/// <param name="Amounts">
/// Month (<c>yyyy-MM</c>) → amount. A monthly budget has it in the place of <paramref name="Amount"/> in that month; a longer
/// period's amount is the sum of its months', and <paramref name="Amount"/> is null.
/// </param>
/// <param name="Rollover">Whether what a period leaves over is added to the next one's amount. What was overspent is not taken off it.</param>
/// <param name="Thresholds">What raises alerts. At most 20, no two alike.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record BudgetSet(
    string Budget, string Name, IReadOnlyDictionary<string, IReadOnlyList<string>> Scope, BudgetPeriod Period, string Currency, decimal? Amount = null,
    IReadOnlyDictionary<string, decimal>? Amounts = null, bool Rollover = false, IReadOnlyList<BudgetThreshold>? Thresholds = null, string? Note = null) : IEvent;

/// <summary>How long a budget's periods are.</summary>
[JsonConverter(typeof(NamedEnumConverter<BudgetPeriodKind>))]
public enum BudgetPeriodKind
{
    /// <summary>Every billing period.</summary>
    [JsonStringEnumMemberName("month")] Month,

    /// <summary>Every three months of the fiscal year.</summary>
    [JsonStringEnumMemberName("quarter")] Quarter,

    /// <summary>Every fiscal year.</summary>
    [JsonStringEnumMemberName("year")] Year,

    /// <summary>Once, from the first month to the last.</summary>
    [JsonStringEnumMemberName("range")] Range,
}

/// <summary>When a budget holds. All days are of the reporting time zone.</summary>
/// <param name="Kind">How long its periods are.</param>
/// <param name="From">The first month that it counts, <c>yyyy-MM</c>. In the middle of a quarter or year, the first one is shorter.</param>
/// <param name="To">The last month, <c>yyyy-MM</c>. A range has one; otherwise it may go on.</param>
/// <param name="FiscalYearStart">The month (1 to 12) that quarters and years are counted from.</param>
public sealed record BudgetPeriod(BudgetPeriodKind Kind, string From, string? To = null, int FiscalYearStart = 1);

/// <summary>What a threshold looks at.</summary>
[JsonConverter(typeof(NamedEnumConverter<ThresholdOn>))]
public enum ThresholdOn
{
    /// <summary>What was spent in the period so far.</summary>
    [JsonStringEnumMemberName("actual")] Actual,

    /// <summary>What will have been spent at the period's end, by the forecast.</summary>
    [JsonStringEnumMemberName("forecast")] Forecast,

    /// <summary>
    /// The share of one unit (tokens, hours, items, requests) that has no rate, the largest of them; or any amount without an exchange
    /// rate, which counts as all of it. What was spent is more than the figures say.
    /// </summary>
    [JsonStringEnumMemberName("unpriced")] Unpriced,

    /// <summary>How far the figures are behind what is recorded.</summary>
    [JsonStringEnumMemberName("lag")] Lag,
}

/// <summary>A line, and who is told when it is crossed. It is crossed at or above it.</summary>
/// <param name="On">What it looks at.</param>
/// <param name="Percent">Of the period's amount, above 0 and at most 1,000; of the usage for <c>unpriced</c>, at most 100. At most 2 decimals.</param>
/// <param name="Amount">In the budget's currency, instead of a percentage. At most 6 decimals.</param>
/// <param name="Seconds">For <c>lag</c>: 1 to 86,400.</param>
/// <param name="Channels">Ids of the channels that are told; at most 10. Without one it is only shown.</param>
public sealed record BudgetThreshold(
    ThresholdOn On, decimal? Percent = null, decimal? Amount = null, int? Seconds = null, IReadOnlyList<string>? Channels = null);

/// <summary>A budget holds no longer.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="Reason">Why.</param>
public sealed record BudgetRemoved(string Budget, string Reason) : IEvent;

/// <summary>
/// A budget's figures reached a threshold: decided once for each version, period and threshold, until it is resolved. The
/// event's id is the alert's, made of those and of how often it was crossed.
/// </summary>
/// <param name="Budget">The budget.</param>
/// <param name="Version">Of the budget.</param>
/// <param name="Name">Of the budget, at that time.</param>
/// <param name="PeriodStart">The first day of the period.</param>
/// <param name="PeriodEnd">The first day after it.</param>
/// <param name="Threshold">The threshold, and whom to tell.</param>
/// <param name="Occurrence">1 the first time in this version and period; more after it was resolved.</param>
/// <param name="Currency">Of all amounts.</param>
/// <param name="Limit">The period's amount, with what rolled over.</param>
/// <param name="At">Where the line is: an amount; for <c>unpriced</c> a percentage of one unit, for <c>lag</c> seconds.</param>
/// <param name="Observed">What reached it, in the same unit.</param>
/// <param name="Spent">In the period so far.</param>
/// <param name="Forecast">For the period's end; null where nothing can be said yet.</param>
/// <param name="Position">The place in the log up to which it was counted.</param>
/// <param name="Contributors">The workloads that spent most of it, the largest first; at most 5.</param>
/// <param name="Replaces">The alert of an earlier version of the budget that this one goes on from.</param>
/// <param name="Unpriced">Quantities without a rate, by unit: not in what was spent. Null if there are none.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: not in what was spent, either. Null if there are none.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit: in what was spent in part. Null if there are none.</param>
/// <param name="StaleRates">Currencies of <paramref name="Unconverted"/> whose newest exchange rate is stale, with its day. Null if there are none.</param>
public sealed record BudgetThresholdCrossed(
    string Budget, int Version, string Name, DateOnly PeriodStart, DateOnly PeriodEnd, BudgetThreshold Threshold, int Occurrence, string Currency,
    decimal Limit, decimal At, decimal Observed, decimal Spent, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] decimal? Forecast, long Position,
    IReadOnlyList<Contributor> Contributors, Guid? Replaces = null, IReadOnlyDictionary<string, decimal>? Unpriced = null,
    IReadOnlyDictionary<string, decimal>? Unconverted = null, IReadOnlyDictionary<string, decimal>? Incomplete = null,
    IReadOnlyDictionary<string, DateOnly>? StaleRates = null) : IAlertRaised
{
    IReadOnlyList<string> IAlertRaised.ToldTo => Threshold.Channels ?? [];
}

/// <summary>A workload that spent much of a budget.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Amount">In the period, within the budget's scope, in its currency.</param>
/// <param name="Events">Of the events that came last before the threshold was reached, those that cost most; at most 5, the dearest first.</param>
public sealed record Contributor(string Workload, decimal Amount, IReadOnlyList<ContributingEvent> Events);

/// <summary>An event that helped to cross a threshold.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Amount">What it cost, in the budget's currency.</param>
/// <param name="Trace">The trace that it was recorded under, where one is known.</param>
public sealed record ContributingEvent(Guid Id, decimal Amount, string? Trace = null);

/// <summary>Why an alert is over.</summary>
[JsonConverter(typeof(NamedEnumConverter<ResolvedBecause>))]
public enum ResolvedBecause
{
    /// <summary>The figures are below the threshold again: a correction, another price, a lower forecast.</summary>
    [JsonStringEnumMemberName("below")] Below,

    /// <summary>The budget's new version has no such threshold, or does not reach it.</summary>
    [JsonStringEnumMemberName("budget-changed")] BudgetChanged,

    /// <summary>There is no budget any more.</summary>
    [JsonStringEnumMemberName("budget-removed")] BudgetRemoved,

    /// <summary>Its period, and the one after it, are over.</summary>
    [JsonStringEnumMemberName("period-over")] PeriodOver,
}

/// <summary>What an alert tells of is so no longer.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="Alert">The crossing's event id.</param>
/// <param name="Because">Why.</param>
/// <param name="Observed">What is below the threshold now, in its unit; null where nobody looked.</param>
/// <param name="Position">The place in the log up to which it was counted.</param>
public sealed record BudgetThresholdResolved(string Budget, Guid Alert, ResolvedBecause Because, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] decimal? Observed, long Position) : IAlertResolved;
