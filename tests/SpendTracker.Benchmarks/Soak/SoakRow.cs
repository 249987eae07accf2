using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>An event of the callers' as the log has it.</summary>
internal sealed record SoakRow(string Key, string Stream, long Version, IEvent Content)
{
    /// <summary>All of them, by stream and version; without what hosts and access record for themselves.</summary>
    public static async Task<IReadOnlyList<SoakRow>> ReadAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select case when starts_with(stream_id, 'correction/') then stream_id else coalesce(headers->>'sourceId', '?') end, stream_id, version, type, data from spend.mt_events
            where starts_with(stream_id, 'usage/') or starts_with(stream_id, 'workload/') or starts_with(stream_id, 'correction/') order by stream_id, version
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<SoakRow> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var type = EventTypes.Find(reader.GetString(3)) ?? throw new InvariantBrokenException($"Type {reader.GetString(3)} is not known.");
            rows.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), type.Read(reader.GetFieldValue<byte[]>(4))));
        }

        return rows;
    }
}
