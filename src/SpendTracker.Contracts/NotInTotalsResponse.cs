namespace SpendTracker.Contracts;

/// <summary>What is in no total, in part, or not in all totals where it belongs, as it is known now.</summary>
/// <param name="Currency">The reporting currency, of all that it might be worth.</param>
/// <param name="Today">Until when it is counted, in the reporting time zone.</param>
/// <param name="Count">How many there are; of events that were set aside each one.</param>
/// <param name="Rows">By their kind, the largest first.</param>
public sealed record NotInTotalsResponse(string Currency, DateOnly Today, long Count, IReadOnlyList<GapRow> Rows);

/// <summary>One of them.</summary>
/// <param name="Kind">
/// <c>no-price</c>, <c>no-exchange-rate</c>, <c>incomplete</c> (a part of the price is missing), <c>silent</c> (a workload that stopped reporting), <c>no-estimate</c> (a
/// workload of this month, where others have one), <c>unregistered</c> (in the totals, and in no team's) or <c>set-aside</c> (events that a read model could not take).
/// </param>
/// <param name="Workload">Of a workload.</param>
/// <param name="Sku">Of a quantity.</param>
/// <param name="Meter">Of a quantity.</param>
/// <param name="Quantity">Of the meter; of what has no exchange rate, the amount in its own currency; of what was set aside, the events.</param>
/// <param name="QuantityCurrency">Of an amount without an exchange rate.</param>
/// <param name="Since">The first day of it, if it is known.</param>
/// <param name="Amount">What of the workload is in the totals of this month; of a workload without an estimate or registration.</param>
/// <param name="Worth">What it might be worth: an estimate, in no total. None if nothing is known of it.</param>
/// <param name="Page">Where something can be done about it.</param>
public sealed record GapRow(
    string Kind, string? Workload, string? Sku, string? Meter, decimal? Quantity, string? QuantityCurrency, DateOnly? Since, decimal? Amount, WorthRow? Worth, string Page);

/// <param name="AtLeast">In the reporting currency.</param>
/// <param name="AtMost">In the reporting currency.</param>
/// <param name="Basis">What it is by.</param>
public sealed record WorthRow(decimal AtLeast, decimal AtMost, string Basis);
