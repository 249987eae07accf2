namespace SpendTracker.Contracts;

/// <summary>All billing periods that have costs, the newest first.</summary>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="ReportingTimeZone">The IANA time zone of days and months.</param>
/// <param name="KnownOn">The answer is as it was at the end of this day, in the reporting time zone; null for now.</param>
/// <param name="Items">In the order of the list.</param>
/// <param name="Next">The <c>cursor</c> of the next page; none on the last one.</param>
public sealed record PeriodsResponse(string Currency, string ReportingTimeZone, DateOnly? KnownOn, IReadOnlyList<PeriodRow> Items, string? Next);

/// <summary>A billing period in a list.</summary>
/// <param name="Month">The month.</param>
/// <param name="IsClosed">Whether it is closed.</param>
/// <param name="Total">What is booked in it, in the reporting currency; frozen where it is closed.</param>
/// <param name="Corrections">The part of the total that corrects earlier periods.</param>
/// <param name="History">Its closings, the latest first.</param>
public sealed record PeriodRow(string Month, bool IsClosed, decimal Total, decimal Corrections, IReadOnlyList<PeriodClosing> History);

/// <summary>One period: what has to be looked at before it is closed, and what was done.</summary>
/// <param name="Month">The month.</param>
/// <param name="KnownOn">The answer is as it was at the end of this day, in the reporting time zone; null for now.</param>
/// <param name="HasEnded">Whether the month is over.</param>
/// <param name="IsClosed">Whether it is closed.</param>
/// <param name="Lag">Events, of whatever month, that are recorded and not counted yet. A closing waits for them. Null of a past day.</param>
/// <param name="Unpriced">What no rate covers: in no amount.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: in no amount.</param>
/// <param name="Incomplete">What is priced incompletely: in the amounts in part.</param>
/// <param name="SetAside">Events, of whatever month, that could not be counted. Null of a past day.</param>
/// <param name="Total">All of it together.</param>
/// <param name="Corrections">What corrects closed months.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="Bookings">What it has from earlier periods, and what of it is booked in later ones.</param>
/// <param name="History">Its closings, the latest first.</param>
public sealed record PeriodResponse(
    string Month, DateOnly? KnownOn, bool HasEnded, bool IsClosed, long? Lag, IReadOnlyDictionary<string, decimal> Unpriced,
    IReadOnlyDictionary<string, decimal> Unconverted, IReadOnlyDictionary<string, decimal> Incomplete, long? SetAside,
    decimal Total, decimal Corrections, string Currency, IReadOnlyList<BookingMove> Bookings, IReadOnlyList<PeriodClosing> History);

/// <summary>One closing of a period.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ClosedAt">When it was closed, UTC.</param>
/// <param name="ClosedBy">Who closed it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Total">All of it together.</param>
/// <param name="Lines">How many lines were frozen.</param>
/// <param name="Position">The place in the log up to which it is counted.</param>
/// <param name="AcceptsUnpriced">Whether quantities without a rate, or priced incompletely, were accepted.</param>
/// <param name="AcceptsUnconverted">Whether amounts without an exchange rate were accepted.</param>
/// <param name="ReopenedAt">When it was reopened, UTC.</param>
/// <param name="ReopenedBy">Who reopened it.</param>
/// <param name="ReopenedBecause">Why it was reopened.</param>
public sealed record PeriodClosing(
    Guid Id, DateTimeOffset ClosedAt, string ClosedBy, string Reason, decimal Total, int Lines, long Position, bool AcceptsUnpriced, bool AcceptsUnconverted,
    DateTimeOffset? ReopenedAt, string? ReopenedBy, string? ReopenedBecause)
{
    /// <summary>Whether it holds now.</summary>
    public bool Holds => ReopenedAt is null;
}

/// <summary>What a closing moved between periods: corrections booked in the month, or parts of it booked in a later one.</summary>
/// <param name="Origin">The month of use.</param>
/// <param name="Booked">The month of booking.</param>
/// <param name="Amount">In the currency beside it, or beside the rows.</param>
/// <param name="Unpriced">Quantities without a rate, by unit, that nobody has accepted at a closing: in no amount.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit: in the amount in part.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: in no amount.</param>
public sealed record BookingMove(
    string Origin, string Booked, decimal Amount, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Incomplete,
    IReadOnlyDictionary<string, decimal> Unconverted);
