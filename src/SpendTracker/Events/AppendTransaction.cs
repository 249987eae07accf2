using Npgsql;
using SpendTracker.Contracts;

namespace SpendTracker.Events;

/// <summary>
/// One transaction of an <see cref="EventWriter"/>: drop what is there already, advance the stream heads in a fixed order,
/// draw sequence numbers for what is left, and copy it in. Three round trips and a commit, whatever the batch's size.
/// </summary>
/// <param name="rows">The writer's, for the rows on their way: each batch would otherwise need memory of its own.</param>
internal sealed class AppendTransaction(NpgsqlDataSource dataSource, List<PendingAppend> batch, DateTimeOffset now, BinaryRows rows)
{
    // One statement, so that the duplicates are known before heads advance and numbers are drawn: a version or a number
    // given to a duplicate would be a gap. Heads are locked in the order of their ids, so that writers never deadlock.
    private const string ReserveSql =
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

    private const string CopySql =
        """
        copy spend.mt_events (
            seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived)
        from stdin (format binary)
        """;

    /// <summary>PostgreSQL works on one part while the next is made; much smaller ones cost a call each.</summary>
    private const int PartBytes = 32 * 1024;

    private readonly Dictionary<(string Tenant, string Stream), long> _heads = [];

    public void Run()
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
        using var connection = dataSource.OpenConnection();
        using var transaction = connection.BeginTransaction();
        if (batch[0].Together)
        {
            CompareStored(connection, batch); // Before numbers are drawn, since turning the call away would lose them.
            if (IsTurnedAway())
            {
                return;
            }
        }

        var sequence = Reserve(connection, incoming);
        CompareStored(connection, batch.Where(append => first[append.Event.Id].Outcome is not null));
        if (batch[0].Together && IsTurnedAway())
        {
            return; // Another host was faster. What it stored is not undone, and nothing of this is stored.
        }

        var fresh = incoming.Where(append => append.Outcome is null).ToArray();
        if (fresh.Length > 0)
        {
            Copy(connection, fresh, sequence);
        }

        transaction.Commit();
        foreach (var repeat in repeats.Where(repeat => repeat.Outcome is null))
        {
            var stored = first[repeat.Event.Id].Event; // It was fresh, so what it brought is what is stored.
            repeat.Outcome = repeat.Event.AgainstStored(stored.Type.Name, stored.Data);
        }
    }

    private long[] Reserve(NpgsqlConnection connection, PendingAppend[] incoming)
    {
        using var command = new NpgsqlCommand(ReserveSql, connection);
        command.Parameters.Add(new() { Value = Array.ConvertAll(incoming, append => append.Event.Id) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(incoming, append => append.Event.TenantId) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(incoming, append => append.Event.Stream) });
        command.Parameters.Add(new() { Value = now });
        using var reader = command.ExecuteReader();
        reader.Read();
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
    private static void CompareStored(NpgsqlConnection connection, IEnumerable<PendingAppend> appends)
    {
        var duplicates = appends.ToLookup(append => append.Event.Id);
        if (duplicates.Count == 0)
        {
            return;
        }

        using var command = new NpgsqlCommand("select id, type, data from spend.mt_events where id = any($1)", connection);
        command.Parameters.Add(new() { Value = duplicates.Select(same => same.Key).ToArray() });
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var (id, type, data) = (reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2));
            foreach (var duplicate in duplicates[id])
            {
                duplicate.Outcome = duplicate.Event.AgainstStored(type, data);
            }
        }
    }

    /// <summary>Whether one of the events conflicts. Then none of them may be stored.</summary>
    private bool IsTurnedAway()
    {
        if (batch.TrueForAll(append => append.Outcome?.Status != AppendStatus.Conflict))
        {
            return false;
        }

        foreach (var append in batch.Where(append => append.Outcome?.Status != AppendStatus.Conflict))
        {
            append.Outcome = AppendResult.NotAlone;
        }

        return true;
    }

    private void Copy(NpgsqlConnection connection, PendingAppend[] fresh, long[] sequence)
    {
        // A head is the version after the whole batch, so the first event's version is that less the stream's events, plus one.
        foreach (var append in fresh)
        {
            _heads[(append.Event.TenantId, append.Event.Stream)]--;
        }

#pragma warning disable CA2000 // Disposed of once all is written: that stores the rows. After a fault, the transaction's end cancels it.
        var copy = connection.BeginRawBinaryCopy(CopySql);
#pragma warning restore CA2000
        rows.Clear();
        rows.WriteHeader();
        for (var i = 0; i < fresh.Length; i++)
        {
            var e = fresh[i].Event;
            rows.StartRow(columns: 13);
            rows.Write(sequence[i]);
            rows.Write(e.Id);
            rows.Write(e.Stream);
            rows.Write(++_heads[(e.TenantId, e.Stream)]);
            rows.WriteJson(e.Data);
            rows.Write(e.Type.Name);
            rows.Write(now);
            rows.Write(e.TenantId);
            rows.Write(e.Type.DotNetName);
            rows.Write(e.CorrelationId);
            rows.Write(e.CausationId);
            rows.WriteJson(e.Headers);
            rows.Write(false);
            if (rows.Bytes.Length >= PartBytes)
            {
                copy.Write(rows.Bytes);
                rows.Clear();
            }
        }

        rows.WriteTrailer();
        copy.Write(rows.Bytes);
        copy.Dispose();
    }
}
