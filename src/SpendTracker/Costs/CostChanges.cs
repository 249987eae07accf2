using System.Runtime.InteropServices;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>
/// Which day's costs an event changed last. Who keeps sums in memory reads a month again when one of its days has moved, instead
/// of all months all the time. A price or a closing may change any day.
/// </summary>
internal sealed class CostChanges : IPagePart
{
    public const string Table = "cost_change";

    /// <summary>In the place of a day: all of them.</summary>
    public static readonly DateOnly All = DateOnly.MinValue;

    public const string Create =
        $"""


        create table if not exists {Table} (
            tenant_id text not null,
            day date not null,
            seq_id bigint not null,
            primary key (tenant_id, day)
        ) with (fillfactor = 20);
        """;

    private readonly Dictionary<(string Tenant, DateOnly Day), long> _page = [];

    /// <summary>A price or a closing changes all days. The days of usage come from <see cref="UsageRows"/>, after corrections are known.</summary>
    public void Apply(StoredEvent stored)
    {
        if (stored.Data is not (IUsageEvent or UsageCorrected))
        {
            Of(stored.TenantId, All, stored.SeqId);
        }
    }

    public void Of(string tenant, DateOnly day, long seqId)
    {
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_page, (tenant, day), out _);
        last = Math.Max(last, seqId);
    }

    public void Discard() => _page.Clear();

    public IEnumerable<NpgsqlBatchCommand> Flush()
    {
        if (_page.Count == 0)
        {
            yield break;
        }

        var rows = _page.OrderBy(row => row.Key).ToArray();
        yield return new(
            $"""
            insert into {Table} as c (tenant_id, day, seq_id) select * from unnest($1::text[], $2::date[], $3::bigint[])
            on conflict (tenant_id, day) do update set seq_id = greatest(c.seq_id, excluded.seq_id)
            """)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => row.Key.Tenant) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Day) },
                new() { Value = Array.ConvertAll(rows, row => row.Value) },
            },
        };
    }
}
