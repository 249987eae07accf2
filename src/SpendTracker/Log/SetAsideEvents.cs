using System.Globalization;
using Npgsql;
using SpendTracker.Contracts;

namespace SpendTracker.Log;

/// <summary>A page of what is set aside, the latest first.</summary>
/// <param name="Total">How many are set aside in all, at the moment when the page was read.</param>
/// <param name="Items">At most <see cref="SetAsideEvents.MostListed"/>.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
public sealed record SetAsidePage(long Total, IReadOnlyList<SetAsideEvent> Items, SetAsidePlace? Next);

/// <summary>The place of an event in the list of what is set aside.</summary>
public readonly record struct SetAsidePlace(DateTimeOffset SetAsideAt, long SeqId, string Projection)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SetAsideAt.UtcTicks} {SeqId} {Projection}");

    public static bool TryParse(string text, out SetAsidePlace place)
    {
        place = default;
        if (text.Split(' ') is not [var at, var seqId, var projection]
            || !long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks > DateTime.MaxValue.Ticks
            || !long.TryParse(seqId, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        place = new(new DateTimeOffset(ticks, TimeSpan.Zero), number, projection);
        return true;
    }
}

/// <summary>Shows what was set aside, and tries it again: after an upgrade that knows the type, or when something was put right.</summary>
/// <param name="projections">Makes the projections anew: each holds a page of its own, and two callers may retry at once.</param>
public sealed class SetAsideEvents(
    NpgsqlDataSource dataSource, Func<IReadOnlyList<Projection>> projections, ProjectionRebuild rebuild, EventStoreOptions options)
{
    /// <summary>Most that a page holds: the beginning of each event is in it.</summary>
    public const int MostListed = 200;

    // A poison event may be of any size, so its text is made only where that is cheap.
    private static string Excerpt(string column) => $"case when pg_column_size({column}) > 65536 then '(larger than 64 KiB)' else left({column}::text, 10000) end";

    /// <summary>Reads a page. One statement reads the page and the total, so that they are of one moment.</summary>
    /// <param name="most">Events at most; more than <see cref="MostListed"/> are never given.</param>
    /// <param name="after">The place of the last event of the page before; null for the first page.</param>
    public async Task<SetAsidePage> ListAsync(int most, SetAsidePlace? after, CancellationToken cancellationToken)
    {
        most = Math.Min(most, MostListed);
        await using var command = dataSource.CreateCommand(
            $"""
            select t.total, p.* from (select count(*) as total from spend.event_set_aside) as t left join lateral (
                select s.projection, s.seq_id, s.reason, s.set_aside_at, s.attempts, s.last_tried_at, e.id, e.type, e.stream_id, e.version,
                       {Excerpt("e.data")} as data, {Excerpt("e.headers")} as headers
                from spend.event_set_aside as s left join spend.mt_events as e using (seq_id)
                where $1::timestamptz is null or (s.set_aside_at, s.seq_id, s.projection) < ($1, $2, $3)
                order by s.set_aside_at desc, s.seq_id desc, s.projection desc limit $4) as p on true
            order by p.set_aside_at desc, p.seq_id desc, p.projection desc
            """);
        command.Parameters.Add(new() { Value = (object?)after?.SetAsideAt ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = after?.SeqId ?? 0 });
        command.Parameters.Add(new() { Value = after?.Projection ?? "" });
        command.Parameters.Add(new() { Value = most + 1 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<SetAsideEvent> events = [];
        var total = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            total = reader.GetInt64(0);
            if (!reader.IsDBNull(1))
            {
                events.Add(new SetAsideEvent(
                    reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt32(5),
                    reader.GetFieldValue<DateTimeOffset>(6), reader.IsDBNull(7) ? null : reader.GetGuid(7), Text(reader, 8), Text(reader, 9),
                    reader.IsDBNull(10) ? null : reader.GetInt64(10), Text(reader, 11), Text(reader, 12)));
            }
        }

        SetAsideEvent[] page = [.. events.Take(most)];
        return new(total, page, events.Count > most ? new(page[^1].SetAsideAt, page[^1].SeqId, page[^1].Projection) : null);
    }

    /// <summary>How many are set aside now, by projection; also where there are none.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select projection, count(*) from spend.event_set_aside group by projection");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = projections().ToDictionary(projection => projection.Name, _ => 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            counts[reader.GetString(0)] = reader.GetInt64(1);
        }

        return counts;
    }

    /// <summary>How many events are set aside now, each once however many read models could not take it.</summary>
    public async Task<long> CountEventsAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select count(distinct seq_id) from spend.event_set_aside");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Whether events can be tried one by one; else trying one is a rebuild of the projection, which tries all of its.</summary>
    public bool IsByEvent(string projection) => projections().Any(known => known.Name == projection && known.TakesAnyOrder);

    /// <summary>
    /// Tries events again, those first that were not tried for longest. Afterwards the read models are what a replay gives: an
    /// event is applied by itself only where order does not matter, and otherwise its projection is rebuilt.
    /// </summary>
    /// <param name="projection">Only this one's; null for all.</param>
    /// <param name="seqId">Only this event; null for all.</param>
    public async Task<RetryResult> RetryAsync(string? projection, long? seqId, int most, CancellationToken cancellationToken)
    {
        var events = await FindAsync(projection, seqId, most, cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        foreach (var known in projections())
        {
            var own = events.Where(e => e.Projection == known.Name).ToArray();
            if (own.Length > 0 && !known.TakesAnyOrder)
            {
                await rebuild.RebuildAsync(known, null, cancellationToken);
                continue;
            }

            var run = new ProjectionRun(connection, known, options);
            foreach (var e in own)
            {
                await run.RetryAsync(e.SeqId, cancellationToken);
            }
        }

        var left = (await FindAsync(projection, seqId, int.MaxValue, cancellationToken)).ToHashSet();
        return new RetryResult(events.Count, events.Count(e => !left.Contains(e)), (await CountAsync(cancellationToken)).Values.Sum());
    }

    private async Task<List<(string Projection, long SeqId)>> FindAsync(string? projection, long? seqId, int most, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select projection, seq_id from spend.event_set_aside
            where ($1::text is null or projection = $1) and ($2::bigint is null or seq_id = $2)
            order by last_tried_at, seq_id limit $3
            """);
        command.Parameters.Add(new() { Value = (object?)projection ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)seqId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(string Projection, long SeqId)> found = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return found;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
