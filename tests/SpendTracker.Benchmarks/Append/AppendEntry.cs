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

    public Task VerifyAsync(CancellationToken cancellationToken) => Stored.VerifyAsync(_database.DataSource, Contestant.Name, _acknowledged, cancellationToken);

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
        var (work, appended) = await StoreLoad.AppendAsync(_server, _database.Store, calls, callers, cancellationToken);
        _acknowledged += appended;
        return work;
    }

    private async Task<Work> RequestAsync(IReadOnlyList<LoadRequest> requests, CancellationToken cancellationToken)
    {
        List<double> latencies = [];
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
