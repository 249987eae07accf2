using System.Text.Json.Serialization;
using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Costs;

namespace SpendTracker.Web.Costs;

/// <summary>What the grid is in the order of.</summary>
public enum GridSort
{
    /// <summary>Largest first, as all but the name and the last day.</summary>
    [JsonStringEnumMemberName("actual")] Actual,
    [JsonStringEnumMemberName("name")] Name,
    [JsonStringEnumMemberName("estimate")] Estimate,

    /// <summary>What is most over its estimate first.</summary>
    [JsonStringEnumMemberName("variance")] Variance,

    /// <summary>What rose most first.</summary>
    [JsonStringEnumMemberName("change")] Change,

    /// <summary>By what 1,000 requests cost.</summary>
    [JsonStringEnumMemberName("unit")] Unit,

    /// <summary>What has been silent longest first.</summary>
    [JsonStringEnumMemberName("last")] Last,
}

/// <summary>A row of the grid: an approach of a workload, a workload, a team, or all.</summary>
/// <param name="Rows">What it is the sum of.</param>
/// <param name="Change">Against the month before: full days of both in a month that runs. Null where nobody can say.</param>
/// <param name="Trend">The last thirty days; empty while they are read.</param>
/// <param name="Last">The last day that cost anything.</param>
public sealed record GridRow(
    IReadOnlyList<WorkloadCost> Rows, MonthlyCost Cost, decimal Requests, (decimal Now, decimal Before)? Change, IReadOnlyList<decimal> Trend, DateOnly? Last)
{
    /// <summary>Of a team its workloads, of a workload its approaches; empty of an approach.</summary>
    public IReadOnlyList<GridRow> Parts { get; init; } = [];

    public WorkloadCost First => Rows[0];
}

/// <summary>A month by team, workload and approach, with the sums of each. Pure.</summary>
public static class OverviewGrid
{
    /// <summary>Teams with their workloads, whose approaches are their parts where they have several.</summary>
    /// <param name="outlook">Null while it is read.</param>
    public static IReadOnlyList<GridRow> Of(Overview overview, MonthOutlook? outlook, GridSort sort)
    {
        var teams = overview.Workloads.GroupBy(row => row.Team).Select(team => Row(
            overview, outlook, [.. team],
            Sorted(team.GroupBy(row => row.Workload).Select(workload => Row(
                overview, outlook, [.. workload], workload.Count() == 1 ? [] : Sorted(workload.Select(row => Row(overview, outlook, [row], [])), sort, row => row.First.Approach.ToString()))),
                sort, row => row.First.Name)));
        return Sorted(teams, sort, row => row.First.Team ?? "\uffff");
    }

    private static GridRow Row(Overview overview, MonthOutlook? outlook, IReadOnlyList<WorkloadCost> rows, IReadOnlyList<GridRow> parts)
    {
        (string, Approach)[] keys = [.. rows.Select(row => (row.Workload, row.Approach))];
        var cost = MonthlyCostQuery.Total(overview.Month.ToString(), [.. rows.Select(row => row.Cost)]);
        (decimal, decimal)? change = !overview.Runs ? (cost.Actual, keys.Sum(key => overview.Before.GetValueOrDefault(key)?.Actual ?? 0))
            : outlook?.ComparedOf(keys) is { Days: > 0 } compared ? (compared.Now, compared.Before) : null;
        return new(rows, cost, keys.Sum(key => overview.Requests.GetValueOrDefault(key)), change, outlook?.TrendOf(keys) ?? [], outlook?.LastOf(keys)) { Parts = parts };
    }

    private static IReadOnlyList<GridRow> Sorted(IEnumerable<GridRow> rows, GridSort sort, Func<GridRow, string> nameOf)
    {
        var all = rows.ToArray();
        var ordered = sort switch
        {
            GridSort.Name => all.OrderBy(nameOf, StringComparer.OrdinalIgnoreCase),
            GridSort.Estimate => all.OrderByDescending(row => row.Cost.Estimated),
            GridSort.Variance => all.OrderByDescending(row => row.Cost.EstimatedToDate == 0 ? decimal.MinValue : row.Cost.Variance),
            GridSort.Change => all.OrderByDescending(row => row.Change is { } change ? change.Now - change.Before : decimal.MinValue),
            GridSort.Unit => all.OrderByDescending(row => UnitCosts.Per1000(row.Cost.Actual, row.Requests) ?? decimal.MinValue),
            GridSort.Last => all.OrderBy(row => row.Last ?? DateOnly.MaxValue),
            _ => all.OrderByDescending(row => row.Cost.Actual),
        };
        return [.. ordered.ThenByDescending(row => row.Cost.Actual).ThenBy(nameOf, StringComparer.Ordinal)];
    }
}
