using SpendTracker.Plans;

namespace SpendTracker.Web.Plans;

/// <summary>Runs the watch over plans.</summary>
internal sealed class PlanService(PlanWatching watching) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => watching.RunAsync(stoppingToken);
}
