using SpendTracker.Alerts;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Alerts;

/// <summary>The alerts of one budget in one period, or of one plan: one thing to deal with, in several steps.</summary>
/// <param name="Name">Of the budget or the plan, as of its latest alert.</param>
/// <param name="Link">Its page.</param>
/// <param name="About">The period of the budget, or the workload of the plan.</param>
/// <param name="End">The day after the period; null of a plan.</param>
/// <param name="Alerts">The latest first.</param>
public sealed record AlertGroup(string Name, string Link, string About, DateOnly? End, IReadOnlyList<Alert> Alerts)
{
    /// <summary>Those that nobody deals with yet.</summary>
    public IReadOnlyList<Alert> Open => [.. Alerts.Where(alert => alert.State == AlertState.Open)];

    /// <summary>Whether its period is over: nothing more can be spent in it.</summary>
    public bool IsPast(DateOnly today) => End <= today;

    /// <summary>Groups of alerts; the one with the latest alert first, and those before it that nobody deals with yet.</summary>
    public static IReadOnlyList<AlertGroup> Of(IEnumerable<Alert> alerts) =>
    [
        .. alerts.OrderByDescending(alert => alert.SeqId)
            .GroupBy(alert => (alert.Crossed?.Budget, alert.Crossed?.PeriodStart, alert.Plan?.Plan))
            .Select(group => Of(group.First(), [.. group]))
            .OrderByDescending(group => group.Open.Count > 0).ThenByDescending(group => group.Alerts[0].SeqId),
    ];

    private static AlertGroup Of(Alert latest, IReadOnlyList<Alert> alerts) => latest.Crossed is { } crossed
        ? new(crossed.Name, BudgetWords.Link(crossed.Budget), BudgetWords.Span(BudgetSpan.Of(crossed)), crossed.PeriodEnd, alerts)
        : new(latest.Plan!.Name, PlanWords.Link(latest.Plan.Plan), $"Plan of {latest.Plan.Workload}", null, alerts);
}
