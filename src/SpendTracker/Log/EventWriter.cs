using System.Diagnostics;
using Npgsql;

namespace SpendTracker.Log;

/// <summary>
/// Group commit. Whatever is waiting when a transaction ends goes into the next one, so the batch grows with the load and
/// nobody lingers for company. One writer has a share of the streams to itself.
/// <para>
/// It has a thread of its own: hundreds of requests wait for one connection's answers, and those come sooner when they need
/// not queue for a pool's thread behind the requests.
/// </para>
/// </summary>
internal sealed class EventWriter : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly Queue<List<PendingAppend>> _queue = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NpgsqlDataSource _dataSource;
    private readonly EventStoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly RecentEvents _recent;
    private readonly Action _committed;
    private readonly BinaryRows _rows = new();
    private int _queued;
    private long _worked;
    private bool _closed;

    public EventWriter(NpgsqlDataSource dataSource, EventStoreOptions options, TimeProvider clock, RecentEvents recent, Action committed)
    {
        _dataSource = dataSource;
        _options = options;
        _clock = clock;
        _recent = recent;
        _committed = committed;
        new Thread(Write) { IsBackground = true, Name = "Event writer" }.Start();
    }

    /// <summary>How long it has appended in all, waiting for PostgreSQL included.</summary>
    public TimeSpan Worked => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _worked));

    /// <summary>The queue's bound is in events and not in calls.</summary>
    public void Enqueue(List<PendingAppend> appends)
    {
        lock (_queue)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_queued + appends.Count > _options.QueuedEvents)
            {
                throw new EventStoreBusyException(_options.QueuedEvents);
            }

            _queued += appends.Count;
            _queue.Enqueue(appends);
            Monitor.Pulse(_queue);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_queue)
        {
            _closed = true;
            Monitor.Pulse(_queue);
        }

        await _ended.Task;
    }

    private void Write()
    {
        List<PendingAppend> batch = [];
        while (Take(batch))
        {
            var started = Stopwatch.GetTimestamp();
            AppendOrFail(batch);
            Volatile.Write(ref _worked, _worked + Stopwatch.GetTimestamp() - started);
            _committed();
            batch.Clear();
        }

        _ended.SetResult();
    }

    /// <summary>Waits for something to append.</summary>
    /// <returns>False when there is nothing, nor will there be.</returns>
    private bool Take(List<PendingAppend> batch)
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_queue);
            }

            while (batch.Count < _options.BatchEvents && _queue.TryPeek(out var appends) && (batch.Count == 0 || !(batch[0].Together || appends[0].Together)))
            {
                batch.AddRange(_queue.Dequeue());
            }

            _queued -= batch.Count;
            return true;
        }
    }

    private void AppendOrFail(List<PendingAppend> batch)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            AppendWithRetry(batch);
            EventMetrics.AppendBatchEvents.Record(batch.Count);
            EventMetrics.AppendDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
            foreach (var append in batch)
            {
                append.Acknowledge();
            }
        }
        catch (PostgresException fault) when (!PassingFault.Is(fault) && batch.Count > 1 && !batch[0].Together)
        {
            // One event that PostgreSQL will not take must not turn away its neighbours: each is tried by itself.
            foreach (var append in batch)
            {
                AppendOrFail([append]);
            }
        }
        catch (Exception fault) // The thread must live on, whatever this batch died of; its callers get the fault.
        {
            foreach (var append in batch)
            {
                append.Fail(fault);
            }
        }
    }

    private void AppendWithRetry(List<PendingAppend> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                new AppendTransaction(_dataSource, batch, ToMicrosecond(_clock.GetUtcNow()), _rows, _recent).Run();
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

    private static DateTimeOffset ToMicrosecond(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    // Another host took the same id, or a lock, at the same moment: the next attempt sees what it committed. A connection
    // that had died in the pool gets one more try on a fresh one.
    private static bool IsWorthAnotherTry(NpgsqlException fault, int attempt) => IsConnectionLost(fault)
        ? attempt == 1 && (fault.IsTransient || fault is PostgresException)
        : fault.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
            || (attempt == 1 && fault.SqlState == PassingFault.IdleInTransaction);

    /// <summary>A server that ends may still say so; then that is what waits on the connection.</summary>
    private static bool IsConnectionLost(NpgsqlException fault) =>
        fault is not PostgresException { SqlState: not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown) };
}
