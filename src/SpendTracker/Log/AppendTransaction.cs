using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>
/// One transaction of an <see cref="EventWriter"/>: find what is there already, advance the heads of the others' streams in a
/// fixed order, draw their sequence numbers, and copy them in. Two round trips and a commit, whatever the batch's size.
/// </summary>
/// <param name="now">To the microsecond, as it is stored.</param>
/// <param name="rows">The writer's, for the rows on their way: each batch would otherwise need memory of its own.</param>
/// <param name="recent">Gets what was committed.</param>
internal sealed class AppendTransaction(NpgsqlDataSource dataSource, List<PendingAppend> batch, DateTimeOffset now, BinaryRows rows, RecentEvents recent)
{
    // One statement, which changes nothing where an event is there already: a version or a number given to a duplicate would
    // be a gap. Streams come in the order in which their heads are locked, so that writers never deadlock.
    private const string ReserveSql =
        """
        with duplicate as materialized (
            select id from unnest($1) as i (id) where exists (select from spend.mt_events as e where e.id = i.id)),
        head as (
            insert into spend.mt_streams as s (tenant_id, id, version, timestamp, created)
            select tenant_id, stream_id, events, $5, $5 from unnest($2, $3, $4) with ordinality as h (tenant_id, stream_id, events, place)
            where not exists (select from duplicate) order by place
            on conflict (tenant_id, id) do update set version = s.version + excluded.version, timestamp = excluded.timestamp
            returning tenant_id, id, version)
        select (select array_agg(id) from duplicate),
               (select array_agg(h.tenant_id) from head as h), (select array_agg(h.id) from head as h), (select array_agg(h.version) from head as h),
               (select array_agg(nextval('spend.mt_events_sequence')) from generate_series(1, $6) where not exists (select from duplicate))
        """;

    private const string CopySql =
        """
        copy spend.mt_events (
            seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived)
        from stdin (format binary)
        """;

    /// <summary>PostgreSQL works on one part while the next is made; much smaller ones cost a call each.</summary>
    private const int PartBytes = 32 * 1024;

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

        using var connection = dataSource.OpenConnection();
        using var transaction = connection.BeginTransaction();
        var fresh = new FreshEvents([.. first.Values]);
        while (fresh.Count > 0 && Reserve(connection, fresh) is { Length: > 0 } duplicates)
        {
            foreach (var id in duplicates)
            {
                first[id].Outcome = AppendResult.Duplicate; // Until its content has been compared.
            }

            CompareStored(connection, batch.Where(append => first[append.Event.Id].Outcome is not null));
            if (batch[0].Together && IsTurnedAway())
            {
                return;
            }

            fresh = new FreshEvents([.. first.Values.Where(append => append.Outcome is null)]);
        }

        if (fresh.Count > 0)
        {
            Copy(connection, fresh);
        }

        transaction.Commit();
        for (var i = 0; i < fresh.Count; i++)
        {
            recent.Add(fresh[i], fresh.Sequence[i], fresh.Versions[i], now);
        }

        foreach (var repeat in repeats.Where(repeat => repeat.Outcome is null))
        {
            var stored = first[repeat.Event.Id].Event; // It was fresh, so what it brought is what is stored.
            repeat.Outcome = repeat.Event.AgainstStored(stored.Type.Name, stored.Json);
        }
    }

    /// <returns>The ids of those that are there already. Where there are any, nothing was reserved.</returns>
    private Guid[] Reserve(NpgsqlConnection connection, FreshEvents fresh)
    {
        using var command = new NpgsqlCommand(ReserveSql, connection);
        command.Parameters.Add(new() { Value = fresh.Ids });
        command.Parameters.Add(new() { Value = Array.ConvertAll(fresh.Streams, stream => stream.Tenant) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(fresh.Streams, stream => stream.Id) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(fresh.Streams, stream => stream.Events) });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = fresh.Count });
        using var reader = command.ExecuteReader();
        reader.Read();
        if (!reader.IsDBNull(0))
        {
            return reader.GetFieldValue<Guid[]>(0);
        }

        fresh.Number(
            reader.GetFieldValue<string[]>(1), reader.GetFieldValue<string[]>(2), reader.GetFieldValue<long[]>(3), reader.GetFieldValue<long[]>(4));
        return [];
    }

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

    private void Copy(NpgsqlConnection connection, FreshEvents fresh)
    {
#pragma warning disable CA2000 // Disposed of once all is written: that stores the rows. After a fault, the transaction's end cancels it.
        var copy = connection.BeginRawBinaryCopy(CopySql);
#pragma warning restore CA2000
        rows.Clear();
        rows.WriteHeader();
        for (var i = 0; i < fresh.Count; i++)
        {
            var e = fresh[i];
            rows.StartRow(columns: 13);
            rows.Write(fresh.Sequence[i]);
            rows.Write(e.Id);
            rows.Write(e.Stream);
            rows.Write(fresh.Versions[i]);
            rows.WriteJson(e.Json);
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
