using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SpendTracker.Events;

/// <summary>
/// The last seq_id below which nothing can still appear. Numbers are drawn before they commit, so the log has gaps that may
/// be filled later. A gap is passed only when no transaction that could fill it is alive, and then after a grace time.
/// <para>
/// Who could fill it: <c>nextval</c> locks the sequence until its transaction ends, so every live transaction that has
/// drawn a number shows in <c>pg_locks</c>, also one that has no transaction id yet. The holders are listed after the gap
/// was seen; when all of them are gone, one more look finds what they committed. What is still missing never comes.
/// Prepared transactions keep their lock and count as alive.
/// </para>
/// </summary>
public sealed class HighWaterMark(NpgsqlDataSource dataSource, EventStoreOptions options, ILogger<HighWaterMark> logger) : IDisposable
{
    /// <summary>Most events that one look goes through.</summary>
    private const int Window = 200_000;

    private readonly SemaphoreSlim _one = new(1);
    private Gap? _gap;

    private sealed record Gap(long After, HashSet<string> Holders, long SeenAt);

    /// <summary>Never falls, within a process.</summary>
    public long Current { get; private set; }

    /// <summary>True while something visible lies beyond a gap: look again soon.</summary>
    public bool Waiting => _gap is not null;

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
                Current = await FurthestCheckpointAsync(connection, cancellationToken);
            }

            while (await LookAsync(connection, cancellationToken))
            {
            }

            return Current;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <returns>True when there may be more to pass at once.</returns>
    private async Task<bool> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Asked for before the look: a gap whose fillers were gone by now is final in the look that follows.
        var final = _gap is not null && await IsFinalAsync(connection, _gap, cancellationToken);
        var (contiguous, next, seen) = await ContiguousAsync(connection, cancellationToken);
        if (contiguous > Current)
        {
            Current = contiguous;
            _gap = null;
            return seen == Window || next is not null; // A gap ends the run: look at it now, its grace begins.
        }

        if (next is null)
        {
            _gap = null; // Numbers may be drawn beyond the mark, but nothing that we could pass to is visible.
            return false;
        }

        if (final)
        {
            await PassAsync(connection, _gap!, next.Value - 1, cancellationToken);
            return true;
        }

        if (_gap?.After != Current)
        {
            _gap = new Gap(Current, await HoldersAsync(connection, cancellationToken), Stopwatch.GetTimestamp());
        }

        return false;
    }

    private async Task<bool> IsFinalAsync(NpgsqlConnection connection, Gap gap, CancellationToken cancellationToken)
    {
        if (gap.Holders.Count > 0)
        {
            gap.Holders.IntersectWith(await HoldersAsync(connection, cancellationToken));
        }

        return gap.Holders.Count == 0 && Stopwatch.GetElapsedTime(gap.SeenAt) >= options.GapGrace;
    }

    private async Task PassAsync(NpgsqlConnection connection, Gap gap, long last, CancellationToken cancellationToken)
    {
        var reason = $"Missing for {Stopwatch.GetElapsedTime(gap.SeenAt).TotalSeconds:0.0} s, and no transaction that had drawn the numbers is alive.";
        await using var command = new NpgsqlCommand(
            "insert into spend.high_water_skip (first_seq_id, last_seq_id, reason) values ($1, $2, $3) on conflict do nothing", connection);
        command.Parameters.Add(new() { Value = Current + 1 });
        command.Parameters.Add(new() { Value = last });
        command.Parameters.Add(new() { Value = reason });
        await command.ExecuteNonQueryAsync(cancellationToken);
        logger.LogInformation("Passed the gap from seq_id {First} to {Last}. {Reason}", Current + 1, last, reason);
        EventMetrics.GapsPassed.Add(1);
        Current = last;
        _gap = null;
    }

    /// <summary>Where the run of numbers without a gap ends, and the first visible one beyond it.</summary>
    private async Task<(long Contiguous, long? Next, long Seen)> ContiguousAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select coalesce(max(seq_id) filter (where seq_id = $1 + place), $1), min(seq_id) filter (where seq_id > $1 + place), count(*)
            from (select seq_id, row_number() over (order by seq_id) as place
                  from spend.mt_events where seq_id > $1 order by seq_id limit $2) as ahead
            """, connection);
        command.Parameters.Add(new() { Value = Current });
        command.Parameters.Add(new() { Value = (long)Window });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetInt64(2));
    }

    private static async Task<HashSet<string>> HoldersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select distinct virtualtransaction from pg_locks
            where locktype = 'relation' and relation = 'spend.mt_events_sequence'::regclass and granted
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
