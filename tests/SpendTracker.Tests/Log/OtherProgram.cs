using System.Text;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Log;

/// <summary>A program that writes to the log in plain SQL, by Marten's rules, whatever it likes.</summary>
internal static class OtherProgram
{
    /// <summary>Writes an event at the end of a stream, in a transaction that is open on the connection or in one of its own.</summary>
    /// <param name="seqId">A number that the connection's transaction has drawn already; null to draw one.</param>
    /// <param name="columns">More columns, or others than usual, with SQL for their values.</param>
    /// <returns>Its seq_id.</returns>
    public static async Task<long> WriteAsync(
        NpgsqlConnection connection, string type, string data, string? headers = null, string stream = "foreign", long? seqId = null, params (string Name, string Sql)[] columns)
    {
        var (names, values) = (string.Concat(columns.Select(column => $", {column.Name}")), string.Concat(columns.Select(column => $", {column.Sql}")));
        await using var command = new NpgsqlCommand(
            $"""
            with head as (
                insert into spend.mt_streams as s (tenant_id, id, version) values ('*DEFAULT*', $1, 1)
                on conflict (tenant_id, id) do update set version = s.version + 1, timestamp = now()
                returning version)
            insert into spend.mt_events (seq_id, id, stream_id, version, data, type, headers, mt_dotnet_type{names})
            select coalesce($5, nextval('spend.mt_events_sequence')), gen_random_uuid(), $1, version, $2, $3, $4, 'Other.Event, Other'{values} from head
            returning seq_id
            """, connection);
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = data, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = type });
        command.Parameters.Add(new() { Value = (object?)headers ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)seqId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public static async Task<long> WriteAsync(TestDatabase database, string type, string data, string? headers = null, string stream = "foreign", params (string Name, string Sql)[] columns)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        return await WriteAsync(connection, type, data, headers, stream, null, columns);
    }

    /// <summary>Draws a number, as every writer does inside the transaction that inserts.</summary>
    public static async Task<long> DrawAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select nextval('spend.mt_events_sequence')", connection);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>An event's JSON as the log has it.</summary>
    public static string Json(IEvent data) => Encoding.UTF8.GetString(SpendTracker.Events.EventTypes.Of(data).Write(data));
}
