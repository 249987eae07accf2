using Npgsql;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Costs;

/// <summary>What has changed in costs since somebody who keeps them in memory looked last.</summary>
/// <param name="Position">The place in the log up to which costs are counted.</param>
/// <param name="Days">Days whose costs have changed; <see cref="CostChanges.All"/> among them where a change may concern all.</param>
/// <param name="LastChange">The place in the log of the last of these changes; the one that was known where there are none.</param>
/// <param name="Waiting">When the oldest event was recorded that costs do not count yet; null where there is none.</param>
internal sealed record CostsSince(long Position, IReadOnlySet<DateOnly> Days, long LastChange, DateTimeOffset? Waiting)
{
    /// <summary>Reads it in one go. In one transaction with what is read after it, both are of one moment.</summary>
    /// <param name="after">The place of the newest change that is known.</param>
    public static async Task<CostsSince> LoadAsync(NpgsqlConnection connection, long after, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        AddTo(batch, after);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(reader, after, cancellationToken);
    }

    /// <summary>Begins a batch with the questions, for who asks more in the same go.</summary>
    public static void AddTo(NpgsqlBatch batch, long after)
    {
        var checkpoint = $"coalesce({LogTables.Checkpoint("$1")}, 0)";
        batch.BatchCommands.Add(new($"select {checkpoint}") { Parameters = { new() { Value = CostProjection.CheckpointName } } });
        batch.BatchCommands.Add(new($"select day, seq_id from spend.{CostChanges.Table} where tenant_id = $1 and seq_id > $2")
        {
            Parameters = { new() { Value = Tenant.Default }, new() { Value = after } },
        });
        batch.BatchCommands.Add(new($"select timestamp from {LogTables.Events} where seq_id > {checkpoint} order by seq_id limit 1")
        {
            Parameters = { new() { Value = CostProjection.CheckpointName } },
        });
    }

    /// <summary>Reads the answers that a batch begins with; the reader is at the last of them then.</summary>
    public static async Task<CostsSince> ReadAsync(NpgsqlDataReader reader, long after, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken);
        var position = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        HashSet<DateOnly> days = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            days.Add(reader.GetFieldValue<DateOnly>(0));
            after = Math.Max(after, reader.GetInt64(1));
        }

        await reader.NextResultAsync(cancellationToken);
        DateTimeOffset? waiting = await reader.ReadAsync(cancellationToken) ? reader.GetFieldValue<DateTimeOffset>(0) : null;
        return new(position, days, after, waiting);
    }
}
