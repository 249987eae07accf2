namespace SpendTracker.Contracts;

/// <summary>Why a month cost another amount than an earlier one. The steps add up to the difference.</summary>
/// <param name="From">The earlier month.</param>
/// <param name="To">The later month.</param>
/// <param name="KnownOn">The answer is as it was at the end of this day, in the reporting time zone; null for now.</param>
/// <param name="Currency">Of all amounts.</param>
/// <param name="Before">What the earlier month cost.</param>
/// <param name="After">What the later month cost, or cost so far.</param>
/// <param name="DaysBefore">Days of the earlier month, to a tenth.</param>
/// <param name="DaysAfter">Days of the later month that have passed, to a tenth.</param>
/// <param name="Explained">The sum of the steps: after − before.</param>
/// <param name="Steps">What moved the cost. Those that moved nothing are left out.</param>
/// <param name="UnpricedBefore">Quantities that no rate covers, by unit: not in <paramref name="Before"/>.</param>
/// <param name="UnpricedAfter">The same of the later month.</param>
/// <param name="IncompleteBefore">Quantities that are priced incompletely, by unit.</param>
/// <param name="IncompleteAfter">The same of the later month.</param>
/// <param name="UnconvertedBefore">Amounts without an exchange rate, by currency: not in <paramref name="Before"/>.</param>
/// <param name="UnconvertedAfter">The same of the later month.</param>
public sealed record CostChangesResponse(
    string From, string To, DateOnly? KnownOn, string Currency, decimal Before, decimal After, decimal DaysBefore, decimal DaysAfter, decimal Explained,
    IReadOnlyList<CostChangeStep> Steps,
    IReadOnlyDictionary<string, decimal> UnpricedBefore, IReadOnlyDictionary<string, decimal> UnpricedAfter,
    IReadOnlyDictionary<string, decimal> IncompleteBefore, IReadOnlyDictionary<string, decimal> IncompleteAfter,
    IReadOnlyDictionary<string, decimal> UnconvertedBefore, IReadOnlyDictionary<string, decimal> UnconvertedAfter);

/// <summary>A reason why the later month cost another amount.</summary>
/// <param name="Step">Which reason.</param>
/// <param name="Amount">How much more the later month cost for it; below 0 is less.</param>
/// <param name="Lines">What the amount is made of, the largest first, as many as were asked for.</param>
/// <param name="LinesLeftOut">How many more lines there are.</param>
public sealed record CostChangeStep(ChangeStep Step, decimal Amount, IReadOnlyList<CostChangeLine> Lines, int LinesLeftOut);

/// <summary>What a line of costs has of a step.</summary>
/// <param name="Workload">Who used it.</param>
/// <param name="Approach">The approach that it was used for.</param>
/// <param name="Component">The component of the cost.</param>
/// <param name="Sku">What it is priced as.</param>
/// <param name="Meter">What was counted.</param>
/// <param name="Corrects">The closed month that it corrects; null where it is of the months themselves.</param>
/// <param name="Amount">What it moved in this step; the rest of its difference is in other steps.</param>
/// <param name="QuantityBefore">In the unit of the meter.</param>
/// <param name="QuantityAfter">In the unit of the meter.</param>
/// <param name="AmountBefore">What it cost in the earlier month.</param>
/// <param name="AmountAfter">What it cost in the later month.</param>
/// <param name="EventsBefore">The events behind it in the earlier month, over the API; null where there are none.</param>
/// <param name="EventsAfter">The same of the later month.</param>
public sealed record CostChangeLine(
    string Workload, Approach Approach, Component Component, string Sku, string Meter, string? Corrects, decimal Amount,
    decimal QuantityBefore, decimal QuantityAfter, decimal AmountBefore, decimal AmountAfter, string? EventsBefore, string? EventsAfter);
