using Npgsql;

namespace SpendTracker.Benchmarks;

/// <summary>Statements of the benchmarks themselves.</summary>
internal static class Sql
{
    public static async Task RunAsync(NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.CommandTimeout = 600; // Filling and vacuuming millions of rows.
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<T> ScalarAsync<T>(NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.CommandTimeout = 600;
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How many bytes of write-ahead log there are so far.</summary>
    public static Task<long> WalAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken) =>
        ScalarAsync<long>(dataSource, "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint", cancellationToken);
}
