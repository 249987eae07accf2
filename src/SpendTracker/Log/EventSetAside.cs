using Npgsql;

namespace SpendTracker.Log;

/// <summary>Rows of <c>event_set_aside</c>: what a projection could not apply, and why. In the schema of its tables.</summary>
internal static class EventSetAside
{
    /// <summary>A reason may quote the event, which may be large.</summary>
    private const int LongestReason = 500;

    /// <summary>Sets events aside, or notes that they were tried again in vain.</summary>
    public static NpgsqlBatchCommand Upsert(Projection projection, IReadOnlyList<(long SeqId, string Reason)> setAside) => new(
        """
        insert into event_set_aside as s (projection, seq_id, reason) select $1, * from unnest($2, $3)
        on conflict (projection, seq_id) do update set reason = excluded.reason, attempts = s.attempts + 1, last_tried_at = now()
        """)
    {
        Parameters =
        {
            new() { Value = projection.Name },
            new() { Value = setAside.Select(e => e.SeqId).ToArray() },
            new() { Value = setAside.Select(e => e.Reason.Length > LongestReason ? $"{e.Reason[..LongestReason]}…" : e.Reason).ToArray() },
        },
    };

    public static NpgsqlBatchCommand Delete(Projection projection, long seqId) => new("delete from event_set_aside where projection = $1 and seq_id = $2")
    {
        Parameters = { new() { Value = projection.Name }, new() { Value = seqId } },
    };

    /// <summary>Waits for the projection's lock, which also keeps a rebuild from swapping tables meanwhile.</summary>
    /// <returns>The projection's checkpoint; null where the event is no longer set aside.</returns>
    public static async Task<long?> LockAsync(NpgsqlConnection connection, Projection projection, long seqId, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new($"select pg_advisory_xact_lock({ProjectionRun.ProjectionLock})") { Parameters = { new() { Value = projection.Checkpoint } } });
        batch.BatchCommands.Add(new("select last_seq_id from mt_event_progression where name = $3 and exists (select from event_set_aside where projection = $1 and seq_id = $2)")
        {
            Parameters = { new() { Value = projection.Name }, new() { Value = seqId }, new() { Value = projection.Checkpoint } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetInt64(0) : null;
    }
}
