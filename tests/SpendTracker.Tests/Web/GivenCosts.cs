using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Costs;

namespace SpendTracker.Tests.Web;

/// <summary>Costs and overviews of November 2026, as components and words take them.</summary>
internal static class GivenCosts
{
    public static readonly BillingPeriod Month = new(2026, 11);

    private static readonly IReadOnlyDictionary<string, decimal> Nothing = new Dictionary<string, decimal>();

    /// <param name="unpriced">The unit of 5 that have no price; null for none.</param>
    public static MonthlyCost Cost(decimal actual, decimal estimated = 0, string? unpriced = null, string? workload = null) => new(
        "2026-11", workload is null ? new Dictionary<string, string>() : new() { ["workload"] = workload }, actual, actual, 0, estimated,
        unpriced is null ? Nothing : new Dictionary<string, decimal> { [unpriced] = 5 }, Nothing, Nothing);

    public static WorkloadCost Row(string workload, Approach approach, string? team, decimal actual, decimal estimated = 0, string? unpriced = null) =>
        new(workload, approach, team, null, Cost(actual, estimated, unpriced));

    public static Overview Overview(params WorkloadCost[] rows) => new(
        Month, null, null, "USD", default, rows, MonthlyCostQuery.Total("2026-11", rows.Select(row => row.Cost)), [], [], [], new([Month], []));
}
