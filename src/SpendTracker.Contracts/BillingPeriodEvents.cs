using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>
/// A billing period's costs are final, as the lines frozen with it say. What becomes known later is booked in the first open
/// period after it, with a link to this one.
/// </summary>
/// <param name="Month"><c>yyyy-MM</c>.</param>
/// <param name="Closing">Names this closing: a period may be reopened and closed again.</param>
/// <param name="Currency">The reporting currency, of all amounts.</param>
/// <param name="Total">The sum of the lines.</param>
/// <param name="Lines">How many lines were frozen.</param>
/// <param name="Position">The place in the log up to which they are counted.</param>
/// <param name="Reason">Why now, or what was agreed.</param>
/// <param name="AcceptsUnpriced">Whether quantities without a rate, or priced incompletely, were accepted.</param>
/// <param name="AcceptsUnconverted">Whether amounts without an exchange rate were accepted.</param>
public sealed record BillingPeriodClosed(
    string Month, Guid Closing, string Currency, decimal Total, int Lines, long Position, string Reason,
    bool AcceptsUnpriced = false, bool AcceptsUnconverted = false) : IEvent;

/// <summary>
/// Costs as they were when their billing period was closed: written out, so that no later price, program or replay can
/// change them. In the same transaction as the closing that they belong to, before it.
/// </summary>
/// <param name="Month"><c>yyyy-MM</c>, the period that they are booked in.</param>
/// <param name="Closing">The closing.</param>
/// <param name="Lines">At most 150; a closing has as many such events as it needs.</param>
public sealed record CostsFrozen(string Month, Guid Closing, IReadOnlyList<ClosedLine> Lines) : IEvent;

/// <summary>A part of a closed period's costs.</summary>
/// <param name="Origin">The month of use; an earlier one for a correction of a closed period. <c>yyyy-MM</c>.</param>
/// <param name="Line">What was used.</param>
/// <param name="Currency">Of the rate; empty where there is none.</param>
/// <param name="Sku">What it was priced as.</param>
/// <param name="Quantity">Of the meter.</param>
/// <param name="ListAmount">At list prices, in the reporting currency.</param>
/// <param name="Amount">Owed, in the reporting currency.</param>
/// <param name="Unpriced">The part of the quantity without a rate.</param>
/// <param name="Unconverted">The amount without an exchange rate, in its own currency.</param>
/// <param name="Events">How many events it is the sum of.</param>
/// <param name="UnconvertedEvents">How many of them have an amount without an exchange rate; amounts may come to nothing.</param>
/// <param name="Incomplete">The part of the quantity that is priced incompletely.</param>
public sealed record ClosedLine(
    string Origin, CostLineKey Line, string Currency, string Sku, decimal Quantity, decimal ListAmount, decimal Amount, decimal Unpriced,
    decimal Unconverted, long Events, long UnconvertedEvents = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] decimal Incomplete = 0);

/// <summary>What costs are kept apart by, within a month.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Approach">The approach that it served.</param>
/// <param name="Component">What kind of cost it is.</param>
/// <param name="ReportedSku">The SKU as recorded, before aliases.</param>
/// <param name="Meter">What was counted.</param>
/// <param name="AboveTokens">The context length step of the requests; 0 for the lowest.</param>
/// <param name="ReportedCurrency">Of a cost that the provider reported; otherwise empty.</param>
/// <param name="Variant">What the team tells apart; empty where it said nothing.</param>
public readonly record struct CostLineKey(
    string Workload, Approach Approach, Component Component, string ReportedSku, string Meter, int AboveTokens, string ReportedCurrency, string Variant);

/// <summary>A closed period may change again.</summary>
/// <param name="Month"><c>yyyy-MM</c>.</param>
/// <param name="Closing">The closing that no longer holds.</param>
/// <param name="Reason">Why.</param>
public sealed record BillingPeriodReopened(string Month, Guid Closing, string Reason) : IEvent;
