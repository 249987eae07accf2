using SpendTracker.Budgets;
using SpendTracker.Web.Events;

namespace SpendTracker.Web.Budgets;

/// <summary>Runs the watch over budgets, awake as soon as a read model has changed.</summary>
internal sealed class BudgetService : BackgroundService
{
    private readonly BudgetWatch _watch;

    public BudgetService(BudgetWatch watch, DaemonService daemon)
    {
        _watch = watch;
        daemon.Changed += watch.Wake;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _watch.RunAsync(stoppingToken);
}
