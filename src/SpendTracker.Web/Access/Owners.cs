using SpendTracker.Access;
using SpendTracker.Alerts;
using SpendTracker.Anomalies;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Plans;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Access;

/// <summary>Whose something is: which teams a member must belong to, to change it. Teams are those of now.</summary>
internal sealed class Owners(WorkloadRegistry registry, BudgetBook budgets, PlanBook plans, AlertQuery alerts, AnomalyBook anomalies)
{
    /// <param name="workload">Null for none: of the whole organisation.</param>
    public async Task<OwnedBy> OfWorkloadAsync(string? workload, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(workload) ? OwnedBy.Nobody : new([(await registry.FindAsync(workload, cancellationToken))?.Details.Team]);

    public async Task<OwnedBy> OfBudgetAsync(string budget, CancellationToken cancellationToken) => await BudgetNowAsync(budget, cancellationToken) ?? OwnedBy.Nobody;

    /// <summary>Of the budget as it is, and of its terms to come: nobody takes a budget over by another scope.</summary>
    public async Task<OwnedBy> OfBudgetAsync(BudgetSet wanted, CancellationToken cancellationToken) =>
        Both(await BudgetNowAsync(wanted.Budget, cancellationToken), await OfScopeAsync(wanted, cancellationToken));

    /// <summary>Of the workload that a plan is compared with.</summary>
    public async Task<OwnedBy> OfPlanAsync(string plan, CancellationToken cancellationToken) => await PlanNowAsync(plan, cancellationToken) ?? OwnedBy.Nobody;

    /// <summary>Of that workload, and of the one that it is to be compared with.</summary>
    /// <param name="workload">Null for none.</param>
    public async Task<OwnedBy> OfPlanAsync(string plan, string? workload, CancellationToken cancellationToken) =>
        Both(await PlanNowAsync(plan, cancellationToken), await OfWorkloadAsync(workload, cancellationToken));

    /// <summary>Of an alert or an unusual day.</summary>
    public async Task<OwnedBy> OfAlertAsync(Guid id, CancellationToken cancellationToken) =>
        await anomalies.FindAsync(id, cancellationToken) is { } anomaly ? await OfWorkloadAsync(anomaly.Detected.Workload, cancellationToken)
        : await alerts.FindAsync(id, cancellationToken) is not { } alert ? OwnedBy.Nobody
        : alert.Plan is { } plan ? await OfWorkloadAsync(plan.Workload, cancellationToken)
        : await OfBudgetAsync(alert.Crossed!.Budget, cancellationToken);

    private async Task<OwnedBy?> BudgetNowAsync(string budget, CancellationToken cancellationToken) =>
        await budgets.HistoryAsync(budget, cancellationToken) is [{ Removed: null } newest, ..] ? await OfScopeAsync(newest.Terms, cancellationToken) : null;

    private async Task<OwnedBy?> PlanNowAsync(string plan, CancellationToken cancellationToken) =>
        await plans.HistoryAsync(plan, cancellationToken) is [{ Retired: null } newest, ..] ? await OfWorkloadAsync(newest.Submitted.Watch?.Workload, cancellationToken) : null;

    /// <summary>A scope of teams is theirs, however narrow. A scope of workloads is their teams'. Any other is the organisation's.</summary>
    private async Task<OwnedBy> OfScopeAsync(BudgetSet terms, CancellationToken cancellationToken)
    {
        if (terms.Scope.TryGetValue("team", out var named))
        {
            return new(named);
        }

        List<string?> teams = [];
        foreach (var workload in terms.Scope.GetValueOrDefault("workload", []))
        {
            teams.AddRange((await OfWorkloadAsync(workload, cancellationToken)).Teams);
        }

        return teams.Count == 0 ? OwnedBy.Nobody : new(teams);
    }

    /// <param name="now">Null if there is nothing yet.</param>
    private static OwnedBy Both(OwnedBy? now, OwnedBy wanted) => now is null ? wanted : new([.. now.Teams, .. wanted.Teams]);
}
