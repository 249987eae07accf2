using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;

namespace SpendTracker.Events;

/// <summary>
/// Group commit. Whatever is waiting when a transaction ends goes into the next one, so the batch grows with the load and
/// nobody lingers for company. One writer has a share of the streams to itself.
/// </summary>
internal sealed class EventWriter : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly Channel<PendingAppend[]> _queue = Channel.CreateUnbounded<PendingAppend[]>(new() { SingleReader = true });
    private readonly NpgsqlDataSource _dataSource;
    private readonly EventStoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly Action _committed;
    private readonly Task _loop;
    private int _queued;

    public EventWriter(NpgsqlDataSource dataSource, EventStoreOptions options, TimeProvider clock, Action committed)
    {
        _dataSource = dataSource;
        _options = options;
        _clock = clock;
        _committed = committed;
        _loop = Task.Run(WriteAsync);
    }

    /// <summary>The channel has no bound of its own; this count is the bound, in events and not in calls.</summary>
    public void Enqueue(PendingAppend[] appends)
    {
        if (Interlocked.Add(ref _queued, appends.Length) > _options.QueuedEvents || !_queue.Writer.TryWrite(appends))
        {
            Interlocked.Add(ref _queued, -appends.Length);
            throw new EventStoreBusyException(_options.QueuedEvents);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task WriteAsync()
    {
        List<PendingAppend> batch = [];
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < _options.BatchEvents && _queue.Reader.TryRead(out var appends))
            {
                batch.AddRange(appends);
            }

            Interlocked.Add(ref _queued, -batch.Count);
            await AppendOrFailAsync(batch);
            batch.Clear();
        }
    }

    private async Task AppendOrFailAsync(List<PendingAppend> batch)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await AppendWithRetryAsync(batch);
            EventMetrics.AppendBatchEvents.Record(batch.Count);
            EventMetrics.AppendDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
            foreach (var append in batch)
            {
                append.Acknowledge();
            }

            _committed();
        }
        catch (PostgresException fault) when (!fault.IsTransient && batch.Count > 1)
        {
            // One event that PostgreSQL will not take must not turn away its neighbours: each is tried by itself.
            foreach (var append in batch)
            {
                await AppendOrFailAsync([append]);
            }
        }
        catch (Exception fault) // The loop must live on, whatever this batch died of; its callers get the fault.
        {
            foreach (var append in batch)
            {
                append.Fail(fault);
            }
        }
    }

    private async Task AppendWithRetryAsync(List<PendingAppend> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await new AppendTransaction(_dataSource, batch, _clock.GetUtcNow()).RunAsync();
                return;
            }
            catch (NpgsqlException fault) when (attempt < Attempts && IsWorthAnotherTry(fault, attempt))
            {
                // If the commit's answer was what got lost, the next attempt finds the events there and says duplicate: once is once.
                if (IsConnectionLost(fault))
                {
                    _dataSource.Clear(); // The server may be a new one: then every connection that waits in the pool is dead.
                }
            }
        }
    }

    // Another host took the same id, or a lock, at the same moment: the next attempt sees what it committed. A connection
    // that had died in the pool gets one more try on a fresh one.
    private static bool IsWorthAnotherTry(NpgsqlException fault, int attempt) => IsConnectionLost(fault)
        ? attempt == 1 && (fault.IsTransient || fault is PostgresException)
        : fault.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    /// <summary>A server that ends may still say so; then that is what waits on the connection.</summary>
    private static bool IsConnectionLost(NpgsqlException fault) =>
        fault is not PostgresException { SqlState: not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown) };
}
