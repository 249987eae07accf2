using Npgsql;

namespace SpendTracker.Benchmarks;

/// <summary>Fast and wrong is no result: what was acknowledged must be there, once, in the log and in the numbers.</summary>
internal static class Stored
{
    /// <summary>Finds streams with gaps, events without a stream, and heads that are not at the last event, each in words.</summary>
    public const string BrokenStreams =
        """
        select coalesce(s.id, e.stream_id) || ': head ' || coalesce(s.version, -1) || ', '
            || coalesce(e.events, 0) || ' events from version ' || coalesce(e.first, 0) || ' to ' || coalesce(e.last, 0)
        from spend.mt_streams as s
        full join (select tenant_id, stream_id, count(*) as events, min(version) as first, max(version) as last
                   from spend.mt_events group by tenant_id, stream_id) as e on (e.tenant_id, e.stream_id) = (s.tenant_id, s.id)
        where (s.version, e.first, e.last) is distinct from (e.events, 1::bigint, e.events)
          -- A head that raw COPY was given, and has not used, is in order.
          and not (s.version = 0 and e.events is null)
          -- Marten puts in here what takes the numbers of a session that failed.
          and coalesce(s.id, e.stream_id) <> 'mt_tombstone'
        """;

    private const string Count = "select count(*) from spend.mt_events where type = 'token_usage_recorded'";

    /// <summary>All that was acknowledged is stored, nothing else is, and no stream has a gap.</summary>
    public static async Task VerifyAsync(NpgsqlDataSource dataSource, string name, long acknowledged, CancellationToken cancellationToken)
    {
        var stored = await Sql.ScalarAsync<long>(dataSource, Count, cancellationToken);
        var broken = await Sql.ScalarAsync<long>(dataSource, $"select count(*) from ({BrokenStreams}) as broken", cancellationToken);
        if (stored != acknowledged || broken != 0)
        {
            throw new BenchmarkFailedException($"{name}: {acknowledged} events were acknowledged, {stored} are stored, and {broken} streams have gaps.");
        }
    }

    /// <summary>Each stored event is in the daily rows, once.</summary>
    public static async Task VerifyProjectedAsync(NpgsqlDataSource dataSource, string name, CancellationToken cancellationToken)
    {
        var (stored, projected) = (await Sql.ScalarAsync<long>(dataSource, Count, cancellationToken), await ProjectedAsync(dataSource, cancellationToken));
        if (projected != stored)
        {
            throw new BenchmarkFailedException($"{name}: {stored} events are stored, and {projected} were projected.");
        }
    }

    /// <returns>How many events the daily rows count.</returns>
    public static Task<long> ProjectedAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken) =>
        Sql.ScalarAsync<long>(dataSource, "select coalesce(sum(events), 0)::bigint from spend.daily_usage join spend.cost_line using (line_id) where meter = 'requests'", cancellationToken);
}
