using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>What an event counted and counts no longer.</summary>
/// <param name="RecordedOn">The day since which this is known: of the event or of its correction, whichever came later.</param>
/// <param name="SeqId">The place in the log since which it is so, of the same of the two.</param>
internal sealed record TakenBack(StoredEvent Original, DateOnly RecordedOn, long SeqId);

/// <summary>
/// Corrections of a page, and those that wait for their event. An event always counts, and whichever comes second, it or its
/// correction, takes that back. So the rows are the same in whatever order and in whatever pages the two are applied.
/// </summary>
/// <param name="projection">Whose page it is. Its tables are where the connection's are.</param>
internal sealed class PageCorrections(Projection projection, TimeZoneInfo reportingTimeZone) : IPagePart
{
    private const string Waiting = "waiting_correction";
    private const string Applied = "applied_correction";

    public static IReadOnlyList<string> Tables { get; } = [Waiting, Applied];

    public const string Create =
        $"""


        create table if not exists {Waiting} (
            tenant_id text not null,
            event_id uuid not null,
            correction bigint not null,
            known_on date not null,
            primary key (tenant_id, event_id)
        );

        create table if not exists {Applied} (
            tenant_id text not null,
            month date not null,
            event_id uuid not null,
            workload text not null,
            recorded_on date not null,
            primary key (tenant_id, month, event_id)
        );
        """;

    // An event is looked up by its id for each correction that waits, never the other way round: of usage there is much more.
    private const string FindSql =
        $"""
        select {EventReader.Columns}, c.in_page, c.tenant, c.corrects, c.correction, c.known_on,
               exists (select from event_set_aside as s where s.projection = $5 and s.seq_id = e.seq_id)
        from (select true, * from unnest($1::text[], $2::uuid[], $3::bigint[], $4::date[]) union all select false, * from {Waiting})
            as c (in_page, tenant, corrects, correction, known_on)
        cross join lateral (select * from {LogTables.Events} as e where e.id = c.corrects and e.tenant_id = c.tenant offset 0) as e
        """;

    private readonly Dictionary<(string Tenant, Guid Corrects), Correction> _page = [];
    private readonly List<Correction> _settled = [];
    private readonly List<(StoredEvent Original, IUsageEvent Usage, DateOnly Month, DateOnly RecordedOn)> _applied = [];

    private sealed record Correction(string Tenant, Guid Corrects, long SeqId, DateOnly KnownOn);

    /// <exception cref="InvalidDataException">Another program wrote it under an id by which there could be several for one event.</exception>
    public void Apply(StoredEvent stored)
    {
        if (stored.Data is not UsageCorrected correction)
        {
            return;
        }

        if (stored.Id != EventId.OfCorrection(stored.TenantId, correction.Corrects))
        {
            throw new InvalidDataException("Its id does not follow from the id of the event that it corrects.");
        }

        _page.Add(
            (stored.TenantId, correction.Corrects),
            new(stored.TenantId, correction.Corrects, stored.SeqId, BillingPeriod.DayOf(stored.RecordedAt, reportingTimeZone)));
    }

    /// <summary>What is to be taken back: events of the page that a correction waited for, and what its corrections are of.</summary>
    public async Task<IReadOnlyList<TakenBack>> FindAsync(NpgsqlConnection connection, PageBounds page, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindSql, connection);
        AddParameters(command.Parameters, [.. _page.Values]);
        command.Parameters.Add(new() { Value = projection.Name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<TakenBack> found = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            const int own = EventReader.ColumnCount;
            var seqId = reader.GetInt64(0);
            var inPage = reader.GetBoolean(own);
            if (!page.Applies(seqId, setAside: reader.GetBoolean(own + 5)) || !(inPage || page.Contains(seqId)))
            {
                continue;
            }

            Correction correction = new(reader.GetString(own + 1), reader.GetGuid(own + 2), reader.GetInt64(own + 3), reader.GetFieldValue<DateOnly>(own + 4));
            Settle(correction, inPage);
            var original = EventReader.Read(reader);
            if (original.Data is IUsageEvent usage)
            {
                var recordedOn = seqId < correction.SeqId ? correction.KnownOn : BillingPeriod.DayOf(original.RecordedAt, reportingTimeZone);
                found.Add(new(original, recordedOn, Math.Max(seqId, correction.SeqId)));
                var months = UsageQuantities.Of(usage, reportingTimeZone).Select(quantity => BillingPeriod.Of(quantity.Day).Start).Distinct(); // Hosting may span two.
                _applied.AddRange(months.Select(month => (original, usage, month, recordedOn)));
            }
        }

        return found;
    }

    /// <summary>What waits from now on, and what no longer does.</summary>
    public IEnumerable<NpgsqlBatchCommand> Flush()
    {
        if (_page.Count > 0)
        {
            NpgsqlBatchCommand wait = new($"insert into {Waiting} (tenant_id, event_id, correction, known_on) select * from unnest($1::text[], $2::uuid[], $3::bigint[], $4::date[])");
            AddParameters(wait.Parameters, [.. _page.Values]);
            yield return wait;
        }

        if (_settled.Count > 0)
        {
            yield return new($"delete from {Waiting} where (tenant_id, event_id) in (select * from unnest($1::text[], $2::uuid[]))")
            {
                Parameters = { new() { Value = _settled.Select(c => c.Tenant).ToArray() }, new() { Value = _settled.Select(c => c.Corrects).ToArray() } },
            };
        }

        if (_applied.Count > 0)
        {
            yield return new($"insert into {Applied} (tenant_id, month, event_id, workload, recorded_on) select * from unnest($1::text[], $2::date[], $3::uuid[], $4::text[], $5::date[])")
            {
                Parameters =
                {
                    new() { Value = _applied.Select(a => a.Original.TenantId).ToArray() },
                    new() { Value = _applied.Select(a => a.Month).ToArray() },
                    new() { Value = _applied.Select(a => a.Original.Id).ToArray() },
                    new() { Value = _applied.Select(a => a.Usage.Workload).ToArray() },
                    new() { Value = _applied.Select(a => a.RecordedOn).ToArray() },
                },
            };
        }
    }

    public void Discard()
    {
        _page.Clear();
        _settled.Clear();
        _applied.Clear();
    }

    private void Settle(Correction correction, bool inPage)
    {
        if (inPage)
        {
            _page.Remove((correction.Tenant, correction.Corrects));
        }
        else
        {
            _settled.Add(correction);
        }
    }

    private static void AddParameters(NpgsqlParameterCollection parameters, Correction[] corrections)
    {
        parameters.Add(new() { Value = Array.ConvertAll(corrections, c => c.Tenant) });
        parameters.Add(new() { Value = Array.ConvertAll(corrections, c => c.Corrects) });
        parameters.Add(new() { Value = Array.ConvertAll(corrections, c => c.SeqId) });
        parameters.Add(new() { Value = Array.ConvertAll(corrections, c => c.KnownOn) });
    }
}
