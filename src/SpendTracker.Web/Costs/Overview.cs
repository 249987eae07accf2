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
/// <param name="History">Twelve months up to this one.</param>
public sealed record Overview(
    BillingPeriod Month, DateOnly? KnownOn, PeriodClosing? Closed, string Currency, DateTimeOffset AsOf, IReadOnlyList<WorkloadCost> Workloads, MonthlyCost Total,
    IReadOnlyList<BookingMove> Corrections, IReadOnlyList<UnpricedUsage> Unpriced, IReadOnlyList<UnpricedUsage> Incomplete, CostHistory History)
{
    /// <summary>The dimensions that it can be narrowed by: those that a row, with all its lines, has one value of.</summary>
    public static IReadOnlyList<string> Dimensions { get; } = ["team", "workload", "approach", "environment", "cost-centre"];

    /// <summary>What it is narrowed to: rows, total, corrections and history. What lacks a price is then in the total by unit alone.</summary>
    public Filters Narrowed { get; init; } = Filters.None;

    /// <summary>What became known of the month once it was closed, and is booked in a later one: in no figure here.</summary>
    public IReadOnlyList<BookingMove> BookedLater { get; init; } = [];

    /// <summary>The month before, by workload and approach.</summary>
    public IReadOnlyDictionary<(string Workload, Approach Approach), MonthlyCost> Before { get; init; } = new Dictionary<(string, Approach), MonthlyCost>();

    /// <summary>Requests by workload and approach; those without are not there. Empty as known on another day.</summary>
    public IReadOnlyDictionary<(string Workload, Approach Approach), decimal> Requests { get; init; } = new Dictionary<(string, Approach), decimal>();

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

/// <summary>What months cost, by approach and component.</summary>
public sealed record CostHistory(IReadOnlyList<BillingPeriod> Months, IReadOnlyList<MonthlyCost> Rows)
{
    /// <summary>What it can be broken down by.</summary>
    public static IReadOnlyList<string> Dimensions { get; } = ["approach", "component"];

    /// <summary>The parts of each month, of those values that have anything in it, in the order of the values' names in the log.</summary>
    public IReadOnlyList<HistoryPart> By(string dimension)
    {
        var sums = Rows.ToLookup(row => (row.Month, Value: row.Keys[dimension]));
        string[] order = [.. Filters.Values(dimension) ?? []];
        return [.. Rows.Select(row => row.Keys[dimension]).Distinct().OrderBy(value => Array.IndexOf(order, value))
            .Select(value => new HistoryPart(value, [.. Months.Select(month => MonthlyCostQuery.Total(month.ToString(), sums[(month.ToString(), value)]))]))
            .Where(part => part.Months.Any(IsSomething))];
    }

    /// <summary>Each month as a whole.</summary>
    public IReadOnlyList<MonthlyCost> Totals
    {
        get
        {
            var rows = Rows.ToLookup(row => row.Month);
            return [.. Months.Select(month => MonthlyCostQuery.Total(month.ToString(), rows[month.ToString()]))];
        }
    }

    private static bool IsSomething(MonthlyCost cost) => cost.Actual != 0 || cost.Estimated != 0 || cost.Unpriced.Count + cost.Unconverted.Count > 0;
}

/// <summary>A value of a dimension, month by month.</summary>
public sealed record HistoryPart(string Value, IReadOnlyList<MonthlyCost> Months);
