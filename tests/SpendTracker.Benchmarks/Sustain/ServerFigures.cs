using Npgsql;

namespace SpendTracker.Benchmarks.Sustain;

/// <summary>What PostgreSQL has counted so far.</summary>
internal sealed record ServerFigures(long Wal, long Bytes, long Checkpoints, long Vacuums)
{
    public static async Task<ServerFigures> ReadAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        // PostgreSQL 17 moved the checkpoints to a view of their own.
        var checkpoints = await Sql.ScalarAsync<bool>(dataSource, "select to_regclass('pg_catalog.pg_stat_checkpointer') is not null", cancellationToken)
            ? "select num_timed + num_requested from pg_stat_checkpointer"
            : "select checkpoints_timed + checkpoints_req from pg_stat_bgwriter";
        return new(
            await Sql.WalAsync(dataSource, cancellationToken),
            await Sql.ScalarAsync<long>(dataSource, "select pg_database_size(current_database())", cancellationToken),
            await Sql.ScalarAsync<long>(dataSource, checkpoints, cancellationToken),
            await Sql.ScalarAsync<long>(dataSource, "select coalesce(sum(autovacuum_count), 0)::bigint from pg_stat_user_tables", cancellationToken));
    }

    public ServerFigures Since(ServerFigures before) =>
        new(Wal - before.Wal, Bytes - before.Bytes, Checkpoints - before.Checkpoints, Vacuums - before.Vacuums);
}
