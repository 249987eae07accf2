using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>
/// The last seq_id below which nothing can still appear. Numbers are drawn before they commit, so the log has gaps that may
/// be filled later. A gap is passed only when no transaction that could fill it is alive, and then after a grace time.
/// <para>
/// Who could fill it: <c>nextval</c> takes a <c>RowExclusiveLock</c> on the sequence until its transaction ends. So every live
/// transaction that has drawn a number shows in <c>pg_locks</c>, also one that has no transaction id yet. Other lock modes draw
/// no numbers: <c>pg_dump</c> holds an <c>AccessShareLock</c> for as long as it runs. The holders are listed after an event
/// beyond the gap was seen; when all of them are gone, one more look finds what they committed. What is still missing never
/// comes. Prepared transactions keep their lock and count as alive.
/// </para>
/// <para>
/// Gaps age side by side: a sighting covers every gap below the last event that was visible then. One after the other, a
/// program that rolls back twice a second would hold the mark up for longer than it takes to make new gaps.
/// </para>
/// </summary>
/// <param name="recent">What was committed here needs no look, where it follows upon the mark without a gap.</param>
public sealed class HighWaterMark(
    NpgsqlDataSource dataSource, EventStoreOptions options, ILogger<HighWaterMark> logger, RecentEvents? recent = null) : IDisposable
{
    /// <summary>
    /// Most numbers that one look goes through, and the first event behind them. Numbers and not events: with a limit, and
    /// nothing known about the table yet, PostgreSQL scans the whole log for what is at its end.
    /// </summary>
    private const int Window = 200_000;

    /// <summary>Of the first look: while a gap holds the mark up, which may take long, no look goes through all that waits.</summary>
    private const int FirstWindow = 1_000;

    /// <summary>Most sightings that wait for their transactions; what is seen later waits for room.</summary>
    private const int MostSightings = 64;

    /// <summary>
    /// A prepared transaction goes by the name that it had, until the server restarts: then all of them are called -1/…, and
    /// nobody can tell which of them drew before the gap was seen.
    /// </summary>
    private const string Recovered = "-1/";

    private readonly SemaphoreSlim _one = new(1);
    private readonly Queue<Sighting> _sightings = [];
    private Sighting? _final;
    private long _current;

    /// <summary>Who might still fill gaps below a number.</summary>
    private sealed record Sighting(long Below, HashSet<string> Holders, long SeenAt);

    /// <summary>Never falls, within a process.</summary>
    public long Current
    {
        get => Volatile.Read(ref _current);
        private set => Volatile.Write(ref _current, value); // After all that is known up to there.
    }

    /// <summary>
    /// The last event that is not usage, of those that may lie at or below the mark. Behind it, a projection that needs no usage
    /// has nothing to read: usage is nearly all there is.
    /// </summary>
    public long LastOther { get; private set; }

    /// <summary>True while something visible lies beyond a gap: look again soon.</summary>
    public bool Waiting { get; private set; }

    public void Dispose() => _one.Dispose();

    /// <summary>Moves the mark as far as it may go.</summary>
    public async Task<long> AdvanceAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            if (Current == 0)
            {
                LastOther = await FurthestCheckpointAsync(connection, cancellationToken); // What lies before was not looked at here.
                Current = LastOther;
            }

            Current = recent?.EndOfRun(Current) ?? Current;

            // Asked for before the look: gaps whose fillers were gone by now are final in the look that follows.
            await AgeAsync(connection, cancellationToken);
            for (var window = FirstWindow; await LookAsync(connection, window, cancellationToken); window = Window)
            {
            }

            if (Waiting)
            {
                await SightAsync(connection, cancellationToken);
            }

            return Current;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Takes those sightings off the queue whose transactions have ended. A later one is never final before an earlier one.</summary>
    private async Task AgeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_sightings.Count == 0)
        {
            return;
        }

        var now = await HoldersAsync(connection, cancellationToken);
        foreach (var sighting in _sightings)
        {
            sighting.Holders.RemoveWhere(holder => !now.Contains(holder));
            sighting.Holders.UnionWith(now.Where(holder => holder.StartsWith(Recovered, StringComparison.Ordinal)));
        }

        while (_sightings.TryPeek(out var oldest) && oldest.Holders.Count == 0 && Stopwatch.GetElapsedTime(oldest.SeenAt) >= options.GapGrace)
        {
            _final = _sightings.Dequeue();
        }
    }

    /// <summary>Goes on to the next gap that is not final, and notes the gaps on the way.</summary>
    /// <returns>Whether there is more to look at.</returns>
    private async Task<bool> LookAsync(NpgsqlConnection connection, int window, CancellationToken cancellationToken)
    {
        var (mark, first, last, furthest) = await ReadAsync(connection, window, cancellationToken);
        if (first.Length > 0)
        {
            await PassAsync(connection, first, last, cancellationToken);
        }

        Waiting = mark < furthest;
        var beyond = furthest > Current + window;
        Current = mark;
        return beyond && !Waiting;
    }

    private async Task PassAsync(NpgsqlConnection connection, long[] first, long[] last, CancellationToken cancellationToken)
    {
        var reason = $"Missing for {Stopwatch.GetElapsedTime(_final!.SeenAt).TotalSeconds:0.0} s, and no transaction that had drawn the numbers is alive.";
        await using var command = new NpgsqlCommand(
            "insert into spend.high_water_skip (first_seq_id, last_seq_id, reason) select *, $3 from unnest($1, $2) on conflict do nothing", connection);
        command.Parameters.Add(new() { Value = first });
        command.Parameters.Add(new() { Value = last });
        command.Parameters.Add(new() { Value = reason });
        await command.ExecuteNonQueryAsync(cancellationToken);
        logger.LogInformation("Passed {Gaps} gaps from seq_id {First} to {Last}. {Reason}", first.Length, first[0], last[^1], reason);
        EventMetrics.GapsPassed.Add(first.Length);
    }

    /// <summary>Where the mark may go, the gaps that are final on the way there, and the furthest event that this looked at.</summary>
    private async Task<(long Mark, long[] First, long[] Last, long Furthest)> ReadAsync(
        NpgsqlConnection connection, int window, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with ahead as materialized (
                select seq_id, type <> all($4) as other, lag(seq_id, 1, $1) over (order by seq_id) as before
                from (
                    select seq_id, type from spend.mt_events where seq_id > $1 and seq_id <= $1 + $2
                    union all
                    (select seq_id, type from spend.mt_events where seq_id > $1 + $2 order by seq_id limit 1)) as e),
            gap as materialized (select before + 1 as first, seq_id - 1 as last from ahead where seq_id > before + 1),
            looked as (
                select coalesce((select min(first) - 1 from gap where last >= $3), max(seq_id), $1) as mark, coalesce(max(seq_id), $1) as furthest,
                       coalesce(max(seq_id) filter (where other), 0) as last_other
                from ahead)
            select mark, (select coalesce(array_agg(first order by first), '{}') from gap where gap.last < mark),
                   (select coalesce(array_agg(gap.last order by first), '{}') from gap where gap.last < mark), furthest, last_other
            from looked
            """, connection);
        command.Parameters.Add(new() { Value = Current });
        command.Parameters.Add(new() { Value = (long)window });
        command.Parameters.Add(new() { Value = _final?.Below ?? 0 });
        command.Parameters.Add(new() { Value = EventTypes.UsageNames.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        LastOther = Math.Max(LastOther, reader.GetInt64(4));
        return (reader.GetInt64(0), reader.GetFieldValue<long[]>(1), reader.GetFieldValue<long[]>(2), reader.GetInt64(3));
    }

    /// <summary>Notes who lives, for all gaps below what is visible; a few times within the grace, since that is how exact it is.</summary>
    private async Task SightAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_sightings.Count == MostSightings || (_sightings.Count > 0 && Stopwatch.GetElapsedTime(_sightings.Last().SeenAt) < options.GapGrace / 10))
        {
            return;
        }

        await using var command = new NpgsqlCommand("select max(seq_id) from spend.mt_events", connection);
        var below = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        if (below > (_sightings.LastOrDefault()?.Below ?? _final?.Below ?? 0))
        {
            _sightings.Enqueue(new Sighting(below, await HoldersAsync(connection, cancellationToken), Stopwatch.GetTimestamp()));
        }
    }

    private static async Task<HashSet<string>> HoldersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select distinct virtualtransaction from pg_locks
            where locktype = 'relation' and relation = 'spend.mt_events_sequence'::regclass and mode = 'RowExclusiveLock' and granted
              and database = (select oid from pg_database where datname = current_database())
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        HashSet<string> holders = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            holders.Add(reader.GetString(0));
        }

        return holders;
    }

    /// <summary>A projection's checkpoint was once a high-water mark, so the furthest one is a safe place to start.</summary>
    private static async Task<long> FurthestCheckpointAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select coalesce(max(last_seq_id), 0) from spend.mt_event_progression where starts_with(name, 'SpendTracker.')", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
