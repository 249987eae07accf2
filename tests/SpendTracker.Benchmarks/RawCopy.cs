using Npgsql;
using NpgsqlTypes;
using SpendTracker.Events;

namespace SpendTracker.Benchmarks;

/// <summary>
/// The reference: binary COPY over one warm connection into the same table, with all its keys. No duplicate filter, no stream
/// heads, no sequence: numbers come from a counter here. So nothing that keeps the rules can be cheaper by the event.
/// </summary>
internal sealed class RawCopy : IAsyncDisposable
{
    /// <summary>Rows between two commits, each of them flushed.</summary>
    private const int CommitRows = 5_000;

    private const string Copy =
        """
        copy spend.mt_events (
            seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived)
        from stdin (format binary)
        """;

    private readonly BenchmarkServer _server;
    private readonly SpendDatabase _database;
    private readonly NpgsqlConnection _connection;
    private readonly Dictionary<string, long> _versions = [];
    private long _seqId;

    private RawCopy(BenchmarkServer server, SpendDatabase database, NpgsqlConnection connection, long seqId)
    {
        _server = server;
        _database = database;
        _connection = connection;
        _seqId = seqId;
    }

    /// <summary>Puts the stream heads in, for the foreign key.</summary>
    public static async Task<RawCopy> OpenAsync(BenchmarkServer server, SpendDatabase database, IEnumerable<string> streams, CancellationToken cancellationToken)
    {
        await using var heads = database.DataSource.CreateCommand("insert into spend.mt_streams (tenant_id, id, version) select $1, unnest($2), 0");
        heads.Parameters.Add(new() { Value = Tenant.Default });
        heads.Parameters.Add(new() { Value = streams.ToArray() });
        await heads.ExecuteNonQueryAsync(cancellationToken);
        var seqId = await Sql.ScalarAsync<long>(database.DataSource, "select max(seq_id) from spend.mt_events", cancellationToken);
        var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);

        // As installed. Our own queries are planned for each execution, and so would the foreign key's check be, for each row.
        await using var plans = new NpgsqlCommand("set plan_cache_mode = auto", connection);
        await plans.ExecuteNonQueryAsync(cancellationToken);
        return new RawCopy(server, database, connection, seqId);
    }

    /// <summary>Commits included.</summary>
    public Task<Work> CopyAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) => Work.MeasureAsync(_server, events.Count, async () =>
    {
        for (var first = 0; first < events.Count; first += CommitRows)
        {
            await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
            CopyPart(events, first, Math.Min(first + CommitRows, events.Count));
            await transaction.CommitAsync(cancellationToken);
        }
    });

    /// <summary>Takes numbers off the store's sequence for the next events, where the store appends to the same table in turns.</summary>
    public async Task ReserveAsync(int count, CancellationToken cancellationToken)
    {
        const string Sequence = "'spend.mt_events_sequence'";
        _seqId = await Sql.ScalarAsync<long>(
            _database.DataSource, $"select setval({Sequence}, nextval({Sequence}) + {count - 1})", cancellationToken) - count;
    }

    /// <summary>Leaves heads and sequence as if the store had appended these events, so that it can go on from there.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await using (var heads = _database.DataSource.CreateCommand(
            "update spend.mt_streams as s set version = e.version from unnest($2, $3) as e (id, version) where (s.tenant_id, s.id) = ($1, e.id)"))
        {
            heads.Parameters.Add(new() { Value = Tenant.Default });
            heads.Parameters.Add(new() { Value = _versions.Keys.ToArray() });
            heads.Parameters.Add(new() { Value = _versions.Values.ToArray() });
            await heads.ExecuteNonQueryAsync(cancellationToken);
        }

        await Sql.RunAsync(
            _database.DataSource, "select setval('spend.mt_events_sequence', (select max(seq_id) from spend.mt_events))", cancellationToken);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // Not asynchronous: that would only add to the reference's cost.
    private void CopyPart(IReadOnlyList<EventToAppend> events, int first, int end)
    {
        var now = DateTimeOffset.UtcNow;
        using var copy = _connection.BeginBinaryImport(Copy);
        for (var i = first; i < end; i++)
        {
            var e = events[i];
            _versions[e.Stream] = _versions.GetValueOrDefault(e.Stream) + 1;
            copy.StartRow();
            copy.Write(++_seqId, NpgsqlDbType.Bigint);
            copy.Write(e.Id, NpgsqlDbType.Uuid);
            copy.Write(e.Stream, NpgsqlDbType.Varchar);
            copy.Write(_versions[e.Stream], NpgsqlDbType.Bigint);
            copy.Write(e.Json, NpgsqlDbType.Jsonb);
            copy.Write(e.Type.Name, NpgsqlDbType.Varchar);
            copy.Write(now, NpgsqlDbType.TimestampTz);
            copy.Write(e.TenantId, NpgsqlDbType.Varchar);
            copy.Write(e.Type.DotNetName, NpgsqlDbType.Varchar);
            copy.WriteNull();
            copy.WriteNull();
            copy.Write(e.Headers, NpgsqlDbType.Jsonb);
            copy.Write(false, NpgsqlDbType.Boolean);
        }

        copy.Complete();
    }
}
