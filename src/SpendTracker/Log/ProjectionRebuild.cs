using Npgsql;

namespace SpendTracker.Log;

/// <summary>A row that a replay gives and the live table does not have, or the other way round.</summary>
/// <param name="Side"><c>live</c> or <c>replayed</c>: who has it.</param>
public sealed record RowDifference(string Table, string Side, string Row);

/// <summary>
/// Replays the log into new tables beside the live ones. <c>rebuild</c> then swaps them in, in one transaction, so that no
/// reader ever sees a half-built table; <c>verify</c> compares the two, and which events were set aside, and drops the new ones.
/// </summary>
/// <remarks>Its statements may take as long as they need: they go over all there is, and nobody waits for their answer.</remarks>
/// <param name="connectionString">Of the database; its user may create schemas.</param>
public sealed class ProjectionRebuild(
    string connectionString, NpgsqlDataSource live, HighWaterMark highWaterMark, EventStoreOptions options)
{
    private const int DifferencesShown = 20;

    private static readonly TimeSpan LongestForTables = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan PauseForReaders = TimeSpan.FromMilliseconds(100);

    /// <summary>Replays everything into new tables and puts them in the place of the live ones.</summary>
    /// <param name="progress">Gets the position reached and the high-water mark.</param>
    public async Task RebuildAsync(Projection projection, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        await ReplayAsync("spend_rebuild", projection, progress, async (connection, transaction, catchUp) =>
        {
            await catchUp();
            await TakeTablesAsync(connection, transaction, projection, cancellationToken);
            var swaps = projection.Tables.Select(table =>
                $"drop table if exists spend.{table}; alter table spend_rebuild.{table} set schema spend;");
            await ExecuteAsync(
                connection,
                $"""
                {string.Concat(swaps)}
                delete from spend.event_set_aside as s where projection = '{projection.Name}'
                    and not exists (select from spend_rebuild.event_set_aside as r where r.projection = s.projection and r.seq_id = s.seq_id);
                insert into spend.event_set_aside as s (projection, seq_id, reason) select projection, seq_id, reason from spend_rebuild.event_set_aside
                    on conflict (projection, seq_id) do update set reason = excluded.reason, attempts = s.attempts + 1, last_tried_at = now();
                delete from spend.mt_event_progression where name = '{projection.Checkpoint}';
                insert into spend.mt_event_progression select * from spend_rebuild.mt_event_progression;
                """,
                cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }, cancellationToken);
    }

    /// <summary>
    /// Locks the live tables, all or none: a reader that has one of them and waits for another would be in a deadlock with who
    /// takes them one after the other. PostgreSQL looks for that after a second; letting go before, the reader goes first.
    /// </summary>
    private static async Task TakeTablesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Projection projection, CancellationToken cancellationToken)
    {
        const string BeforeTables = "before_tables";
        while (true)
        {
            await transaction.SaveAsync(BeforeTables, cancellationToken);
            try
            {
                await ExecuteAsync(connection, $"set local statement_timeout = {LongestForTables.TotalMilliseconds}", cancellationToken);
                await ExecuteAsync(connection, $"lock table {string.Join(", ", projection.Tables.Select(table => $"spend.{table}"))} in access exclusive mode", cancellationToken);
                await ExecuteAsync(connection, "set local statement_timeout = 0", cancellationToken);
                return;
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
            {
                await transaction.RollbackAsync(BeforeTables, cancellationToken);
                await Task.Delay(PauseForReaders, cancellationToken);
            }
        }
    }

    /// <summary>Replays up to where the live tables are and compares, row by row, all columns.</summary>
    /// <returns>Some of the differences; none where live and replayed are equal.</returns>
    public async Task<IReadOnlyList<RowDifference>> VerifyAsync(Projection projection, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        List<RowDifference> differences = [];
        await ReplayAsync("spend_verify", projection, progress, async (connection, _, catchUp) =>
        {
            await catchUp();
            var setAside = $"select projection, seq_id from {{0}}.event_set_aside where projection = '{projection.Name}'";
            foreach (var (table, query) in projection.Tables.Select(table => (table, $"table {{0}}.{table}")).Append(("event_set_aside", setAside)))
            {
                differences.AddRange(await CompareAsync(connection, table, query, "live", "spend", "spend_verify", cancellationToken));
                differences.AddRange(await CompareAsync(connection, table, query, "replayed", "spend_verify", "spend", cancellationToken));
            }
        }, cancellationToken);
        return differences;
    }

    private async Task ReplayAsync(
        string schema, Projection projection, Action<long, long>? progress,
        Func<NpgsqlConnection, NpgsqlTransaction, Func<Task>, Task> finish, CancellationToken cancellationToken)
    {
        if (!projection.IsReplayable)
        {
            throw new InvalidOperationException($"{projection.Name} makes things happen; replayed, they would happen again.");
        }

        // One at a time: two people may ask for a rebuild, and both would use the same schema.
        await using var turn = await live.OpenConnectionAsync(cancellationToken);
        await using var turns = await turn.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(turn, $"select pg_advisory_xact_lock(hashtextextended('{schema}', 0))", cancellationToken);

        await using var connection = await live.OpenConnectionAsync(cancellationToken);
        await using var beside = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = schema, Pooling = false, CommandTimeout = 0 });
        await CreateTablesAsync(connection, schema, projection, beside, cancellationToken);
        try
        {
            await using var replay = await beside.OpenConnectionAsync(cancellationToken);
            var run = new ProjectionRun(replay, projection, options);

            // Most of the work, while the live projection goes on. What came meanwhile is caught up under its lock, below.
            // Not beyond where the live one is: a comparison needs both at the same place.
            var mark = Math.Min(await highWaterMark.AdvanceAsync(cancellationToken), await LivePositionAsync(connection, projection, cancellationToken));
            await run.CatchUpAsync(mark, position => progress?.Invoke(position, mark), cancellationToken);

            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using (var command = new NpgsqlCommand($"select pg_advisory_xact_lock({ProjectionRun.ProjectionLock})", connection) { CommandTimeout = 0 })
            {
                command.Parameters.Add(new() { Value = projection.Checkpoint });
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            await finish(connection, transaction, async () =>
            {
                await run.CatchUpAsync(await LivePositionAsync(connection, projection, cancellationToken), null, cancellationToken);
                if (projection.IsInline)
                {
                    await InlineReadModels.ApplyAheadAsync(replay, projection, run.Position, cancellationToken);
                }
            });
        }
        finally
        {
            await using var command = live.CreateCommand($"drop schema if exists {schema} cascade");
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task CreateTablesAsync(
        NpgsqlConnection connection, string schema, Projection projection, NpgsqlDataSource beside, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            connection,
            $"""
            drop schema if exists {schema} cascade;
            create schema {schema};
            create table {schema}.mt_event_progression (like spend.mt_event_progression including all);
            create table {schema}.event_set_aside (like spend.event_set_aside including all);
            create table {schema}.inline_applied (like spend.inline_applied including all);
            """,
            cancellationToken);
        await using var command = beside.CreateCommand(projection.CreateTables);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<long> LivePositionAsync(NpgsqlConnection connection, Projection projection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select last_seq_id from spend.mt_event_progression where name = $1", connection);
        command.Parameters.Add(new() { Value = projection.Checkpoint });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    /// <param name="query">With the schema as {0}.</param>
    private static async Task<List<RowDifference>> CompareAsync(
        NpgsqlConnection connection, string table, string query, string side, string having, string lacking, CancellationToken cancellationToken)
    {
        var (here, there) = (query.Replace("{0}", having, StringComparison.Ordinal), query.Replace("{0}", lacking, StringComparison.Ordinal));
        await using var command = new NpgsqlCommand($"select to_jsonb(d)::text from ({here} except all {there}) as d limit {DifferencesShown}", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<RowDifference> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new RowDifference(table, side, reader.GetString(0)));
        }

        return rows;
    }
}
