using System.Diagnostics;
using System.Text.Json;
using Npgsql;

namespace SpendTracker.Events;

/// <summary>
/// Moves one projection forward over one connection, in whose schema its tables are: takes the projection's lock, reads a
/// page of events, folds it, and commits rows and checkpoint together. The checkpoint is guarded by its old value all the
/// same: a rule that money rests on is not left to one lock.
/// </summary>
public sealed class ProjectionRun(NpgsqlConnection connection, Projection projection, EventStoreOptions options)
{
    /// <summary>Sampled traces that one page continues; more would cost more than they tell.</summary>
    private const int TracesPerPage = 64;

    /// <summary>The key of a projection's advisory lock; a rebuild beside the live tables has one of its own.</summary>
    internal const string ProjectionLock = "hashtextextended(current_schema() || '.' || $1, 0)";

    /// <summary>Types that are known and not needed are passed by in the database. Unknown ones are read, to be set aside.</summary>
    private readonly string[] _unneeded = [.. EventTypes.All.Select(type => type.Name).Except(projection.EventTypes)];

    /// <summary>The seq_id up to which everything is in the rows.</summary>
    public long Position { get; private set; }

    /// <summary>Applies the events up to a high-water mark, a page a transaction.</summary>
    /// <returns>How many events there were; 0 also where another host has the projection's lock.</returns>
    public async Task<long> CatchUpAsync(long highWaterMark, Action<long>? progress, CancellationToken cancellationToken)
    {
        for (var total = 0L; ; progress?.Invoke(Position))
        {
            var applied = await ApplyPageAsync(highWaterMark, cancellationToken);
            if (applied is null)
            {
                return total;
            }

            total += applied.Value;
        }
    }

    /// <returns>How many events the page had; null where there is nothing to do, or another host is at it.</returns>
    private async Task<int?> ApplyPageAsync(long highWaterMark, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await TakeLockAsync(cancellationToken) || Position >= highWaterMark)
        {
            return null;
        }

        using var activity = EventMetrics.Activities.StartActivity($"project {projection.Name}");
        var started = DateTimeOffset.UtcNow;
        try
        {
            var page = await ReadPageAsync(highWaterMark, cancellationToken);
            activity?.SetTag("spendtracker.projection.events", page.Count);
            await WritePageAsync(page, transaction, cancellationToken);
            Position = page.Last;
            EventMetrics.SetAside.Add(page.SetAside.Count, new KeyValuePair<string, object?>("projection", projection.Name));
            ContinueTraces(page, started, activity);
            return page.Count;
        }
        catch
        {
            projection.Discard(); // Or the next try would count these events twice.
            throw;
        }
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

    private async Task WritePageAsync(Page page, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var command in projection.Flush())
        {
            batch.BatchCommands.Add(command);
        }

        AddSetAside(batch, page.SetAside);
        var advance = AdvanceCommand(page.Last);
        batch.BatchCommands.Add(advance);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (advance.RecordsAffected != 1)
        {
            throw new InvalidOperationException($"Somebody else moved the checkpoint of {projection.Name} from {Position}; nothing was written.");
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private sealed record Page(long Last, int Count, HashSet<string> Traces, List<(long SeqId, string Reason)> SetAside);

    private async Task<Page> ReadPageAsync(long highWaterMark, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {EventReader.Columns} from spend.mt_events
            where seq_id > $1 and seq_id <= $2 and type <> all($4) order by seq_id limit $3
            """, connection);
        command.Parameters.Add(new() { Value = Position });
        command.Parameters.Add(new() { Value = highWaterMark });
        command.Parameters.Add(new() { Value = options.PageEvents });
        command.Parameters.Add(new() { Value = _unneeded });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new Page(highWaterMark, 0, [], []);
        while (await reader.ReadAsync(cancellationToken))
        {
            page = page with { Last = reader.GetInt64(0), Count = page.Count + 1 };
            Apply(reader, page);
        }

        // A short page was the last up to the mark; what is missing up to there never comes.
        return page.Count < options.PageEvents ? page with { Last = highWaterMark } : page;
    }

    private void Apply(NpgsqlDataReader reader, Page page)
    {
        try
        {
            var stored = EventReader.Read(reader);
            projection.Apply(stored);
            if (stored.TraceParent is { } trace && page.Traces.Count < TracesPerPage)
            {
                page.Traces.Add(trace);
            }
        }
        catch (JsonException fault)
        {
            // One event that nobody here can read must not stop the numbers of all others, nor vanish: it is kept by name.
            page.SetAside.Add((reader.GetInt64(0), fault.Message));
        }
    }

    private void AddSetAside(NpgsqlBatch batch, List<(long SeqId, string Reason)> setAside)
    {
        if (setAside.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                "insert into event_set_aside (projection, seq_id, reason) select $1, * from unnest($2, $3) on conflict do nothing")
            {
                Parameters =
                {
                    new() { Value = projection.Name },
                    new() { Value = setAside.Select(e => e.SeqId).ToArray() },
                    new() { Value = setAside.Select(e => e.Reason).ToArray() },
                },
            });
        }
    }

    private NpgsqlBatchCommand AdvanceCommand(long last) => Position == 0
        ? new("insert into mt_event_progression (name, last_seq_id, last_updated) values ($1, $2, now()) on conflict (name) do update set last_seq_id = excluded.last_seq_id, last_updated = now() where mt_event_progression.last_seq_id = 0")
        {
            Parameters = { new() { Value = projection.Checkpoint }, new() { Value = last } },
        }
        : new("update mt_event_progression set last_seq_id = $2, last_updated = now() where name = $1 and last_seq_id = $3")
        {
            Parameters = { new() { Value = projection.Checkpoint }, new() { Value = last }, new() { Value = Position } },
        };

    /// <summary>A span in each sampled caller's trace, so that one trace leads from the request to the projected rows.</summary>
    private void ContinueTraces(Page page, DateTimeOffset started, Activity? pageActivity)
    {
        foreach (var trace in page.Traces)
        {
            if (ActivityContext.TryParse(trace, null, isRemote: true, out var parent))
            {
                ActivityLink[] links = pageActivity is null ? [] : [new ActivityLink(pageActivity.Context)];
                using var activity = EventMetrics.Activities.StartActivity(
                    $"project {projection.Name}", ActivityKind.Consumer, parent, links: links, startTime: started);
                activity?.SetTag("spendtracker.projection.position", page.Last);
            }
        }
    }
}
