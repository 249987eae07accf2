using System.Text.Json;

namespace SpendTracker.Contracts;

/// <summary>Some of the events behind a number, newest first; or one event with its correction and what replaced it.</summary>
/// <param name="Currency">The reporting currency, of all amounts.</param>
/// <param name="ReportingTimeZone">The IANA time zone of days and months.</param>
/// <param name="Items">In the order of the list.</param>
/// <param name="Correction">The correction, if the id asked for is that of one.</param>
/// <param name="Complete">Whether these are all. Where they are not, there may be none: a page ends after so many events of others.</param>
/// <param name="Next">The <c>cursor</c> of what was recorded before; none if nothing was.</param>
/// <param name="Previous">The <c>cursor</c> of what was recorded after; none on the first page.</param>
public sealed record EventsResponse(
    string Currency, string ReportingTimeZone, IReadOnlyList<EventRow> Items, CorrectionRow? Correction, bool Complete, string? Next = null, string? Previous = null);

/// <summary>A usage event and what it counts for.</summary>
/// <param name="EventId">Its id in the log.</param>
/// <param name="Type">The stored name of the event's type.</param>
/// <param name="Id">The caller's, of its <paramref name="Source"/>; null where it gave none.</param>
/// <param name="Source">Whose list or contract it is; of an event, whose numbering its id belongs to.</param>
/// <param name="RecordedAt">When it was appended to the log, UTC.</param>
/// <param name="RecordedBy">Who recorded it.</param>
/// <param name="SeqId">Its place in the log.</param>
/// <param name="Stream">The stream that it is in.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="Data">As it is in the log.</param>
/// <param name="Amount">The sum of the quantities that count and have a price; 0 where it was corrected.</param>
/// <param name="Quantities">What it counts for.</param>
/// <param name="CorrectedBy">What it counts no longer by; null where it counts.</param>
/// <param name="Replaces">What it took the place of another event by.</param>
public sealed record EventRow(
    Guid EventId, string Type, string? Id, string? Source, DateTimeOffset RecordedAt, string? RecordedBy, long SeqId, string Stream, long Version, JsonElement Data,
    decimal Amount, IReadOnlyList<QuantityRow> Quantities, CorrectionRow? CorrectedBy, CorrectionRow? Replaces);

/// <param name="Day">The day.</param>
/// <param name="Component">What kind of cost it is.</param>
/// <param name="ReportedSku">The name that it was reported under.</param>
/// <param name="Sku">What it is priced as.</param>
/// <param name="Meter">What is measured, e.g. <c>input-tokens</c>.</param>
/// <param name="AboveTokens">The price holds for requests with more input tokens than this; 0 for all.</param>
/// <param name="Quantity">Of the meter.</param>
/// <param name="Counts">Whether it is part of what was asked for.</param>
/// <param name="UnitPrice">Discount taken off, in the <paramref name="PriceCurrency"/>; null where no rate covers it.</param>
/// <param name="PriceCurrency">The currency of the price.</param>
/// <param name="ExchangeRate">Units of the reporting currency for one; null where nobody published one.</param>
/// <param name="PriceSource">Whose list says so.</param>
/// <param name="Free">Whose price it is, where the price is 0.</param>
/// <param name="Amount">In the reporting currency; null where it is unpriced or unconverted, or nothing is owed for the meter.</param>
/// <param name="Unpriced">What no rate covers: in no amount.</param>
/// <param name="Incomplete">Whether not all that is asked for it is in the amount; of a part of a meter, in that meter's amount.</param>
public sealed record QuantityRow(
    DateOnly Day, string Component, string ReportedSku, string Sku, string Meter, int AboveTokens, decimal Quantity, bool Counts, decimal? UnitPrice,
    string? PriceCurrency, decimal? ExchangeRate, string? PriceSource, string? Free, decimal? Amount, bool Unpriced, bool Incomplete);

/// <param name="EventId">Its id in the log.</param>
/// <param name="Corrects">The event that counts no longer.</param>
/// <param name="ReplacedBy">The event that counts instead; null where none does.</param>
/// <param name="Reason">Why.</param>
/// <param name="RecordedAt">When it was appended to the log, UTC.</param>
/// <param name="RecordedBy">Who recorded it.</param>
public sealed record CorrectionRow(Guid EventId, Guid Corrects, Guid? ReplacedBy, string Reason, DateTimeOffset RecordedAt, string? RecordedBy);
