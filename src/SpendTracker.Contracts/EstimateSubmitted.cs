namespace SpendTracker.Contracts;

/// <summary>
/// What a team expects a workload to cost a month, by one approach. Frozen: a later one for the same workload, approach
/// and month takes its place in the reports, and both stay in the log.
/// </summary>
/// <param name="Workload">The workload.</param>
/// <param name="Approach">The approach.</param>
/// <param name="From">First month, <c>yyyy-MM</c>.</param>
/// <param name="To">Last month, included; at most 60 months.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Lines">What the month is made of.</param>
/// <param name="Assumptions">What the figures rest on, e.g. <c>requestsPerMonth</c>: <c>40,000</c>.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record EstimateSubmitted(
    string Workload, Approach Approach, string From, string To, string Currency, IReadOnlyList<EstimateLine> Lines,
    IReadOnlyDictionary<string, string>? Assumptions = null, string? Note = null) : IEvent;

/// <summary>One line of a monthly estimate: an amount, or a quantity at a price, which give it.</summary>
/// <param name="Component">What kind of cost it is.</param>
/// <param name="Amount">A month, in the estimate's currency. When recorded without one, quantity × price ÷ per.</param>
/// <param name="Sku">What is priced.</param>
/// <param name="Meter">What is counted.</param>
/// <param name="Quantity">A month.</param>
/// <param name="Price">For so many units.</param>
/// <param name="Per">How many units the price is for: 1, 1,000 or 1,000,000.</param>
public sealed record EstimateLine(
    Component Component, decimal? Amount = null, string? Sku = null, string? Meter = null, decimal? Quantity = null,
    decimal? Price = null, decimal Per = 1);
