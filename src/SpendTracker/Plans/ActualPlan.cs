using SpendTracker.Contracts;

namespace SpendTracker.Plans;

/// <summary>A plan that is filled from what a workload used.</summary>
/// <param name="Months">The full months that were looked at, <c>yyyy-MM</c>.</param>
/// <param name="Plan">To be changed, previewed or submitted: it is the workload's usage of these months, gone on with.</param>
/// <param name="Sources">Where each assumption is from.</param>
/// <param name="Unknown">What a plan may have and the workload's events do not tell.</param>
public sealed record ActualPlan(
    string Workload, IReadOnlyList<string> Months, PlanRequest Plan, IReadOnlyList<AssumptionSource> Sources, IReadOnlyList<UnknownAssumption> Unknown);

/// <summary>Where an assumption is from.</summary>
/// <param name="Field">Its place in the plan, e.g. <c>options[0].routes[0].inputTokens</c>.</param>
/// <param name="Value">As in the plan.</param>
/// <param name="From">How it was worked out, with its quantities: <c>12,000,000 input tokens ÷ 10,000 requests</c>.</param>
/// <param name="ByMonth">The value of each month: low and high are the least and the largest of them.</param>
/// <param name="Events">What the quantity is the sum of: workload, approach, component, SKU and meter.</param>
public sealed record AssumptionSource(string Field, Assumption Value, string From, IReadOnlyDictionary<string, decimal> ByMonth, QuantityPlace Events);

/// <summary>What a quantity is the sum of; null narrows nothing.</summary>
public sealed record QuantityPlace(string Workload, Approach? Approach = null, Component? Component = null, string? Sku = null, string? Meter = null);
