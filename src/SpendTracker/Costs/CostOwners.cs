using SpendTracker.Workloads;

namespace SpendTracker.Costs;

/// <summary>
/// Whom costs are of: team, cost centre, environment and tags. An open month's are those of the registry now. A closed month's,
/// its estimates', and those of whatever corrects it later are those of the registry where the month was closed, so that a
/// workload that moves takes nothing along that was signed. Costs, estimates, variance and budgets all go by this.
/// </summary>
internal static class CostOwners
{
    /// <summary>The position of what was used, or expected, in a month: where the log was when the month was closed; 0 for an open one.</summary>
    /// <param name="month">An SQL date, in a query with the expressions of <see cref="BookedCosts.Closed"/>.</param>
    public static string PositionOf(string month) => $"coalesce((select c.position from closed as c where c.month = {month}), 0)";

    /// <summary>
    /// A common table expression <c>registry</c>, after those of <see cref="BookedCosts.Closed"/>: the workloads as they are, at
    /// position 0, and as they were where months were closed. A cost is of the workload at the position that its row has.
    /// </summary>
    /// <param name="knownOn">An SQL date: as known at its end. Null: now.</param>
    public static string Registry(string? knownOn)
    {
        const string Columns = "w.workload, w.team, w.cost_centre, w.environment, w.tags";
        return $"""
            registry as materialized (
                select 0::bigint as position, {Columns} from {WorkloadProjection.KnownSql(knownOn)} as w
                union all
                select c.position, {Columns}
                from (select position from closed union select position from signed) as c cross join lateral {WorkloadProjection.KnownSql(knownOn, "c.position")} as w)
            """;
    }
}
