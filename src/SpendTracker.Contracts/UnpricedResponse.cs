namespace SpendTracker.Contracts;

/// <summary>What is in no amount, or in part: quantities without a rate or with an incomplete price, and amounts without an exchange rate.</summary>
/// <param name="Unpriced">What no rate covers: in no amount.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: in no amount.</param>
/// <param name="Incomplete">What is priced incompletely: in the amounts in part.</param>
public sealed record UnpricedResponse(IReadOnlyList<UnpricedRow> Unpriced, IReadOnlyList<UnconvertedRow> Unconverted, IReadOnlyList<UnpricedRow> Incomplete);

/// <summary>A quantity that no rate covers, or that is priced incompletely.</summary>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Meter">What is measured, e.g. <c>input-tokens</c>.</param>
/// <param name="AboveTokens">The price holds for requests with more input tokens than this; 0 for all.</param>
/// <param name="Quantity">Of the meter.</param>
/// <param name="Events">The events behind it, or how many they are.</param>
/// <param name="FirstMonth">The first month.</param>
/// <param name="LastMonth">The last month.</param>
/// <param name="FirstDay">The first day.</param>
/// <param name="ReportedSkus">The names that it was reported under.</param>
/// <param name="UsedBy">Each workload in each month, the latest first.</param>
public sealed record UnpricedRow(
    string Sku, string Meter, int AboveTokens, decimal Quantity, long Events, string FirstMonth, string LastMonth, DateOnly FirstDay,
    IReadOnlyList<string> ReportedSkus, IReadOnlyList<UseRow> UsedBy);

/// <summary>An amount that no exchange rate covers.</summary>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="Amount">In the currency beside it, or beside the rows.</param>
/// <param name="FirstMonth">The first month.</param>
/// <param name="LastMonth">The last month.</param>
/// <param name="Skus">What it is priced as.</param>
/// <param name="UsedBy">Each workload in each month, SKU by SKU, the latest first.</param>
/// <param name="LastRate">The day of the newest rate until then, which is stale; none where there was no rate.</param>
public sealed record UnconvertedRow(
    string Currency, decimal Amount, string FirstMonth, string LastMonth, IReadOnlyList<string> Skus, IReadOnlyList<UseRow> UsedBy, DateOnly? LastRate);

/// <param name="Workload">The workload's id.</param>
/// <param name="Month">The month.</param>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Meter">What is measured, e.g. <c>input-tokens</c>.</param>
/// <param name="Quantity">Of an unconverted amount, in its currency.</param>
/// <param name="Events">The events behind it, or how many they are.</param>
/// <param name="EventsPage">Where the events behind it are shown.</param>
/// <param name="EventsList">The same events over the API.</param>
public sealed record UseRow(string Workload, string Month, string Sku, string Meter, decimal Quantity, long Events, string EventsPage, string EventsList);
