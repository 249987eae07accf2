using System.Diagnostics;
using System.Diagnostics.Metrics;
using Npgsql;
using SpendTracker.Costs;
using SpendTracker.Log;

namespace SpendTracker.Web.Events;

/// <summary>
/// Runs the projection daemon, says how far behind it is, and tells open pages when numbers have changed.
/// </summary>
internal sealed class DaemonService : BackgroundService
{
    private static readonly TimeSpan LagToMention = TimeSpan.FromSeconds(5);

    private readonly ProjectionDaemon _daemon;
    private readonly HighWaterMark _highWaterMark;
    private readonly UnpricedQuery _unpriced;
    private readonly SetAsideEvents _setAside;
    private readonly ILogger<DaemonService> _logger;
    private long _caughtUp = Stopwatch.GetTimestamp();
    private IReadOnlyList<UnpricedUsage> _unpricedNow = [];

    public DaemonService(ProjectionDaemon daemon, HighWaterMark highWaterMark, UnpricedQuery unpriced, SetAsideEvents setAside, ILogger<DaemonService> logger)
    {
        _daemon = daemon;
        _highWaterMark = highWaterMark;
        _unpriced = unpriced;
        _setAside = setAside;
        _logger = logger;
        daemon.Projected += _ => Changed?.Invoke();
        EventMetrics.Meter.CreateObservableGauge("spendtracker.projection.lag.events", LagByProjection, "{event}", "Events that a projection has not applied yet.");
        EventMetrics.Meter.CreateObservableGauge("spendtracker.projection.lag.time", () => Lag.TotalSeconds, "s", "How long the projections have not all been caught up.");
        EventMetrics.Meter.CreateObservableGauge("spendtracker.projection.set_aside.now", SetAsideByProjection, "{event}", "Events that are set aside now; more than 0 is worth an alert.");
        EventMetrics.Meter.CreateObservableGauge("spendtracker.unpriced.quantity", Unpriced, "{unit}", "Quantities without a rate, of all time.");
    }

    /// <summary>Some read model changed. Raised often; a listener that does work must throttle itself.</summary>
    public event Action? Changed;

    /// <summary>How many events are set aside has changed.</summary>
    public event Action? SetAsideChanged;

    /// <summary>How far it is behind has become another number of seconds, as <see cref="BehindSeconds"/> says it.</summary>
    public event Action? BehindChanged;

    /// <summary>How many seconds the read models are behind; null where that is too little to mention.</summary>
    public int? BehindSeconds { get; private set; }

    /// <summary>How many events are set aside, by projection, as of some seconds ago.</summary>
    public IReadOnlyDictionary<string, long> SetAside { get; private set; } = new Dictionary<string, long>();

    /// <summary>How long some projection has been behind; zero when all are caught up.</summary>
    public TimeSpan Lag
    {
        get
        {
            if (_daemon.Positions.Values.All(position => position >= _highWaterMark.Current))
            {
                Volatile.Write(ref _caughtUp, Stopwatch.GetTimestamp());
                return TimeSpan.Zero;
            }

            return Stopwatch.GetElapsedTime(Volatile.Read(ref _caughtUp));
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_daemon.RunAsync(stoppingToken), WatchAsync(stoppingToken));

    /// <summary>Looks at the lag often enough to time it, and at what is unpriced now and then.</summary>
    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var tick = 0; await timer.WaitForNextTickAsync(stoppingToken); tick++)
        {
            TellBehind();
            try
            {
                if (tick % 3 == 0)
                {
                    await CountSetAsideAsync(stoppingToken);
                }

                if (tick % 15 != 0)
                {
                    continue;
                }

                _unpricedNow = await _unpriced.ListAsync(null, null, null, stoppingToken);
            }
            catch (NpgsqlException fault)
            {
                _logger.LogDebug("What is unpriced and what is set aside could not be read: {Fault}", fault.Message); // The daemon reports the outage.
            }
        }
    }

    private IEnumerable<Measurement<long>> LagByProjection() => _daemon.Positions.Select(projection =>
        new Measurement<long>(Math.Max(0, _highWaterMark.Current - projection.Value), new KeyValuePair<string, object?>("projection", projection.Key)));

    private void TellBehind()
    {
        var lag = Lag;
        int? now = lag > LagToMention ? (int)lag.TotalSeconds : null;
        if (now != BehindSeconds)
        {
            BehindSeconds = now;
            BehindChanged?.Invoke();
        }
    }

    /// <summary>Looks at once; for who has just changed it.</summary>
    public async Task CountSetAsideAsync(CancellationToken cancellationToken)
    {
        var before = SetAside.Values.Sum();
        SetAside = await _setAside.CountAsync(cancellationToken);
        if (SetAside.Values.Sum() != before)
        {
            SetAsideChanged?.Invoke();
        }
    }

    private IEnumerable<Measurement<long>> SetAsideByProjection() => SetAside.Select(projection =>
        new Measurement<long>(projection.Value, new KeyValuePair<string, object?>("projection", projection.Key)));

    private IEnumerable<Measurement<double>> Unpriced() => _unpricedNow.Select(usage => new Measurement<double>(
        (double)usage.Quantity, new KeyValuePair<string, object?>("sku", usage.Sku), new KeyValuePair<string, object?>("meter", usage.Meter)));
}
