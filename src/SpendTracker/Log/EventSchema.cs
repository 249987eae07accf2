using System.Runtime.ExceptionServices;
using JasperFx;
using Marten.Exceptions;
using Npgsql;
using SpendTracker.Marten;
using Weasel.Core;
using Weasel.Core.Migrations;

namespace SpendTracker.Log;

/// <summary>
/// The tables of the log. Marten makes and migrates its own, as <see cref="SpendTrackerOptions"/> sets it up; ours are made beside
/// them, and those of the projections, in the same step.
/// </summary>
public static class EventSchema
{
    /// <summary>An arbitrary constant: hosts that start together take turns at creating tables.</summary>
    private const long CreationLock = 0x5370656E64;

    // Streams are updated with every append: room on the page keeps those updates within it, which gained 15-40 %. And Marten's
    // default of a time is the moment when it made the table. Set only where they differ, since both wait for whoever appends.
    private const string Settings =
        """
        do $$ begin
            if not exists (select from pg_class where oid = 'spend.mt_streams'::regclass and 'fillfactor=20' = any(reloptions)) then
                alter table spend.mt_streams set (fillfactor = 20);
            end if;
            if (select pg_get_expr(adbin, adrelid) from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
                where adrelid = 'spend.mt_events'::regclass and attname = 'timestamp') is distinct from 'now()' then
                alter table spend.mt_events alter column timestamp set default now();
            end if;
        end $$;
        """;

    // Ours, beside Marten's: what was passed over and what could not be applied, with the reason, so that it can be found.
    private const string OwnTables =
        """
        create table if not exists spend.high_water_skip (
            first_seq_id bigint primary key,
            last_seq_id bigint not null,
            passed_at timestamptz not null default now(),
            reason text not null
        );

        create table if not exists spend.event_set_aside (
            projection text not null,
            seq_id bigint not null,
            reason text not null,
            set_aside_at timestamptz not null default now(),
            attempts int not null default 1,
            last_tried_at timestamptz not null default now(),
            primary key (projection, seq_id)
        );

        -- Databases of the first version have the table without these, and "if not exists" above leaves it as it is.
        alter table spend.event_set_aside
            add column if not exists set_aside_at timestamptz not null default now(),
            add column if not exists attempts int not null default 1,
            add column if not exists last_tried_at timestamptz not null default now();

        -- What was applied in the transaction that appended it, ahead of the projection's checkpoint: its page passes it by.
        create table if not exists spend.inline_applied (
            projection text not null,
            seq_id bigint not null,
            primary key (projection, seq_id)
        );

        -- How often each API key was used on a day, and when last: counted by hosts, told once a minute.
        create table if not exists spend.api_key_use (
            key_id text not null,
            day date not null,
            requests bigint not null,
            last_used_at timestamptz not null,
            primary key (key_id, day)
        );

        -- The keys that sign cookies, so that a cookie holds on every host and over restarts.
        create table if not exists spend.data_protection_key (
            name text primary key,
            xml text not null
        );

        -- Names and addresses, beside the log: the log is only appended, and people can be forgotten. Events have the id.
        create table if not exists spend.person (
            id text primary key,
            name text not null,
            email text,
            issuer text,
            subject text,
            signed_in_at timestamptz,
            asked_at timestamptz,
            erased_at timestamptz,
            unique (issuer, subject)
        );

        -- When a session was used last, about to the minute: an event for each request would be too many.
        create table if not exists spend.session_use (
            session text primary key,
            person text not null,
            started_at timestamptz not null,
            used_at timestamptz not null,
            expires_at timestamptz not null
        );

        -- Sessions that an identity provider began, and what it calls them: it may end one of them by that name.
        create table if not exists spend.provider_session (
            issuer text not null,
            provider_session text not null,
            session text not null,
            expires_at timestamptz not null,
            primary key (issuer, provider_session, session)
        );

        -- Logout tokens that were used, for as long as they would verify: none is used twice, whichever host it comes to.
        create table if not exists spend.logout_token (
            issuer text not null,
            token text not null,
            expires_at timestamptz not null,
            primary key (issuer, token)
        );
        """;

    /// <summary>Brings the tables of the log to today's layout, or creates them. Events are not touched.</summary>
    /// <param name="dataSource">Without a limit on statements: an index of a long log takes its time.</param>
    /// <exception cref="NpgsqlException">It cannot be reached, or the user may not create or change tables.</exception>
    /// <exception cref="EventSchemaException">A table of Marten's is laid out in a way that cannot be brought to today's.</exception>
    public static async Task CreateAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        // Of the session, not of a transaction: Marten opens connections of its own.
        await using var turn = await dataSource.OpenConnectionAsync(cancellationToken);
        await RunAsync(turn, $"select pg_advisory_lock({CreationLock})", cancellationToken);
        try
        {
            await MigrateAsync(dataSource, cancellationToken);
            await using var transaction = await turn.BeginTransactionAsync(cancellationToken);
            await RunAsync(turn, $"{Settings} {OwnTables}", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        finally
        {
            await RunAsync(turn, $"select pg_advisory_unlock({CreationLock})", CancellationToken.None);
        }
    }

    /// <summary>Creates the projections' tables where they are missing.</summary>
    public static async Task CreateTablesAsync(NpgsqlDataSource dataSource, IEnumerable<Projection> projections, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(
            connection, $"select pg_advisory_xact_lock({CreationLock}); {string.Join(";\n", projections.Select(projection => projection.CreateTables))}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task MigrateAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var store = SpendTrackerStore.Open(dataSource, TimeProvider.System);
        var database = store.Storage.Database;
        var migration = await database.CreateMigrationAsync(cancellationToken);
        if (migration.Difference == SchemaPatchDifference.None)
        {
            return;
        }

        try
        {
            await database.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate, ct: cancellationToken);
        }
        catch (Exception fault) when (fault is MartenSchemaException or SchemaMigrationException)
        {
            var said = Causes(fault).OfType<NpgsqlException>().FirstOrDefault();
            if (said is { IsTransient: true } or { SqlState: PostgresErrorCodes.InsufficientPrivilege })
            {
                ExceptionDispatchInfo.Throw(said);
            }

            var tables = migration.Deltas.Where(delta => delta.Difference != SchemaPatchDifference.None).Select(delta => delta.SchemaObject.Identifier.QualifiedName);
            throw new EventSchemaException([.. tables], said ?? fault);
        }
    }

    private static IEnumerable<Exception> Causes(Exception fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"set client_min_messages = warning; {sql}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A table of the log is not what Marten makes, and cannot be made so.</summary>
/// <param name="tables">Those that differ.</param>
/// <param name="fault">What Marten or PostgreSQL said.</param>
public sealed class EventSchemaException(IReadOnlyList<string> tables, Exception fault) : Exception(
    $"The log's {string.Join(", ", tables)} cannot be brought to today's layout: {(fault.InnerException ?? fault).Message} Compare with a new database, and mend it by hand.", fault);
