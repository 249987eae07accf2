using System.Diagnostics;
using Npgsql;
using SpendTracker.Alerts;
using SpendTracker.Gaps;
using SpendTracker.Log;
using SpendTracker.Web.Events;

namespace SpendTracker.Web.Pages;

/// <summary>What the sidebar counts, as of some seconds ago: read once for all open pages of this host.</summary>
internal sealed class LinkCounts(DaemonService daemon, AlertQuery alerts, GapQuery gaps) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3), BetweenGaps = TimeSpan.FromSeconds(1);

    /// <summary>Gaps are read anew so many pauses after they were read, and after one if an event was set aside.</summary>
    private const int GapsEvery = 5;

    private readonly Lock _lock = new();
    private Task<TotalGaps>? _next;
    private long? _gapsReadAt;
    private bool _setAsideChanged;
    private CancellationToken _stopping;

    /// <summary>Something is another number now.</summary>
    public event Action? Changed;

    /// <summary>Alerts that hold, and of which no later one took the place.</summary>
    public long OpenAlerts { get; private set; }

    /// <summary>What is not in the totals, as it was read last; null before.</summary>
    public TotalGaps? Gaps { get; private set; }

    public long NotInTotals => Gaps?.Count ?? 0;

    /// <summary>Reads what is not in the totals, once for all who ask at a time and at most once a second; then the sidebar knows it, too.</summary>
    /// <returns>Read after it was asked for.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public Task<TotalGaps> ReadGapsAsync()
    {
        lock (_lock)
        {
            return _next ??= ReadNextAsync();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        daemon.SetAsideChanged += NoteSetAside;
        try
        {
            using var timer = new PeriodicTimer(Pause);
            var before = 0L;
            var tick = 0;
            do
            {
                try
                {
                    OpenAlerts = await alerts.CountOpenAsync(stoppingToken);
                    if (tick++ % GapsEvery == 0 || _setAsideChanged)
                    {
                        _setAsideChanged = false;
                        await ReadGapsAsync();
                    }
                }
                catch (Exception fault) when (fault is NpgsqlException or UnreadableEventException)
                {
                    continue; // The daemon reports the outage. Until then, the last count stays.
                }

                if (OpenAlerts != before)
                {
                    before = OpenAlerts;
                    Changed?.Invoke();
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            daemon.SetAsideChanged -= NoteSetAside;
        }
    }

    private async Task<TotalGaps> ReadNextAsync()
    {
        await Task.Yield(); // Who asked has it as the next by then.
        if (_gapsReadAt is { } at && BetweenGaps - Stopwatch.GetElapsedTime(at) is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _stopping);
        }

        lock (_lock)
        {
            (_next, _gapsReadAt) = (null, Stopwatch.GetTimestamp());
        }

        var read = await gaps.ReadAsync(_stopping);
        var before = NotInTotals;
        Gaps = read;
        if (read.Count != before)
        {
            Changed?.Invoke();
        }

        return read;
    }

    private void NoteSetAside() => _setAsideChanged = true;
}
