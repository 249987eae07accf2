using System.Text.Json;
using Marten;
using Marten.Events.Projections;
using Npgsql;
using SpendTracker.Events;
using MartenEvent = JasperFx.Events.IEvent;

namespace SpendTracker.Log;

/// <summary>
/// Applies what a session appends to the read models that are kept inline, in the session's own transaction: whoever is
/// answered finds it there. A mark says so for each event, since it is ahead of the projection's checkpoint; the projection
/// passes it by when it comes there. What cannot be applied is left to the projection, which sets it aside.
/// </summary>
/// <param name="projections">Makes the projections anew, for each session its own; none before the settings are known.</param>
internal sealed class InlineReadModels(Func<IEnumerable<Projection>> projections) : IProjection
{
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<MartenEvent> events, CancellationToken cancellation)
    {
        var types = events.Select(e => e.EventTypeName).ToHashSet();
        Projection[] concerned = [.. projections().Where(projection => projection.InlineTypes.Any(types.Contains)).OrderBy(projection => projection.Name, StringComparer.Ordinal)];
        if (concerned.Length > 0)
        {
            string[] streams = [.. events.Select(e => e.StreamKey!).Distinct()];
            ((ITransactionParticipantRegistrar)operations).AddTransactionParticipant(new Writing(concerned, streams));
        }

        return Task.CompletedTask;
    }

    /// <summary>Events that were applied when they were appended, after one number up to another.</summary>
    public static async Task<HashSet<long>> AppliedAsync(NpgsqlConnection connection, Projection projection, long after, long last, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select seq_id from inline_applied where projection = $1 and seq_id > $2 and seq_id <= $3", connection);
        command.Parameters.Add(new() { Value = projection.Name });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = last });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        HashSet<long> applied = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetInt64(0));
        }

        return applied;
    }

    /// <summary>Marks behind a checkpoint have served.</summary>
    public static NpgsqlBatchCommand Forget(Projection projection, long checkpoint) => new("delete from inline_applied where projection = $1 and seq_id <= $2")
    {
        Parameters = { new() { Value = projection.Name }, new() { Value = checkpoint } },
    };

    /// <summary>Brings a replay to where the live tables are: they have events ahead of their checkpoint.</summary>
    /// <param name="replay">In the schema of the replay. The projection's lock is held, so that no more come.</param>
    public static async Task ApplyAheadAsync(NpgsqlConnection replay, Projection projection, long checkpoint, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {EventReader.Columns} from spend.mt_events
            where seq_id > $1 and seq_id in (select seq_id from spend.inline_applied where projection = $2) order by seq_id
            """, replay);
        command.Parameters.Add(new() { Value = checkpoint });
        command.Parameters.Add(new() { Value = projection.Name });
        await FoldAsync(command, projection, cancellationToken);
        await FlushAsync(replay, projection, cancellationToken);
    }

    /// <returns>The numbers of what was folded.</returns>
    private static async Task<List<long>> FoldAsync(NpgsqlCommand command, Projection projection, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<long> folded = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var stored = EventReader.Read(reader);
            projection.Apply(stored);
            folded.Add(stored.SeqId);
        }

        return folded;
    }

    private static async Task FlushAsync(NpgsqlConnection connection, Projection projection, CancellationToken cancellationToken, params NpgsqlBatchCommand[] more)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in projection.Flush().Concat(more))
        {
            batch.BatchCommands.Add(command);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Writes the read models when the session's events have got their numbers, before it commits.</summary>
    private sealed class Writing(Projection[] projections, string[] streams) : ITransactionParticipant
    {
        private const string BeforeEvents = "before_inline";

        /// <summary>A page takes a fraction of it. Whoever is answered waits as long at most.</summary>
        private static readonly TimeSpan LongestForLocks = TimeSpan.FromSeconds(1);

        public async Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token)
        {
            await transaction.SaveAsync(BeforeEvents, token);
            try
            {
                await LockAsync(connection, token);
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                await transaction.RollbackAsync(BeforeEvents, token);
                return; // A rebuild is about to end, or a host hangs. What was decided holds, and the projection comes to it.
            }

            foreach (var projection in projections)
            {
                await transaction.SaveAsync(BeforeEvents, token);
                try
                {
                    await using var command = Unapplied(connection, projection);
                    var folded = await FoldAsync(command, projection, token);
                    await FlushAsync(connection, projection, token, Mark(projection, folded));
                }
                catch (Exception fault)
                {
                    projection.Discard(); // Also where it is thrown: Marten may try the transaction again.
                    if (!IsLeft(fault))
                    {
                        throw;
                    }

                    await transaction.RollbackAsync(BeforeEvents, token);
                }
            }
        }

        /// <summary>
        /// Whether the projection may come to terms with it later: an event that cannot be applied, or tables that a host of another
        /// version has changed. The decision is good in both cases.
        /// </summary>
        private static bool IsLeft(Exception fault) =>
            ProjectionRun.IsOfAnEvent(fault) || fault is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn };

        /// <summary>Shared: sessions go beside each other, and no page is written meanwhile. All in one order, before anything is read.</summary>
        private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(new($"set local lock_timeout = {LongestForLocks.TotalMilliseconds}"));
            foreach (var projection in projections)
            {
                batch.BatchCommands.Add(new($"select pg_advisory_xact_lock_shared({ProjectionRun.ProjectionLock})") { Parameters = { new() { Value = projection.Checkpoint } } });
            }

            batch.BatchCommands.Add(new("set local lock_timeout = default"));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        /// <summary>What the streams have and the tables do not: what is appended here, and what others appended that no page has come to.</summary>
        private NpgsqlCommand Unapplied(NpgsqlConnection connection, Projection projection) => new(
            $"""
            select {EventReader.Columns} from spend.mt_events as e
            where tenant_id = $1 and stream_id = any($2) and type = any($3)
              and seq_id > coalesce((select last_seq_id from mt_event_progression where name = $4), 0)
              and not exists (select from inline_applied as a where a.projection = $5 and a.seq_id = e.seq_id)
            order by seq_id
            """, connection)
        {
            Parameters =
            {
                new() { Value = Tenant.Default }, new() { Value = streams }, new() { Value = projection.InlineTypes.ToArray() }, new() { Value = projection.Checkpoint }, new() { Value = projection.Name },
            },
        };

        private static NpgsqlBatchCommand Mark(Projection projection, List<long> applied) => new("insert into inline_applied (projection, seq_id) select $1, unnest($2)")
        {
            Parameters = { new() { Value = projection.Name }, new() { Value = applied } },
        };

        public Task AfterCommitAsync(CancellationToken token) => Task.CompletedTask;
    }
}
