using System.Diagnostics.Metrics;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Log;
using SpendTracker.Web.Events;

namespace SpendTracker.Web.Health;

/// <summary>
/// Listens to the host's own meters, and keeps what the database said last. No page asks the database by itself: however many look, it
/// is asked at most twice a minute, and not at all while none does.
/// </summary>
internal sealed class HealthService : BackgroundService
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GrowthOver = TimeSpan.FromHours(24);

    private readonly MeterListener _listener = new();
    private readonly HostHistory _history;
    private readonly DaemonService _daemon;
    private readonly ProjectionDaemon _projections;
    private readonly HighWaterMark _mark;
    private readonly DatabaseHealth _database;
    private readonly AlertQueue _queue;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _one = new(1);
    private readonly Queue<DatabaseFacts> _facts = [];
    private IReadOnlyList<ChannelFailure> _failures = [];
    private DatabaseFacts? _last;

    public HealthService(DaemonService daemon, ProjectionDaemon projections, HighWaterMark mark, DatabaseHealth database, AlertQueue queue, TimeProvider clock)
    {
        (_daemon, _projections, _mark, _database, _queue, _clock) = (daemon, projections, mark, database, queue, clock);
        _history = new HostHistory(clock);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == EventMetrics.Meter && instrument.Name is EventMetrics.BatchSizeName or EventMetrics.AppendDurationName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, events, _, _) => _history.Appended(events));
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _history.AppendTook(seconds));
        _listener.Start();
    }

    public override void Dispose()
    {
        _listener.Dispose();
        _one.Dispose();
        base.Dispose();
    }

    /// <param name="withChannels">Whether the caller may know of channels.</param>
    public async Task<HealthResponse> ReadAsync(bool withChannels, CancellationToken cancellationToken)
    {
        var (facts, before, failures) = await FactsAsync(cancellationToken);
        var measures = _history.Read();
        var recent = measures.TakeLast(10).ToArray(); // Five minutes.
        var mark = _mark.Current;
        return new(
            _clock.GetUtcNow(), recent.Length == 0 ? null : Math.Round(recent.Average(measure => measure.EventsPerSecond), 2), Math.Round(_daemon.Lag.TotalSeconds, 3),
            recent.Max(measure => measure.AppendP99) is { } worst ? Math.Round(worst, 4) : null, mark,
            [.. _projections.Positions.OrderBy(position => position.Key, StringComparer.Ordinal).Select(position => new ProjectionHealth(
                position.Key, position.Value, Math.Max(0, mark - position.Value), _daemon.SetAside.GetValueOrDefault(position.Key)))],
            facts.Replays, facts.Programs, facts.Bytes, Grown(facts.Bytes - before.Bytes, facts, before), before.At,
            [.. facts.Tables.Where(table => table.Bytes > 0).Select(table => new TableHealth(table.Table, table.Bytes, table.Rows, Grown(table.Bytes - (before.Tables.FirstOrDefault(old => old.Table == table.Table)?.Bytes ?? 0), facts, before)))],
            withChannels ? failures : null, measures);
    }

    /// <summary>Each second, and without the database: what the daemon knows anyhow.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                _history.WasBehind(_daemon.Lag);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    /// <summary>Null while there is nothing to compare with.</summary>
    private static long? Grown(long bytes, DatabaseFacts facts, DatabaseFacts before) => facts.At == before.At ? null : bytes;

    /// <summary>What the database says, the oldest that it said within a day, and how channels failed.</summary>
    private async Task<(DatabaseFacts Facts, DatabaseFacts Before, IReadOnlyList<ChannelFailure> Failures)> FactsAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var now = _clock.GetUtcNow();
            if (_last is null || now - _last.At >= Kept)
            {
                _last = await _database.ReadAsync(cancellationToken);
                _failures = await _queue.FailuresAsync(cancellationToken);
                while (_facts.TryPeek(out var oldest) && now - oldest.At > GrowthOver)
                {
                    _facts.Dequeue();
                }

                if (_facts.Count == 0 || now - _facts.Last().At >= TimeSpan.FromMinutes(10))
                {
                    _facts.Enqueue(_last);
                }
            }

            return (_last, _facts.Peek(), _failures);
        }
        finally
        {
            _one.Release();
        }
    }
}
