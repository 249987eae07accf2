using Npgsql;

namespace SpendTracker.Log;

/// <summary>
/// The event tables, exactly as Marten 9 makes them for conjoined tenancy, string streams, quick append, correlation,
/// causation and headers on, unique event ids; so a service with Marten shares them. Source of names, types and
/// defaults: the tables that Marten 9.29 made. A test compares the catalogue with a list of them, SpendTracker.Marten.Tests with Marten.
/// </summary>
public static class EventSchema
{
    /// <summary>An arbitrary constant: hosts that start together take turns at creating tables.</summary>
    private const long CreationLock = 0x5370656E64;

    // Streams are updated with every append. Room on the page keeps those updates within it, which gained 15-40 %.
    private const string Tables =
        """
        create schema if not exists spend;

        create table if not exists spend.mt_streams (
            tenant_id varchar not null default '*DEFAULT*',
            id varchar not null,
            type varchar null,
            version bigint null,
            timestamp timestamptz not null default (now()),
            created timestamptz not null default (now()),
            is_archived bool null default false,
            constraint pkey_mt_streams_tenant_id_id primary key (tenant_id, id)
        ) with (fillfactor = 20);

        create table if not exists spend.mt_events (
            seq_id bigint not null,
            id uuid not null,
            stream_id varchar null,
            version bigint not null,
            data jsonb not null,
            bdata bytea null,
            type varchar(500) not null,
            timestamp timestamptz not null default (now()),
            tenant_id varchar null default '*DEFAULT*',
            mt_dotnet_type varchar null,
            correlation_id varchar null,
            causation_id varchar null,
            headers jsonb null,
            is_archived bool null default false,
            constraint pkey_mt_events_seq_id primary key (seq_id),
            constraint fkey_mt_events_stream_id_tenant_id foreign key (tenant_id, stream_id)
                references spend.mt_streams (tenant_id, id)
        );
        create sequence if not exists spend.mt_events_sequence;

        -- Even where there is nothing to do, these would wait for every transaction that appends, and all others behind them.
        do $$ begin
            if to_regclass('spend.pk_mt_events_stream_and_version') is null then
                create unique index pk_mt_events_stream_and_version on spend.mt_events (tenant_id, stream_id, version);
            end if;
            if to_regclass('spend.idx_mt_events_event_id') is null then
                create unique index idx_mt_events_event_id on spend.mt_events (id);
            end if;
            if pg_get_serial_sequence('spend.mt_events', 'seq_id') is null then
                alter sequence spend.mt_events_sequence owned by spend.mt_events.seq_id;
            end if;
        end $$;

        create table if not exists spend.mt_event_progression (
            name varchar not null,
            last_seq_id bigint null,
            last_updated timestamptz null default (transaction_timestamp()),
            constraint pk_mt_event_progression primary key (name)
        );
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

        -- The keys that sign cookies, so that a cookie holds on every host and over restarts.
        create table if not exists spend.data_protection_key (
            name text primary key,
            xml text not null
        );
        """;

    public static Task CreateAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken) =>
        RunAsync(dataSource, $"{Tables} {OwnTables}", cancellationToken);

    /// <summary>Creates the projections' tables where they are missing.</summary>
    public static Task CreateTablesAsync(NpgsqlDataSource dataSource, IEnumerable<Projection> projections, CancellationToken cancellationToken) =>
        RunAsync(dataSource, string.Join(";\n", projections.Select(projection => projection.CreateTables)), cancellationToken);

    private static async Task RunAsync(NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"set local client_min_messages = warning; select pg_advisory_xact_lock({CreationLock}); {sql}", connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
