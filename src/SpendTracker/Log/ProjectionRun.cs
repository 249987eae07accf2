using Npgsql;

namespace SpendTracker.Log;

/// <summary>
/// Moves one projection forward over one connection, in whose schema its tables are: takes the projection's lock, reads a
/// page of events, folds it, and commits rows and checkpoint together. The checkpoint is guarded by its old value all the
/// same: a rule that money rests on is not left to one lock. An event that cannot be applied is set aside with its reason.
/// </summary>
/// <param name="recent">What need not be read from the log; null where that is what counts, as in a rebuild.</param>
public sealed class ProjectionRun(NpgsqlConnection connection, Projection projection, EventStoreOptions options, RecentEvents? recent = null)
{
    /// <summary>The key of a projection's advisory lock; a rebuild beside the live tables has one of its own.</summary>
    internal const string ProjectionLock = "hashtextextended(current_schema() || '.' || $1, 0)";

    private const string BeforeEvent = "before_event";

    /// <summary>A session has the lock for some milliseconds. Meanwhile those that come later wait, too.</summary>
    private static readonly TimeSpan LongestInQueue = TimeSpan.FromMilliseconds(200);

    /// <summary>Fewer than the options say while an event is looked for that stops a page.</summary>
    private int _pageEvents = options.PageEvents;

    /// <summary>The seq_id up to which everything is in the rows.</summary>
    public long Position { get; private set; }

    /// <summary>Applies the events up to a high-water mark, a page a transaction.</summary>
    /// <param name="lastNeeded">Behind this event are none, up to the mark, that the projection would look at.</param>
    /// <returns>How many events there were; 0 also where another host has the projection's lock.</returns>
    public async Task<long> CatchUpAsync(long highWaterMark, Action<long>? progress, CancellationToken cancellationToken, long lastNeeded = long.MaxValue)
    {
        await using var ahead = new PageAhead(connection, projection, recent);
        for (var total = 0L; ; progress?.Invoke(Position))
        {
            var applied = await ApplyPageAsync(ahead, highWaterMark, lastNeeded, cancellationToken);
            if (applied is null)
            {
                return total;
            }

            total += applied.Value;
        }
    }

