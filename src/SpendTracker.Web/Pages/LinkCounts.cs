using Npgsql;
using SpendTracker.Alerts;
using SpendTracker.Web.Events;

namespace SpendTracker.Web.Pages;

/// <summary>What the sidebar counts, as of some seconds ago: read once for all open pages of this host.</summary>
internal sealed class LinkCounts(DaemonService daemon, AlertQuery alerts) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>Something is another number now.</summary>
    public event Action? Changed;

    /// <summary>Alerts that hold, and of which no later one took the place.</summary>
    public long OpenAlerts { get; private set; }

    /// <summary>SKUs of which something has no price.</summary>
    public long Unpriced => daemon.UnpricedSkus;

    /// <summary>Events that a read model could not take.</summary>
    public long SetAside => daemon.SetAside.Values.Sum();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        daemon.SetAsideChanged += Tell;
        try
        {
            using var timer = new PeriodicTimer(Pause);
            var before = (0L, 0L);
            do
            {
                try
                {
                    OpenAlerts = await alerts.CountOpenAsync(stoppingToken);
                }
                catch (NpgsqlException)
                {
                    continue; // The daemon reports the outage. Until then, the last count stays.
                }

                if ((OpenAlerts, Unpriced) is var now && now != before)
                {
                    before = now;
                    Tell();
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            daemon.SetAsideChanged -= Tell;
        }
    }

    private void Tell() => Changed?.Invoke();
}
