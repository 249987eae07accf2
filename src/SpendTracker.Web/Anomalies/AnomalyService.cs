using SpendTracker.Anomalies;

namespace SpendTracker.Web.Anomalies;

/// <summary>Runs the watch for unusual days.</summary>
internal sealed class AnomalyService(AnomalyWatch watch) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => watch.RunAsync(stoppingToken);
}
