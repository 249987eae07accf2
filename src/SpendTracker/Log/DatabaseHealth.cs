using Npgsql;
using SpendTracker.Contracts;

namespace SpendTracker.Log;

/// <summary>A table of ours.</summary>
/// <param name="Bytes">On disk, its indexes included.</param>
/// <param name="Rows">As PostgreSQL estimates them; null if it never has.</param>
public sealed record TableSize(string Table, long Bytes, long? Rows);

/// <summary>What PostgreSQL knows of the database at a moment.</summary>
/// <param name="Tables">The largest first.</param>
public sealed record DatabaseFacts(DateTimeOffset At, long Bytes, IReadOnlyList<TableSize> Tables, IReadOnlyList<ConnectedProgram> Programs, IReadOnlyList<RunningReplay> Replays);

/// <summary>Reads how large the database is, who is connected, and who has which lock. It reads catalogues and no table of ours: a few milliseconds.</summary>
public sealed class DatabaseHealth(NpgsqlDataSource dataSource, IReadOnlyList<Projection> projections, TimeProvider clock)
{
    private static readonly string[] Replays = ["spend_rebuild", "spend_verify"];

    public async Task<DatabaseFacts> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var (bytes, tables) = await SizesAsync(connection, cancellationToken);
        return new(clock.GetUtcNow(), bytes, tables, await ProgramsAsync(connection, cancellationToken), await ReplaysAsync(connection, cancellationToken));
    }

    private static async Task<(long Bytes, IReadOnlyList<TableSize> Tables)> SizesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select pg_database_size(current_database()), c.relname, pg_total_relation_size(c.oid), c.reltuples::bigint
            from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
            where n.nspname = 'spend' and c.relkind = 'r' order by 3 desc, 2
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<TableSize> tables = [];
        var bytes = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            bytes = reader.GetInt64(0);
            tables.Add(new(reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3) is >= 0 and var rows ? rows : null));
        }

        return (bytes, tables);
    }

    private async Task<IReadOnlyList<ConnectedProgram>> ProgramsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // A lock is known by a number that follows from its name, so that all names are tried.
        await using var command = new NpgsqlCommand(
            """
            with named as (
                select hashtextextended(key, 0) as number, shown from unnest($1::text[], $2::text[]) as k (key, shown)
                union all
                select hashtextextended('spend.alert-channel.' || channel, 0), 'channel ' || channel from spend.channel),
            held as (
                select l.pid, array_agg(distinct coalesce(named.shown, 'another lock')) as locks
                from pg_locks as l left join named on named.number = (l.classid::bigint << 32) | l.objid::bigint
                where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_database where datname = current_database()) group by l.pid)
            select regexp_replace(a.application_name, ': (append|project)$', '') as program, host(a.client_addr), min(a.backend_start), count(*)::int,
                   count(*) filter (where a.state = 'active' and a.pid <> pg_backend_pid())::int,
                   coalesce((select array_agg(distinct lock order by lock) from unnest(array_agg(a.pid)) as p join held on held.pid = p, unnest(held.locks) as lock), '{}')
            from pg_stat_activity as a
            where a.datname = current_database() and a.usename = current_user and a.backend_type = 'client backend'
            group by 1, 2 order by 3
            """, connection);
        command.Parameters.Add(new() { Value = projections.Select(projection => $"spend.{projection.Checkpoint}").Concat(Replays).ToArray() });
        command.Parameters.Add(new() { Value = projections.Select(projection => projection.Name).Concat(["rebuild", "verify"]).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<ConnectedProgram> programs = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            programs.Add(new(
                reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt32(3), reader.GetInt32(4),
                reader.GetFieldValue<string[]>(5)));
        }

        return programs;
    }

    /// <summary>A replay has tables of its own, in a schema that is gone when it ends.</summary>
    private static async Task<IReadOnlyList<RunningReplay>> ReplaysAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        List<RunningReplay> running = [];
        foreach (var schema in Replays)
        {
            await using var exists = new NpgsqlCommand("select to_regclass($1 || '.mt_event_progression') is not null", connection) { Parameters = { new() { Value = schema } } };
            if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
            {
                continue;
            }

            try
            {
                await using var command = new NpgsqlCommand($"select name, last_seq_id from {schema}.mt_event_progression where name like 'SpendTracker.%' order by last_seq_id desc limit 1", connection);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var has = await reader.ReadAsync(cancellationToken);
                running.Add(new(schema["spend_".Length..], has ? reader.GetString(0).Split('.')[1].Split(':')[0] : null, has ? reader.GetInt64(1) : null));
            }
            catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
            {
                // It ended meanwhile.
            }
        }

        return running;
    }
}
