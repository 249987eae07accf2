using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Exports;

namespace SpendTracker.Web.Alerts;

/// <summary>Alerts of budgets and plans as a sheet.</summary>
internal static class AlertSheet
{
    public static Sheet Of(Page<Alert> alerts) => Sheet.Of(
        "alerts", alerts.Items,
        new("alert", row => row.Id),
        new("state", row => EnumName.Of(row.State)),
        new("raised_at", row => row.CrossedAt),
        new("name", row => row.Crossed?.Name ?? row.Plan?.Name),
        new("budget", row => row.Crossed?.Budget),
        new("plan", row => row.Plan?.Plan),
        new("on", row => row.Crossed is { } crossed ? EnumName.Of(crossed.Threshold.On) : row.Plan is { } plan ? EnumName.Of(plan.On) : null),
        new("percent", row => row.Crossed?.Threshold.Percent),
        new("period_from", row => row.Crossed?.PeriodStart ?? row.Plan?.From),
        new("period_to", row => row.Crossed?.PeriodEnd.AddDays(-1) ?? row.Plan?.To),
        new("currency", row => row.Crossed?.Currency),
        new("limit", row => row.Crossed?.Limit, Sheet.Amount),
        new("at", row => row.Crossed?.At, Sheet.Amount),
        new("spent", row => row.Crossed?.Spent, Sheet.Amount),
        new("observed", row => row.Crossed?.Observed ?? row.Plan?.Observed, Sheet.Amount),
        new("acknowledged_at", row => row.Acknowledged?.At),
        new("acknowledged_by", row => row.Acknowledged?.By),
        new("resolved_at", row => row.ResolvedAt));
}
