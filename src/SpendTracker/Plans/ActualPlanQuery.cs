using SpendTracker.Costs;
using SpendTracker.Settings;

namespace SpendTracker.Plans;

/// <summary>Plans that are filled from what a workload used.</summary>
public sealed class ActualPlanQuery(WorkloadQuantityQuery quantities, OrganisationSettings settings, ReportingClock clock)
{
    public const int MostMonths = 12;

    /// <summary>From the last full months on; null where the workload has no full month of usage among them.</summary>
    /// <param name="months">How many, 1 to <see cref="MostMonths"/>.</param>
    public async Task<ActualPlan?> ReadAsync(string workload, int months, CancellationToken cancellationToken)
    {
        var current = BillingPeriod.Of(clock.Today);
        BillingPeriod[] full = [.. Enumerable.Range(1, months).Select(back => BillingPeriod.Of(current.Start.AddMonths(-back))).Reverse()];
        var used = await quantities.ReadAsync(workload, full[0].Start, current.Start, cancellationToken);
        return ActualPlans.Of(workload, full, used, current, settings.ReportingCurrency);
    }
}
