using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>
/// A program that appends to the same tables in plain SQL, at its own pace: it draws numbers, lets others overtake it, and
/// then commits events under them, or nothing, or aborts.
/// </summary>
internal sealed class OvertakenWriter : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly IReadOnlyList<SoakEvent> _events;
    private readonly long[] _seqIds;

    private OvertakenWriter(NpgsqlConnection connection, IReadOnlyList<SoakEvent> events, long[] seqIds)
    {
        _connection = connection;
        _events = events;
        _seqIds = seqIds;
    }

    /// <param name="events">All of one stream, which is nobody else's.</param>
    public static async Task<OvertakenWriter> BeginAsync(string connectionString, IReadOnlyList<SoakEvent> events, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var draw = new NpgsqlCommand("begin; select array_agg(nextval('spend.mt_events_sequence')) from generate_series(1, @count)", connection);
            draw.Parameters.AddWithValue("count", events.Count);
            return new OvertakenWriter(connection, events, (long[])(await draw.ExecuteScalarAsync(cancellationToken))!);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task CommitAsync(SoakModel model, CancellationToken cancellationToken)
    {
        var stream = _events[0].ToAppend().Stream;
        await RunAsync($"insert into spend.mt_streams (tenant_id, id, version) values ('{Tenant.Default}', '{stream}', {_events.Count})", [], cancellationToken);
        for (var i = 0; i < _events.Count; i++)
        {
            var e = _events[i].ToAppend();
            model.Sending(_events[i].Key, _events[i].Usage);
            await RunAsync(
                """
                insert into spend.mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, headers)
                values ($1, $2, $3, $4, $5, $6, now(), $7, $8)
                """,
                [
                    new() { Value = _seqIds[i] }, new() { Value = e.Id }, new() { Value = stream }, new() { Value = i + 1L },
                    new() { Value = e.Json, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb }, new() { Value = e.Type.Name },
                    new() { Value = e.Type.DotNetName }, new() { Value = e.Headers, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb },
                ],
                cancellationToken);
        }

        await RunAsync("commit", [], cancellationToken);
        for (var i = 0; i < _events.Count; i++)
        {
            model.Answered(_events[i].Key, _events[i].Usage, AppendStatus.Appended, version: i + 1);
        }
    }

    public Task CommitNothingAsync(CancellationToken cancellationToken) => RunAsync("commit", [], cancellationToken);

    /// <summary>Aborts what is open.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task RunAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
