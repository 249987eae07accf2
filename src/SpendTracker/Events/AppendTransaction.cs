using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;

namespace SpendTracker.Events;

/// <summary>
/// One transaction of an <see cref="EventWriter"/>: drop what is there already, advance the stream heads in a fixed order,
/// draw sequence numbers for what is left, and copy it in. Three round trips and a commit, whatever the batch's size.
/// </summary>
internal sealed class AppendTransaction(NpgsqlDataSource dataSource, List<PendingAppend> batch, DateTimeOffset now)
{
    // One statement, so that the duplicates are known before heads advance and numbers are drawn: a version or a number
    // given to a duplicate would be a gap. Heads are locked in the order of their ids, so that writers never deadlock.
    private const string Reserve =
        """
        with incoming as materialized (
            select id, tenant_id, stream_id, place
            from unnest($1, $2, $3) with ordinality as i (id, tenant_id, stream_id, place)),
        fresh as materialized (
            select * from incoming as i where not exists (select from spend.mt_events as e where e.id = i.id)),
        head as (
            insert into spend.mt_streams as s (tenant_id, id, version, timestamp, created)
            select tenant_id, stream_id, count(*), $4, $4 from fresh group by tenant_id, stream_id order by tenant_id, stream_id
            on conflict (tenant_id, id) do update set version = s.version + excluded.version, timestamp = excluded.timestamp
            returning tenant_id, id, version)
        select (select array_agg(place) from fresh),
               (select array_agg(h.tenant_id) from head as h), (select array_agg(h.id) from head as h), (select array_agg(h.version) from head as h),
               (select array_agg(nextval('spend.mt_events_sequence')) from fresh)
        """;

    private const string Copy =
        """
        copy spend.mt_events (
            seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived)
        from stdin (format binary)
        """;

    private readonly Dictionary<(string Tenant, string Stream), long> _heads = [];

    public async Task RunAsync()
    {
        // Two events of one batch with one id: the first is appended, the others are compared with it.
        Dictionary<Guid, PendingAppend> first = [];
        List<PendingAppend> repeats = [];
        foreach (var append in batch)
        {
            append.Outcome = null;
            if (!first.TryAdd(append.Event.Id, append))
            {
                repeats.Add(append);
            }
        }

        var incoming = first.Values.ToArray();
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var sequence = await ReserveAsync(connection, incoming);
        await CompareDuplicatesAsync(connection, first);
        var fresh = incoming.Where(append => append.Outcome is null).ToArray();
        if (fresh.Length > 0)
        {
            await CopyAsync(connection, fresh, sequence);
        }

        await transaction.CommitAsync();
        foreach (var repeat in repeats.Where(repeat => repeat.Outcome is null))
        {
            var stored = first[repeat.Event.Id].Event; // It was fresh, so what it brought is what is stored.
            repeat.Outcome = repeat.AgainstStored(stored.Type.Name, stored.Data);
        }
    }

    private async Task<long[]> ReserveAsync(NpgsqlConnection connection, PendingAppend[] incoming)
    {
        await using var command = new NpgsqlCommand(Reserve, connection);
        command.Parameters.Add(new() { Value = Array.ConvertAll(incoming, append => append.Event.Id) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(incoming, append => append.Event.TenantId) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(incoming, append => append.Event.Stream) });
        command.Parameters.Add(new() { Value = now });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        foreach (var append in incoming)
        {
            append.Outcome = AppendResult.Duplicate; // Unless it is fresh, and until its content has been compared.
        }

        foreach (var place in Longs(reader, 0))
        {
            incoming[place - 1].Outcome = null;
        }

        if (!reader.IsDBNull(1))
        {
            var tenants = reader.GetFieldValue<string[]>(1);
            var streams = reader.GetFieldValue<string[]>(2);
            var versions = Longs(reader, 3);
            for (var i = 0; i < streams.Length; i++)
            {
                _heads.Add((tenants[i], streams[i]), versions[i]);
            }
        }

        return Longs(reader, 4);
    }

    private static long[] Longs(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? [] : reader.GetFieldValue<long[]>(column);

    /// <summary>Each by itself, repeats too: of two with one id, one may be what is stored and the other contradict it.</summary>
    private async Task CompareDuplicatesAsync(NpgsqlConnection connection, Dictionary<Guid, PendingAppend> first)
    {
        var duplicates = batch.Where(append => first[append.Event.Id].Outcome is not null).ToLookup(append => append.Event.Id);
        if (duplicates.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand("select id, type, data from spend.mt_events where id = any($1)", connection);
        command.Parameters.Add(new() { Value = duplicates.Select(same => same.Key).ToArray() });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var (id, type, data) = (reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2));
            foreach (var duplicate in duplicates[id])
            {
                duplicate.Outcome = duplicate.AgainstStored(type, data);
            }
        }
    }

    private async Task CopyAsync(NpgsqlConnection connection, PendingAppend[] fresh, long[] sequence)
    {
        // A head is the version after the whole batch, so the first event's version is that less the stream's events, plus one.
        foreach (var append in fresh)
        {
            _heads[(append.Event.TenantId, append.Event.Stream)]--;
        }

        await using var copy = await connection.BeginBinaryImportAsync(Copy);
        for (var i = 0; i < fresh.Length; i++)
        {
            var e = fresh[i].Event;
            await copy.StartRowAsync();
            await copy.WriteAsync(sequence[i], NpgsqlDbType.Bigint);
            await copy.WriteAsync(e.Id, NpgsqlDbType.Uuid);
            await copy.WriteAsync(e.Stream, NpgsqlDbType.Varchar);
            await copy.WriteAsync(++_heads[(e.TenantId, e.Stream)], NpgsqlDbType.Bigint);
            await copy.WriteAsync(e.Data, NpgsqlDbType.Jsonb);
            await copy.WriteAsync(e.Type.Name, NpgsqlDbType.Varchar);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz);
            await copy.WriteAsync(e.TenantId, NpgsqlDbType.Varchar);
            await copy.WriteAsync(e.Type.DotNetName, NpgsqlDbType.Varchar);
            await WriteTextOrNullAsync(copy, e.CorrelationId);
            await WriteTextOrNullAsync(copy, e.CausationId);
            await copy.WriteAsync(e.Headers, NpgsqlDbType.Jsonb);
            await copy.WriteAsync(false, NpgsqlDbType.Boolean);
        }

        await copy.CompleteAsync();
    }

    private static Task WriteTextOrNullAsync(NpgsqlBinaryImporter copy, string? text) =>
        text is null ? copy.WriteNullAsync() : copy.WriteAsync(text, NpgsqlDbType.Varchar);
}
