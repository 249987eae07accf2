using SpendTracker.Access;

namespace SpendTracker.Web.Access;

/// <summary>Keeps the names of persons in memory, from before the first answer on.</summary>
internal sealed class NameService(PersonNames names) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await names.ReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => names.RunAsync(stoppingToken);
}
