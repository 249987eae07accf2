namespace SpendTracker.Contracts;

/// <summary>A month's report.</summary>
/// <param name="Month">The month.</param>
/// <param name="AsOf">When it was read.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="Sentence">The month in words.</param>
/// <param name="Spent">Until now.</param>
/// <param name="Expected">At the month's end; null if the month is over.</param>
/// <param name="Low">8 of 10 times it will be between this and <c>high</c>; null if that cannot be said.</param>
/// <param name="High">The other end of it.</param>
/// <param name="Before">What the month before came to.</param>
/// <param name="Estimated">0 if nobody submitted an estimate.</param>
/// <param name="Moves">Why it cost another amount than the month before, step by step; together the difference of the two.</param>
/// <param name="Approaches">The dearest first.</param>
/// <param name="Teams">The same by team.</param>
/// <param name="Unpriced">Quantities without a rate, by unit: in no amount.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: in no amount, either.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit: in the amounts in part.</param>
/// <param name="Corrections">What corrects closed months.</param>
public sealed record ReportResponse(
    string Month, DateTimeOffset AsOf, string Currency, string Sentence, decimal Spent, decimal? Expected, decimal? Low, decimal? High, decimal Before, decimal Estimated,
    IReadOnlyList<ReportPart> Moves, IReadOnlyList<ReportPart> Approaches, IReadOnlyList<ReportPart> Teams, IReadOnlyDictionary<string, decimal> Unpriced,
    IReadOnlyDictionary<string, decimal> Unconverted, IReadOnlyDictionary<string, decimal> Incomplete, IReadOnlyList<BookingMove> Corrections);

/// <summary>A part of a report.</summary>
/// <param name="Name">Of the step, the approach or the team.</param>
/// <param name="Amount">In the report's currency.</param>
public sealed record ReportPart(string Name, decimal Amount);
