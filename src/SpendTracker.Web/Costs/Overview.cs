using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Requests;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Costs;

/// <summary>A month as the overview shows it.</summary>
/// <param name="AsOf">When it was read.</param>
/// <param name="KnownOn">It is as it was known at the end of this day; null for now.</param>
/// <param name="Closed">The closing that holds; null where the month is open.</param>
/// <param name="Workloads">A row for each workload and approach, the largest actual first.</param>
/// <param name="Total">The sum of the rows, which the cards show.</param>
/// <param name="Corrections">The parts of the total that correct closed months, by month of use.</param>
/// <param name="Unpriced">By SKU and meter.</param>
/// <param name="Incomplete">What is priced incompletely, by SKU and meter.</param>
/// <param name="History">A chart for each approach that has anything in the twelve months.</param>
public sealed record Overview(
    BillingPeriod Month, DateOnly? KnownOn, PeriodClosing? Closed, string Currency, DateTimeOffset AsOf, IReadOnlyList<WorkloadCost> Workloads, MonthlyCost Total,
    IReadOnlyList<BookingMove> Corrections, IReadOnlyList<UnpricedUsage> Unpriced, IReadOnlyList<UnpricedUsage> Incomplete, IReadOnlyList<ApproachHistory> History)
{
    /// <summary>The dimensions that it can be narrowed by: those that a row, with all its lines, has one value of.</summary>
    public static IReadOnlyList<string> Dimensions { get; } = ["team", "workload", "approach", "environment", "cost-centre"];

    /// <summary>What it is narrowed to: rows, total, corrections and history. What lacks a price is then in the total by unit alone.</summary>
    public Filters Narrowed { get; init; } = Filters.None;

    /// <summary>Days of the month that had passed when it was known so, to a tenth, rounded down; null where all had.</summary>
    public decimal? DaysPassed { get; init; }

    public int Days => Month.End.DayNumber - Month.Start.DayNumber;

    /// <summary>Whether the month has not ended, so that its actual is that of <see cref="DaysPassed"/>.</summary>
    public bool Runs => DaysPassed is not null;
}

/// <summary>A workload's month with one approach.</summary>
/// <param name="Team">Null where nobody had registered it.</param>
/// <param name="Registered">As it is registered now; null where nobody has.</param>
public sealed record WorkloadCost(string Workload, Approach Approach, string? Team, Workload? Registered, MonthlyCost Cost)
{
    public string Name => Registered?.Name ?? Workload;
}

/// <summary>What an approach cost and was expected to cost, month by month.</summary>
public sealed record ApproachHistory(Approach Approach, IReadOnlyList<MonthCost> Months);

/// <param name="Estimated">0 where nobody submitted an estimate.</param>
/// <param name="ActualText">The actual as it reads: not $0.00 where nothing of it has a price.</param>
public sealed record MonthCost(BillingPeriod Month, decimal Actual, decimal Estimated, string ActualText);
