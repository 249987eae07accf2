using SpendTracker.Contracts;

namespace SpendTracker.Costs;

/// <summary>What a line had in a month.</summary>
/// <param name="Quantity">In the unit of the meter.</param>
/// <param name="Priced">The part of the quantity that is in the amount.</param>
/// <param name="Amount">In the reporting currency.</param>
public readonly record struct LineMonth(decimal Quantity, decimal Priced, decimal Amount);

/// <summary>A line of costs in two months.</summary>
/// <param name="AboveTokens">The context length from which its price holds; 0 is the lowest step.</param>
/// <param name="Origin">The closed month that it corrects; null where it is of the month itself.</param>
public sealed record LineChange(
    string Workload, Approach Approach, Component Component, string Sku, string Meter, int AboveTokens, BillingPeriod? Origin, LineMonth Before, LineMonth After)
{
    public decimal Amount => After.Amount - Before.Amount;
}

/// <summary>What a line has of a step.</summary>
public sealed record StepLine(LineChange Line, decimal Amount);

/// <summary>A reason why the later month cost another amount.</summary>
/// <param name="Lines">What it is made of, the largest amount first, whatever its sign.</param>
public sealed record MonthStep(ChangeStep Step, IReadOnlyList<StepLine> Lines)
{
    public decimal Amount => Lines.Sum(line => line.Amount);
}

/// <summary>Why a month cost another amount than an earlier one.</summary>
/// <param name="From">The earlier month.</param>
/// <param name="To">The later one.</param>
/// <param name="DaysBefore">Days of the earlier month, or of its part that has passed.</param>
/// <param name="DaysAfter">The same of the later one.</param>
/// <param name="Steps">In the order of <see cref="ChangeStep"/>, those that moved anything.</param>
public sealed record MonthChange(BillingPeriod From, BillingPeriod To, decimal DaysBefore, decimal DaysAfter, MonthlyCost Before, MonthlyCost After, IReadOnlyList<MonthStep> Steps)
{
    /// <summary>Whether the later month has not ended.</summary>
    public bool Runs => DaysAfter < To.End.DayNumber - To.Start.DayNumber;

    /// <summary>The sum of the steps, which is what the total moved by.</summary>
    public decimal Explained => Steps.Sum(step => step.Amount);

    /// <summary>Each amount is rounded by itself, so that many together may miss the difference by a little in the last decimals.</summary>
    public bool AddsUp => Math.Abs(Before.Actual + Explained - After.Actual) <= 0.000001m;
}
