namespace SpendTracker.Contracts;

/// <summary>Why a month's total is another than it was. The moves add up to what it moved.</summary>
/// <param name="Month">The month.</param>
/// <param name="From">The total before is as known at the end of this day, in the reporting time zone.</param>
/// <param name="To">The total after is as known at the end of this day.</param>
/// <param name="Workload">The workload's id.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="Before">Before the change.</param>
/// <param name="After">After the change.</param>
/// <param name="Explained">The sum of all moves: always after − before.</param>
/// <param name="Usage">What became known.</param>
/// <param name="Prices">Prices, or what changed by them.</param>
/// <param name="Bookings">What closings moved between months.</param>
/// <param name="Corrections">Corrected events, whose quantities are taken back among the usage; at most 200.</param>
/// <param name="UnpricedBefore">Quantities that no rate covers, by unit: not in <paramref name="Before"/>.</param>
/// <param name="UnpricedAfter">The same as <c>unpricedBefore</c>, after.</param>
/// <param name="IncompleteBefore">Quantities that are priced incompletely, by unit.</param>
/// <param name="IncompleteAfter">The same as <c>incompleteBefore</c>, after.</param>
/// <param name="UnconvertedBefore">Amounts without an exchange rate, by currency: not in <paramref name="Before"/>.</param>
/// <param name="UnconvertedAfter">The same as <c>unconvertedBefore</c>, after.</param>
public sealed record ExplainResponse(
    string Month, DateOnly From, DateOnly To, string? Workload, string Currency, decimal Before, decimal After, decimal Explained,
    IReadOnlyList<UsageMoveRow> Usage, IReadOnlyList<PriceMoveRow> Prices, IReadOnlyList<BookingMoveRow> Bookings, IReadOnlyList<CorrectionMoveRow> Corrections,
    IReadOnlyDictionary<string, decimal> UnpricedBefore, IReadOnlyDictionary<string, decimal> UnpricedAfter,
    IReadOnlyDictionary<string, decimal> IncompleteBefore, IReadOnlyDictionary<string, decimal> IncompleteAfter,
    IReadOnlyDictionary<string, decimal> UnconvertedBefore, IReadOnlyDictionary<string, decimal> UnconvertedAfter);

/// <param name="Workload">The workload's id.</param>
/// <param name="Approach">The approach.</param>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Meter">What is measured, e.g. <c>input-tokens</c>.</param>
/// <param name="Quantity">Of the meter.</param>
/// <param name="Events">The events behind it, or how many they are.</param>
/// <param name="Amount">In the currency beside it, or beside the rows.</param>
/// <param name="Unpriced">What of the quantity no rate covers.</param>
/// <param name="Incomplete">What of it is priced incompletely.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency.</param>
/// <param name="Free">Whose price it is, where all of it is 0.</param>
/// <param name="EventsPage">Where the events behind it are shown.</param>
/// <param name="EventsList">The same events over the API.</param>
public sealed record UsageMoveRow(
    string Workload, string Approach, string Sku, string Meter, decimal Quantity, long Events, decimal Amount, decimal Unpriced, decimal Incomplete,
    IReadOnlyDictionary<string, decimal> Unconverted, string? Free, string EventsPage, string EventsList);

/// <param name="Workload">The workload's id.</param>
/// <param name="Approach">The approach.</param>
/// <param name="SkuBefore">What it was priced as before.</param>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Meter">What is measured, e.g. <c>input-tokens</c>.</param>
/// <param name="Quantity">Of the meter.</param>
/// <param name="UnitPriceBefore">Of one unit, before.</param>
/// <param name="UnitPriceAfter">Of one unit, after.</param>
/// <param name="Free">Whose price it is, where the price after is 0.</param>
/// <param name="FirstDay">The first day.</param>
/// <param name="LastDay">The last day.</param>
/// <param name="Amount">In the currency beside it, or beside the rows.</param>
/// <param name="Unpriced">How much more of the quantity no rate covers since; below 0 where it got one.</param>
/// <param name="Incomplete">How much more of it is priced incompletely since.</param>
/// <param name="Unconverted">What more lacks an exchange rate since, by currency.</param>
/// <param name="Causes">What was published or withdrawn between the days.</param>
/// <param name="EventsPage">Where the events are shown that it prices, of the whole month.</param>
/// <param name="EventsList">The same events over the API.</param>
public sealed record PriceMoveRow(
    string Workload, string Approach, string SkuBefore, string Sku, string Meter, decimal Quantity, decimal? UnitPriceBefore, decimal? UnitPriceAfter,
    string? Free, DateOnly FirstDay, DateOnly LastDay, decimal Amount, decimal Unpriced, decimal Incomplete, IReadOnlyDictionary<string, decimal> Unconverted,
    IReadOnlyList<PublicationChange> Causes, string EventsPage, string EventsList);

/// <param name="Origin">The month of use.</param>
/// <param name="Booked">The month that it is booked in.</param>
/// <param name="Amount">In the currency beside it, or beside the rows.</param>
/// <param name="Unpriced">Quantities by unit that no rate covers and nobody has accepted at a closing.</param>
/// <param name="Incomplete">The same of what is priced incompletely.</param>
/// <param name="Unconverted">The same of amounts without an exchange rate, by currency.</param>
/// <param name="Explanation">Where the month of use is explained, with the events behind; null where that is this month.</param>
public sealed record BookingMoveRow(
    string Origin, string Booked, decimal Amount, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Incomplete,
    IReadOnlyDictionary<string, decimal> Unconverted, string? Explanation);

/// <param name="Event">The event's id in the log.</param>
/// <param name="Workload">The workload's id.</param>
/// <param name="RecordedOn">The day on which it was recorded.</param>
/// <param name="EventsList">The event with its correction, over the API.</param>
public sealed record CorrectionMoveRow(Guid Event, string Workload, DateOnly RecordedOn, string EventsList);

/// <summary>Something in the price book that was published or withdrawn.</summary>
/// <param name="Publication">The publication: itself, or its id.</param>
/// <param name="Kind"><c>rate</c>, <c>discount</c>, <c>alias</c>, <c>exchange-rate</c>, or <c>exchange-rate-age</c>: how old these may be.</param>
/// <param name="Subject">The SKU of a rate or an alias, the SKUs of a discount, the currency of an exchange rate, the days of an age.</param>
/// <param name="EffectiveFrom">The first day that it holds.</param>
/// <param name="Withdrawn">Whether it was taken back, and not published.</param>
/// <param name="At">When that was.</param>
/// <param name="By">Who did it, e.g. <c>key:4f…</c>.</param>
/// <param name="Why">The source of what was published; the reason for what was withdrawn.</param>
public sealed record PublicationChange(
    Guid Publication, string Kind, string Subject, DateOnly? EffectiveFrom, bool Withdrawn, DateTimeOffset At, string By, string Why);
