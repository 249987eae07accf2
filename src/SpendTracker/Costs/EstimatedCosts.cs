using SpendTracker.Estimates;
using SpendTracker.Rates;

namespace SpendTracker.Costs;

/// <summary>
/// Estimates beside costs. An open month's are of whom and of what model the registry and the aliases say now; a closed month's
/// are of whom and of what model they were where the month was closed, as its costs are.
/// </summary>
internal static class EstimatedCosts
{
    private const string Everything = "9223372036854775807";

    /// <summary>
    /// A relation: month, approach, workload, component, sku, amount and position (<see cref="CostOwners"/>). Parameters $1 to $4
    /// are those of <see cref="BookedCosts.AddParameters"/>.
    /// </summary>
    /// <param name="byModel">Whether names of models are looked up among the aliases; otherwise they are as submitted.</param>
    public static string Sql(DateOnly? knownOn, bool byModel)
    {
        var day = knownOn is null ? null : "$4";
        var estimates =
            $"""
            select e.tenant_id, e.month, e.approach, e.workload, e.component, e.sku as reported_sku, e.meter, e.amount, {CostOwners.PositionOf("e.month")} as position
            from {EstimateProjection.KnownSql(day)} as e
            """;
        return byModel
            ? $"""
              (select l.month, l.approach, l.workload, l.component, coalesce(a.sku, l.reported_sku) as sku, l.amount, l.position
               from ({estimates}) as l left join lateral ({PriceSql.Alias(day, $"coalesce(nullif(l.position, 0), {Everything})")}) as a on true)
              """
            : $"(select month, approach, workload, component, reported_sku as sku, amount, position from ({estimates}) as l)";
    }
}
