using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Benchmarks.Append;

/// <summary>One way to append, with a database of its own and a count of what was acknowledged.</summary>
internal sealed class AppendEntry : IAsyncDisposable
{
    private readonly BenchmarkServer _server;
    private readonly SpendDatabase _database;
    private LoadedHost? _host;
    private long _acknowledged;

    private AppendEntry(BenchmarkServer server, SpendDatabase database)
    {
        _server = server;
        _database = database;
    }

    public Contestant Contestant { get; private set; } = null!;

    /// <summary>The store itself.</summary>
    public static async Task<AppendEntry> DirectAsync(
        BenchmarkServer server, string name, int events, int workloads, int callers, int batch, CancellationToken cancellationToken)
    {
        var entry = new AppendEntry(server, await server.CreateDatabaseAsync(new(), cancellationToken));
        var source = new UsageEvents(workloads);
        entry.Contestant = new Contestant(name, token => entry.AppendAsync([.. source.Stored(events).Chunk(batch)], callers, token));
        return entry;
    }

    /// <summary>The whole host, by requests.</summary>
    public static async Task<AppendEntry> HttpAsync(
        BenchmarkServer server, string name, int events, int workloads, int connections, int batch, CancellationToken cancellationToken)
    {
        var entry = new AppendEntry(server, await server.CreateDatabaseAsync(new(), cancellationToken));
        entry._host = await LoadedHost.StartAsync(entry._database, connections, cancellationToken);
        var source = new UsageEvents(workloads);
        entry.Contestant = new Contestant(name, token => entry.RequestAsync(entry._host.Requests(source.Json(events), batch), token));
        return entry;
    }

    /// <summary>Fast and wrong is no result: what was acknowledged must be stored, once, and no stream may have a gap.</summary>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var stored = await Sql.ScalarAsync<long>(
            _database.DataSource, "select count(*) from spend.mt_events where type = 'token_usage_recorded'", cancellationToken);
        var broken = await Sql.ScalarAsync<long>(
            _database.DataSource,
            """
            select count(*)
            from spend.mt_streams as s
            full join (select tenant_id, stream_id, count(*) as events, min(version) as first, max(version) as last
                       from spend.mt_events group by tenant_id, stream_id) as e on (e.tenant_id, e.stream_id) = (s.tenant_id, s.id)
            where (s.version, e.first, e.last) is distinct from (e.events, 1::bigint, e.events)
            """,
            cancellationToken);
        if (stored != _acknowledged || broken != 0)
        {
            throw new BenchmarkFailedException($"{Contestant.Name}: {_acknowledged} events were acknowledged, {stored} are stored, and {broken} streams have gaps.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        await _server.DropAsync(_database);
    }

    private async Task<Work> AppendAsync(EventToAppend[][] calls, int callers, CancellationToken cancellationToken)
    {
        var next = -1;
        async Task CallAsync()
        {
            while (Interlocked.Increment(ref next) is var call && call < calls.Length)
            {
                var results = await _database.Store.AppendAsync(calls[call], cancellationToken);
                Interlocked.Add(ref _acknowledged, results.Count(result => result.Status == AppendStatus.Appended));
            }
        }

        return await Work.MeasureAsync(
            _server, calls.Sum(call => call.Length), () => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync, cancellationToken))));
    }

    private async Task<Work> RequestAsync(IReadOnlyList<LoadRequest> requests, CancellationToken cancellationToken)
    {
        double[] latencies = [];
        var work = await Work.MeasureAsync(
            _server, requests.Sum(request => request.Events), async () => latencies = await _host!.LoadAsync(requests, cancellationToken));
        _acknowledged += work.Count; // Each was answered 200: all of its events are stored.
        if (Contestant.Counts)
        {
            Contestant.Latencies.AddRange(latencies);
        }

        return work;
    }
}