    /// <summary>
    /// Applies an event that was set aside, where its order does not matter, or notes that it still cannot be.
    /// </summary>
    /// <returns>Whether it is no longer set aside.</returns>
    public async Task<bool> RetryAsync(long seqId, CancellationToken cancellationToken)
    {
        if (!projection.TakesAnyOrder)
        {
            throw new InvalidOperationException($"{projection.Name} depends on the order of events; only a rebuild can apply one later.");
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await EventSetAside.LockAsync(connection, projection, seqId, cancellationToken) is not { } position)
        {
            return true; // Somebody else has applied it meanwhile.
        }

        var page = new EventPage(projection, recent);
        await transaction.SaveAsync(BeforeEvent, cancellationToken);
        try
        {
            await page.ReadAsync(connection, seqId - 1, seqId, 1, cancellationToken);
            await page.CompleteAsync(connection, position, cancellationToken);
            await ExecuteAsync([.. projection.Flush()], cancellationToken);
        }
        catch (Exception fault) when (IsOfAnEvent(fault))
        {
            projection.Discard();
            await transaction.RollbackAsync(BeforeEvent, cancellationToken);
            page.SetAside.Add((seqId, fault.Message));
        }
        catch
        {
            projection.Discard();
            throw;
        }

        var done = page.SetAside.Count == 0;
        await ExecuteAsync([done ? EventSetAside.Delete(projection, seqId) : EventSetAside.Upsert(projection, page.SetAside)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return done;
    }

    /// <returns>
    /// How many events were applied; null where there is nothing to do, or another host is at it. 0 where an event stopped the
    /// page: then the next is half as long, until that event is alone and is set aside. What it stood among is applied.
    /// </returns>
    private async Task<int?> ApplyPageAsync(PageAhead ahead, long highWaterMark, long lastNeeded, CancellationToken cancellationToken)
    {
        await ahead.ReadyAsync();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!(await TakeLockAsync(cancellationToken) || (projection.IsInline && await QueueForLockAsync(cancellationToken))) || Position >= highWaterMark)
        {
            return null;
        }

        using var activity = EventMetrics.Activities.StartActivity($"project {projection.Name}");
        var started = DateTimeOffset.UtcNow;
        var read = await ahead.TakeAsync(Position);
        var page = read ?? new EventPage(projection, recent);
        bool advanced;
        try
        {
            if (_pageEvents == 1)
            {
                await transaction.SaveAsync(BeforeEvent, cancellationToken);
            }

            if (read is null && Position >= lastNeeded)
            {
                page.Pass(Position, highWaterMark);
            }
            else if (read is null)
            {
                await page.ReadAsync(connection, Position, highWaterMark, _pageEvents, cancellationToken);
            }

            await page.CompleteAsync(connection, Position, cancellationToken);
            advanced = await WritePageAsync(page, ahead, highWaterMark, cancellationToken);
        }
        catch (Exception fault) when (page.Count > 0 && IsOfAnEvent(fault))
        {
            await ahead.DropAsync();
            projection.Discard();
            if (_pageEvents > 1)
            {
                _pageEvents = Math.Max(1, page.Count / 2);
                return 0;
            }

            await transaction.RollbackAsync(BeforeEvent, cancellationToken);
            page.SetAside.Add((page.Last, fault.Message));
            advanced = await WritePageAsync(page, ahead, highWaterMark, cancellationToken);
        }
        catch
        {
            await ahead.DropAsync();
            projection.Discard(); // Or the next try would count these events twice.
            throw;
        }

        await CommitAsync(transaction, page, advanced, cancellationToken);
        activity?.SetTag("spendtracker.projection.events", page.Count);
        page.ContinueTraces(started, activity);
        return page.Count;
    }

    /// <summary>Two statements, since each sees what is committed when it begins: the checkpoint is read under the lock.</summary>
    private async Task<bool> TakeLockAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new($"select pg_try_advisory_xact_lock({ProjectionLock})") { Parameters = { new() { Value = projection.Checkpoint } } });
        batch.BatchCommands.Add(new("select last_seq_id from mt_event_progression where name = $1") { Parameters = { new() { Value = projection.Checkpoint } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var taken = reader.GetBoolean(0);
        await reader.NextResultAsync(cancellationToken);
        Position = await reader.ReadAsync(cancellationToken) ? reader.GetInt64(0) : 0;
        return taken;
    }

    /// <summary>
    /// Sessions that apply events inline share the lock, one beside another, so that it may never be free by itself. Who queues
    /// comes before those that come later.
    /// </summary>
    private async Task<bool> QueueForLockAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select pg_advisory_xact_lock({ProjectionLock})", connection) { Parameters = { new() { Value = projection.Checkpoint } } };
        try
        {
            await ExecuteAsync([new($"set local lock_timeout = {LongestInQueue.TotalMilliseconds}")], cancellationToken);
            await command.ExecuteNonQueryAsync(cancellationToken);
            await ExecuteAsync([new("set local lock_timeout = default")], cancellationToken);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false; // A rebuild has it, or a host that hangs.
        }

        return await TakeLockAsync(cancellationToken);
    }

    /// <summary>The projection's rows, what was set aside, and the checkpoint, in one round trip; meanwhile the next page is read.</summary>
    /// <returns>Whether the checkpoint was where it should be.</returns>
    private async Task<bool> WritePageAsync(EventPage page, PageAhead ahead, long highWaterMark, CancellationToken cancellationToken)
    {
        List<NpgsqlBatchCommand> commands = [.. projection.Flush()];
        if (page.SetAside.Count > 0)
        {
            commands.Add(EventSetAside.Upsert(projection, page.SetAside));
        }

        if (page.HasApplied)
        {
            commands.Add(InlineReadModels.Forget(projection, page.Last));
        }

        commands.Add(AdvanceCommand(page.Last));

        // What is applied when it is appended must be known while a page is folded, and so be read under the lock.
        if (page.Last < highWaterMark && _pageEvents == options.PageEvents && !projection.IsInline)
        {
            ahead.Start(page.Last, highWaterMark, _pageEvents, cancellationToken);
        }

        await ExecuteAsync(commands, cancellationToken);
        return commands[^1].RecordsAffected == 1;
    }

    private async Task ExecuteAsync(List<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        if (commands.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task CommitAsync(NpgsqlTransaction transaction, EventPage page, bool advanced, CancellationToken cancellationToken)
    {
        if (!advanced)
        {
            throw new InvalidOperationException($"Somebody else moved the checkpoint of {projection.Name} from {Position}; nothing was written.");
        }

        await transaction.CommitAsync(cancellationToken);
        Position = page.Last;
        _pageEvents = Math.Min(options.PageEvents, _pageEvents * 2);
        EventMetrics.SetAside.Add(page.SetAside.Count, new KeyValuePair<string, object?>("projection", projection.Name));
    }

    /// <summary>
    /// Whether it was an event that could not be applied, rather than the database or the way there: folding uses nothing but
    /// events, and of what PostgreSQL refuses, these classes are about values: data exceptions (22), constraints (23), and
    /// limits such as the size of a key (54). A missing table or a full disk is no event's fault.
    /// </summary>
    internal static bool IsOfAnEvent(Exception fault) => fault is PostgresException postgres
        ? postgres.SqlState[..2] is "22" or "23" or "54"
        : fault is not (NpgsqlException or IOException or OperationCanceledException or OutOfMemoryException or ObjectDisposedException);

    private NpgsqlBatchCommand AdvanceCommand(long last) => Position == 0
        ? new("insert into mt_event_progression (name, last_seq_id, last_updated) values ($1, $2, now()) on conflict (name) do update set last_seq_id = excluded.last_seq_id, last_updated = now() where mt_event_progression.last_seq_id = 0")
        {
            Parameters = { new() { Value = projection.Checkpoint }, new() { Value = last } },
        }
        : new("update mt_event_progression set last_seq_id = $2, last_updated = now() where name = $1 and last_seq_id = $3")
        {
            Parameters = { new() { Value = projection.Checkpoint }, new() { Value = last }, new() { Value = Position } },
        };
}
