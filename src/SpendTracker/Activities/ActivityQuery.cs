using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Activities;

/// <summary>Which activities to list; what is null is all.</summary>
/// <param name="From">Recorded at or after this instant.</param>
/// <param name="To">Recorded before this instant.</param>
/// <param name="Who">A person's name, a key's name or id, a command's user, or all of it as the log has it, e.g. <c>key:4f…</c>.</param>
/// <param name="Kind">One of <see cref="ActivityQuery.Kinds"/>.</param>
/// <param name="Subject">Exactly this one.</param>
/// <param name="Before">Only what is before this place in the log: a page goes on where the one before ended.</param>
public sealed record ActivityFilter(
    DateTimeOffset? From = null, DateTimeOffset? To = null, string? Who = null, string? Kind = null, string? Subject = null, long? Before = null);

/// <summary>Who did what. The read model says where in the log; events of usage are not looked at, however many there are.</summary>
public sealed class ActivityQuery(NpgsqlDataSource dataSource, PersonNames names)
{
    public static IReadOnlyList<string> Kinds => ActivityType.Kinds;

    /// <summary>A page of activities, the newest first: by place in the log, or, if nothing but a time is asked for, by when they were recorded.</summary>
    /// <param name="limit">How many at most.</param>
    public async Task<IReadOnlyList<ActivityEntry>> ListAsync(ActivityFilter filter, int limit, CancellationToken cancellationToken)
    {
        await names.FreshenAsync(cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var rows = await RowsAsync(connection, filter, limit, cancellationToken);
        var before = await BeforeAsync(connection, rows, cancellationToken);
        var events = await EventsAsync(connection, [.. rows.Select(row => row.SeqId), .. before.Values], cancellationToken);
        return [.. rows.Select(row => EntryOf(row, events.GetValueOrDefault(row.SeqId), before.TryGetValue(row.SeqId, out var seqId) ? events.GetValueOrDefault(seqId) : null))];
    }

    private ActivityEntry EntryOf(Row row, IEvent? data, IEvent? before) => new(
        row.SeqId, row.At, row.By, WhoOf(row.By, row.KeyName), row.From, row.Kind, PersonKinds.Contains(row.Kind) ? names.Of(row.Subject) : row.Subject, ActivityType.All[row.Type].Did, row.Event, row.Type,
        data is null ? [] : [.. ActivityChanges.Between(before, data).Select(Named)], row.TraceParent?.Split('-') is [_, var trace, ..] ? trace : null);

    /// <summary>Kinds whose subject, or a part of it, is a person.</summary>
    private static readonly string[] PersonKinds = ["person", "session", "sign-in-link"];

    private FieldChange Named(FieldChange change) => change.Field == "person"
        ? change with { Before = change.Before is null ? null : names.Of(change.Before), After = change.After is null ? null : names.Of(change.After) }
        : change;

    /// <summary>Who did something, as a reader would say it.</summary>
    /// <param name="keyName">Of a key; null if it is none, or not known.</param>
    private string WhoOf(string by, string? keyName) => by.Split(':', 2) switch
    {
        ["key", var id] => keyName ?? id,
        ["person", var id] => names.Of(id),
        ["link", var name] => name,
        ["command", var command] => command,
        ["host", _] => "SpendTracker",
        _ => by,
    };

    private async Task<List<Row>> RowsAsync(NpgsqlConnection connection, ActivityFilter filter, int limit, CancellationToken cancellationToken)
    {
        // Of a time alone, in its own order, which has an index: else PostgreSQL reads all activities from the newest back to that time. Of who did
        // something, each value by itself: for several together, it would read all from the newest on, too.
        var ofTime = filter is { Who: null, Kind: null, Subject: null } && (filter.From ?? filter.To) is not null;
        var order = ofTime ? "a.recorded_at desc, a.seq_id desc" : "a.seq_id desc";
        var after = ofTime ? "(a.recorded_at, a.seq_id) < ((select b.recorded_at from spend.activity as b where b.seq_id = $7), $7)" : "a.seq_id < $7";
        var matching =
            $"""
            a.tenant_id = $1 and ($2::timestamptz is null or a.recorded_at >= $2) and ($3::timestamptz is null or a.recorded_at < $3)
              and ($5::text is null or a.kind = $5) and ($6::text is null or a.subject = $6 or (a.subject = any($9) and a.kind = any($10))) and ($7::bigint is null or {after})
            order by {order} limit $8
            """;
        await using var command = new NpgsqlCommand(
            $"""
            select a.seq_id, a.recorded_at, a.recorded_by, a.recorded_from, a.kind, a.subject, a.type, a.event, a.stream, a.version, a.trace_parent,
                   (select k.name from spend.activity_key as k where k.tenant_id = a.tenant_id and a.recorded_by = 'key:' || k.key_id)
            from {(filter.Who is null
                ? $"(select a.* from spend.activity as a where {matching}) as a"
                : $"unnest($4::text[]) as w (recorded_by) cross join lateral (select a.* from spend.activity as a where a.recorded_by = w.recorded_by and {matching}) as a")}
            order by {order} limit $8
            """, connection);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = (object?)filter.From ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)filter.To ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = filter.Who is null ? DBNull.Value : await WrittenAsync(connection, filter.Who, cancellationToken), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)filter.Kind ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)filter.Subject ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)filter.Before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = (await names.IdsOfAsync(filter.Subject, cancellationToken)).ToArray() });
        command.Parameters.Add(new() { Value = PersonKinds });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Row> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new(
                reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), Text(reader, 3), reader.GetString(4), reader.GetString(5), reader.GetString(6),
                reader.GetGuid(7), reader.GetString(8), reader.GetInt64(9), Text(reader, 10), Text(reader, 11)));
        }

        return rows;
    }

    /// <summary>
    /// All that who did something may be written as. Few values, so that their index finds the activities: keys are looked up by name, and
    /// commands, which are few, are stepped through one by one in the same index.
    /// </summary>
    private async Task<string[]> WrittenAsync(NpgsqlConnection connection, string who, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with recursive command (recorded_by) as (
                (select a.recorded_by from spend.activity as a where a.tenant_id = $1 and a.recorded_by > 'command:' order by a.recorded_by limit 1)
                union all
                select (select a.recorded_by from spend.activity as a where a.tenant_id = $1 and a.recorded_by > c.recorded_by order by a.recorded_by limit 1)
                from command as c where c.recorded_by like 'command:%')
            select recorded_by from command where recorded_by like 'command:%' and split_part(recorded_by, '/', 2) = $2
            union all
            select 'key:' || k.key_id from spend.activity_key as k where k.tenant_id = $1 and k.name = $2
            """, connection)
        {
            Parameters = { new() { Value = Tenant.Default }, new() { Value = who } },
        };
        List<string> written = [who, $"person:{who}", $"key:{who}", .. (await names.IdsOfAsync(who, cancellationToken)).Select(id => $"person:{id}")];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            written.Add(reader.GetString(0));
        }

        return [.. written.Distinct()];
    }

    /// <summary>Where in the log is what held before: by the index of streams, and of a publication that was withdrawn, by its id.</summary>
    private static async Task<Dictionary<long, long>> BeforeAsync(NpgsqlConnection connection, List<Row> rows, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select a.seq_id, b.seq_id from unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[]) as a (seq_id, stream, version, types, withdrawn)
            cross join lateral (
                (select e.seq_id from {LogTables.Events} as e
                 where e.tenant_id = $1 and e.stream_id = a.stream and e.version < a.version and e.type = any(string_to_array(a.types, ' ')) order by e.version desc limit 1)
                union all
                select e.seq_id from {LogTables.Events} as e where e.id = a.withdrawn::uuid) as b
            """, connection);
        var asked = rows.Where(row => row.Type == "publication_withdrawn" || ActivityType.All[row.Type].Before.Length > 0).ToArray();
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = asked.Select(row => row.SeqId).ToArray() });
        command.Parameters.Add(new() { Value = asked.Select(row => row.Stream).ToArray() });
        command.Parameters.Add(new() { Value = asked.Select(row => row.Version).ToArray() });
        command.Parameters.Add(new() { Value = asked.Select(row => string.Join(' ', ActivityType.All[row.Type].Before)).ToArray() });
        command.Parameters.Add(new()
        {
            Value = asked.Select(row => row.Type == "publication_withdrawn" ? row.Subject : null).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<long, long> before = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            before[reader.GetInt64(0)] = reader.GetInt64(1);
        }

        return before;
    }

    /// <summary>By place; without those that cannot be read here, which another version wrote.</summary>
    private static async Task<Dictionary<long, IEvent>> EventsAsync(NpgsqlConnection connection, long[] places, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select {EventReader.Columns} from {LogTables.Events} where seq_id = any($1)", connection);
        command.Parameters.Add(new() { Value = places });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<long, IEvent> events = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            try
            {
                var stored = EventReader.Read(reader);
                events[stored.SeqId] = stored.Data;
            }
            catch (JsonException)
            {
                // The entry says who and what; what it changed cannot be told.
            }
        }

        return events;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private sealed record Row(
        long SeqId, DateTimeOffset At, string By, string? From, string Kind, string Subject, string Type, Guid Event, string Stream, long Version, string? TraceParent, string? KeyName);
}
