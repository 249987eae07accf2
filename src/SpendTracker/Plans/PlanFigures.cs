using SpendTracker.Contracts;

namespace SpendTracker.Plans;

/// <summary>A figure, and between which values it lies.</summary>
public sealed record PlanRange(decimal Low, decimal Expected, decimal High)
{
    internal PlanRange Rounded(int decimals) => new(Math.Round(Low, decimals), Math.Round(Expected, decimals), Math.Round(High, decimals));
}

/// <summary>What a plan comes to.</summary>
/// <param name="BreakEvens">Of each two options.</param>
public sealed record PlanFigures(string Name, IReadOnlyList<OptionFigures> Options, IReadOnlyList<BreakEven> BreakEvens);

/// <summary>What an option comes to. Amounts are in the plan's currency; what is unpriced is in none of them.</summary>
/// <param name="Lines">As expected, by month.</param>
/// <param name="Months">As expected, with the range of what is paid until their end.</param>
/// <param name="Cash">Paid over all months.</param>
/// <param name="Effective">The cost of all months, what is paid once written off: what is written off later is not in it.</param>
/// <param name="Per1000Requests">Effective cost ÷ requests × 1,000; null without requests.</param>
/// <param name="PerSuccess">Effective cost ÷ (requests × success share); null where no success share is given.</param>
/// <param name="Ready">The first day on which it can answer; null where no weeks of set-up are given.</param>
/// <param name="Unpriced">What has no price here or in the book.</param>
public sealed record OptionFigures(
    string Name, Approach Approach, IReadOnlyList<PlanLine> Lines, IReadOnlyList<PlanMonth> Months, PlanRange Cash, PlanRange Effective,
    PlanRange? Per1000Requests, PlanRange? PerSuccess, ReadyRange? Ready, IReadOnlyList<UnpricedPlanLine> Unpriced);

/// <summary>A quantity of a month.</summary>
/// <param name="Price">Of one unit; null where nobody published one.</param>
/// <param name="Amount">Rounded to 6 decimals; null where it is unpriced.</param>
/// <param name="IsOnce">Whether it is paid in single months, and written off over several.</param>
/// <param name="Source">Of the price.</param>
public sealed record PlanLine(
    string Month, Component Component, string Sku, string Meter, decimal Quantity, decimal? Price, decimal? Amount, bool IsOnce, string? Source);

/// <summary>A month of an option.</summary>
/// <param name="Running">What is paid for this month.</param>
/// <param name="Once">What is paid in this month for several.</param>
/// <param name="Cash">Both.</param>
/// <param name="WrittenOff">The month's part of what was paid once, until now.</param>
/// <param name="Effective">Running and written off.</param>
/// <param name="CumulativeCash">Paid until its end.</param>
public sealed record PlanMonth(
    string Month, decimal Requests, decimal Running, decimal Once, decimal Cash, decimal WrittenOff, decimal Effective, PlanRange CumulativeCash);

/// <summary>The day on which something is ready.</summary>
public sealed record ReadyRange(DateOnly Low, DateOnly Expected, DateOnly High);

/// <summary>What has no price.</summary>
public sealed record UnpricedPlanLine(string Sku, string Meter);
