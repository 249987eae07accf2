using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>An event with all that the log knows about it.</summary>
/// <param name="Json">Its data as they are stored.</param>
/// <param name="RecordedBy">For instance <c>key:4f…</c>.</param>
/// <param name="Source">The caller's numbering that the id belongs to.</param>
/// <param name="SourceId">The caller's id.</param>
/// <param name="CausationId">The request's span, or the id of the event that this one follows from.</param>
public sealed record LoggedEvent(StoredEvent Stored, string Json, string? RecordedBy, string? Source, string? SourceId, string? TraceId, string? CausationId);

/// <summary>Reads single events and stretches of a stream, for people who look. Never more of the log than was asked for.</summary>
public sealed class EventLog(NpgsqlDataSource dataSource)
{
    private const string Columns = $"{EventReader.Columns}, data::text, headers->>'recordedBy', headers->>'source', headers->>'sourceId', correlation_id, causation_id";

    private const int MostStreams = 1_000;

    /// <summary>The version of a stream's last event; 0 where there is no stream.</summary>
    public async Task<long> HeadAsync(string stream, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select version from spend.mt_streams where tenant_id = $1 and id = $2");
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = stream });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    /// <summary>The event that was recorded last in streams whose names begin alike; null where there is none that can be read.</summary>
    public async Task<LoggedEvent?> NewestAsync(string prefix, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select {Columns} from spend.mt_events
            where tenant_id = $1 and (stream_id, version) in (select id, version from spend.mt_streams where tenant_id = $1 and starts_with(id, $2))
            order by seq_id desc limit 1
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = prefix });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>When the log's first event was recorded: before, nothing was known. Null where it has none.</summary>
    public async Task<DateTimeOffset?> FirstRecordedAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select timestamp from spend.mt_events where tenant_id = $1 and isfinite(timestamp) order by seq_id limit 1");
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetFieldValue<DateTimeOffset>(0) : null;
    }

    /// <summary>Events of some types between two versions, both included. What cannot be read counts for nothing and is left out.</summary>
    /// <param name="containing">A JSON object whose members the data must have.</param>
    public async IAsyncEnumerable<LoggedEvent> ReadAsync(
        string stream, long first, long last, IReadOnlyList<string> types, string containing, bool newestFirst,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select {Columns} from spend.mt_events
            where tenant_id = $1 and stream_id = $2 and version between $3 and $4 and type = any($5) and data @> $6
            order by version {(newestFirst ? "desc" : "asc")}
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = first });
        command.Parameters.Add(new() { Value = last });
        command.Parameters.Add(new() { Value = types.ToArray() });
        command.Parameters.Add(new() { Value = containing, NpgsqlDbType = NpgsqlDbType.Jsonb });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (Read(reader) is { } logged)
            {
                yield return logged;
            }
        }
    }

    /// <summary>The place of the log's last event; 0 where it has none.</summary>
    public async Task<long> LastAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select seq_id from spend.mt_events order by seq_id desc limit 1");
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    /// <summary>Events of some types between two places of the log, both included, the newest first. What cannot be read counts for nothing and is left out.</summary>
    /// <param name="where">A condition on a row of <c>mt_events</c>, whose parameters begin with <c>$5</c>.</param>
    public async IAsyncEnumerable<LoggedEvent> ReadBackAsync(
        long first, long last, IReadOnlyList<string> types, string where, IReadOnlyList<object> parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select {Columns} from spend.mt_events
            where tenant_id = $1 and seq_id between $2 and $3 and type = any($4) and {where}
            order by seq_id desc
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = first });
        command.Parameters.Add(new() { Value = last });
        command.Parameters.Add(new() { Value = types.ToArray() });
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (Read(reader) is { } logged)
            {
                yield return logged;
            }
        }
    }

    /// <summary>
    /// The newest place of the log, up to a last one, among the streams of usage of some workloads and months: what lies above cannot be theirs.
    /// In each stream it is found by halves, since places go up with versions.
    /// </summary>
    /// <param name="workloads">What the names of streams are without their month; null for all.</param>
    /// <param name="months">The first and the last, like <c>2026-01</c>; null for all.</param>
    /// <returns>0 where there is none; <paramref name="last"/> where there are too many streams to ask: some of them is found soon then.</returns>
    public async Task<long> NewestOfStreamsAsync(IReadOnlyList<string>? workloads, (string First, string Last)? months, long last, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with recursive stream as materialized (
                select id, version from spend.mt_streams
                where tenant_id = $1 and starts_with(id, 'usage/')
                  and ($2::text[] is null or left(id, -8) = any($2)) and ($3::text is null or right(id, 7) collate "C" between $3 and $4)),
            half as (
                select id, 0::bigint as low, version::bigint as high, version::bigint as middle from stream where (select count(*) from stream) <= {MostStreams}
                union all
                select id, low, high, (low + high + 1) / 2
                from (
                    select h.id, case when e.is_before then h.middle else h.low end as low, case when e.is_before then h.high else h.middle - 1 end as high
                    from half as h cross join lateral (
                        select coalesce((
                            select seq_id <= $5 from spend.mt_events
                            where tenant_id = $1 and stream_id = h.id and version <= h.middle order by version desc limit 1), true) as is_before) as e
                    where h.low < h.high) as next)
            select (select count(*) from stream), coalesce((
                select max(e.seq_id) from half as h join spend.mt_events as e on e.tenant_id = $1 and e.stream_id = h.id and e.version = h.low where h.low = h.high), 0)
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = (object?)workloads?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)months?.First ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)months?.Last ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = last });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetInt64(0) > MostStreams ? last : reader.GetInt64(1);
    }

    /// <summary>The event with an id; null where there is none that can be read.</summary>
    public async Task<LoggedEvent?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await FindAsync([id], cancellationToken)).GetValueOrDefault(id);

    /// <summary>The events with some ids; without those that are not there or cannot be read.</summary>
    public async Task<IReadOnlyDictionary<Guid, LoggedEvent>> FindAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from spend.mt_events where id = any($1) and tenant_id = $2");
        command.Parameters.Add(new() { Value = ids });
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<Guid, LoggedEvent> found = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            if (Read(reader) is { } logged)
            {
                found.Add(logged.Stored.Id, logged);
            }
        }

        return found;
    }

    /// <summary>Which of some ids are those of events, whether or not they can be read.</summary>
    public async Task<IReadOnlyList<Guid>> ExistingAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select id from spend.mt_events where id = any($1) and tenant_id = $2");
        command.Parameters.Add(new() { Value = ids });
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Guid> existing = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            existing.Add(reader.GetGuid(0));
        }

        return existing;
    }

    private static LoggedEvent? Read(NpgsqlDataReader reader)
    {
        try
        {
            const int own = EventReader.ColumnCount;
            return new LoggedEvent(EventReader.Read(reader), reader.GetString(own), Text(reader, own + 1), Text(reader, own + 2), Text(reader, own + 3), Text(reader, own + 4), Text(reader, own + 5));
        }
        catch (JsonException)
        {
            return null; // The daemon has set it aside, with the reason.
        }
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
