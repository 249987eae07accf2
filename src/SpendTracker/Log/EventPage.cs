using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>Some events in a row, as they are read and folded by a projection.</summary>
/// <param name="recent">What need not be read from the log; null where that is what counts.</param>
internal sealed class EventPage(Projection projection, RecentEvents? recent)
{
    /// <summary>Sampled traces that one page continues; more would cost more than they tell.</summary>
    private const int MostTraces = 64;

    private readonly HashSet<string> _traces = [];
    private HashSet<long> _applied = [];

    /// <summary>It begins after this place.</summary>
    public long After { get; private set; }

    /// <summary>Up to here the page has all there is.</summary>
    public long Last { get; private set; }

    public int Count { get; private set; }

    public List<(long SeqId, string Reason)> SetAside { get; } = [];

    /// <summary>Whether some of its events were applied when they were appended.</summary>
    public bool HasApplied => _applied.Count > 0;

    /// <summary>
    /// Folds the events after one number up to another, of at most so many numbers. Numbers and not events: with a limit
    /// beside a far mark, PostgreSQL may sort all that is in between for each page.
    /// </summary>
    public async Task ReadAsync(NpgsqlConnection connection, long after, long last, int most, CancellationToken cancellationToken)
    {
        (After, Last) = (after, Math.Min(last, after + most));
        if (projection.IsInline)
        {
            _applied = await InlineReadModels.AppliedAsync(connection, projection, After, Last, cancellationToken);
        }

        if (recent is not null && FoldRecent(recent))
        {
            return;
        }

        await FoldAsync(connection, cancellationToken);
        if (Count == 0 && Last < last)
        {
            Last = await BeforeNextAsync(connection, Last, last, cancellationToken);
        }
    }

    /// <summary>The page of a stretch in which there is nothing to read.</summary>
    public void Pass(long after, long last) => (After, Last) = (after, last);

    /// <summary>Adds what depends on other events, over the connection that writes the page.</summary>
    /// <param name="position">Up to here everything was applied before.</param>
    public Task CompleteAsync(NpgsqlConnection connection, long position, CancellationToken cancellationToken) => Count == 0
        ? Task.CompletedTask
        : projection.CompleteAsync(connection, new PageBounds(After, Last, position, [.. SetAside.Select(e => e.SeqId)]), cancellationToken);

    /// <returns>False where not all of the page is there; then nothing of it is folded.</returns>
    private bool FoldRecent(RecentEvents recent)
    {
        var count = (int)(Last - After);
        var events = ArrayPool<StoredEvent>.Shared.Rent(count);
        try
        {
            var page = events.AsSpan(0, count);
            if (!recent.TryCopy(After, page))
            {
                return false;
            }

            foreach (var stored in page)
            {
                if (projection.Needs(stored.Type))
                {
                    Count++;
                    Apply(stored);
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<StoredEvent>.Shared.Return(events, clearArray: true);
        }
    }

    private async Task FoldAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {EventReader.Columns} from spend.mt_events
            where seq_id > $1 and seq_id <= $2 and type <> all($3) order by seq_id
            """, connection);
        command.Parameters.Add(new() { Value = After });
        command.Parameters.Add(new() { Value = Last });
        command.Parameters.Add(new() { Value = projection.UnneededTypes });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            Count++;
            Apply(reader);
        }
    }

    /// <summary>A gap may be longer than any number of pages: somebody moved the sequence on.</summary>
    private static async Task<long> BeforeNextAsync(NpgsqlConnection connection, long after, long last, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select coalesce(min(seq_id) - 1, $2) from spend.mt_events where seq_id > $1 and seq_id <= $2", connection);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = last });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private void Apply(NpgsqlDataReader reader)
    {
        StoredEvent stored;
        try
        {
            stored = EventReader.Read(reader);
        }
        catch (JsonException fault)
        {
            // One event that nobody here can read must not stop the numbers of all others, nor vanish: it is kept by name.
            SetAside.Add((reader.GetInt64(0), fault.Message));
            return;
        }

        Apply(stored);
    }

    private void Apply(StoredEvent stored)
    {
        if (!_applied.Contains(stored.SeqId))
        {
            projection.Apply(stored);
        }

        if (stored.TraceParent is { } trace && _traces.Count < MostTraces)
        {
            _traces.Add(trace);
        }
    }

    /// <summary>A span in each sampled caller's trace, so that one trace leads from the request to the projected rows.</summary>
    public void ContinueTraces(DateTimeOffset started, Activity? pageActivity)
    {
        foreach (var trace in _traces)
        {
            if (ActivityContext.TryParse(trace, null, isRemote: true, out var parent))
            {
                ActivityLink[] links = pageActivity is null ? [] : [new ActivityLink(pageActivity.Context)];
                using var activity = EventMetrics.Activities.StartActivity(
                    $"project {projection.Name}", ActivityKind.Consumer, parent, links: links, startTime: started);
                activity?.SetTag("spendtracker.projection.position", Last);
            }
        }
    }
}
