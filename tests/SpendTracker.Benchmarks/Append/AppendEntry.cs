using Marten;
using SpendTracker.Events;

namespace SpendTracker.Benchmarks.Append;

/// <summary>One of the ways of <see cref="MartenLoad"/>.</summary>
internal delegate Task MartenWay(DocumentStore store, MartenAppend[][] calls, int callers, CancellationToken cancellationToken);

/// <summary>One way to append, with a database of its own and a count of what was acknowledged.</summary>
internal sealed class AppendEntry : IAsyncDisposable
{
    private readonly BenchmarkServer _server;
    private readonly SpendDatabase _database;
    private LoadedHost? _host;
    private DocumentStore? _marten;
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

    /// <summary>Marten, on the same tables.</summary>
    /// <param name="calls">The calls of a round, by its number.</param>
    public static async Task<AppendEntry> MartenAsync(
        BenchmarkServer server, string name, MartenWay way, Func<int, IEnumerable<EventToAppend[]>> calls, int callers, CancellationToken cancellationToken)
    {
        var entry = new AppendEntry(server, await server.CreateDatabaseAsync(new(), cancellationToken));
        var store = entry._marten = await MartenStore.OpenAsync(entry._database);
        var round = 0;
        entry.Contestant = new Contestant(name, token => entry.AppendAsync(
            way, [.. calls(round++).Select(call => Array.ConvertAll(call, e => MartenStore.Wrap(store, e)))], callers, token));
        return entry;
    }

    public Task VerifyAsync(CancellationToken cancellationToken) => Stored.VerifyAsync(_database.DataSource, Contestant.Name, _acknowledged, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_marten is not null)
        {
            await _marten.DisposeAsync();
        }

        await _server.DropAsync(_database);
    }

    private async Task<Work> AppendAsync(MartenWay way, MartenAppend[][] calls, int callers, CancellationToken cancellationToken)
    {
        var work = await Work.MeasureAsync(_server, calls.Sum(call => call.Length), () => way(_marten!, calls, callers, cancellationToken));
        _acknowledged += work.Count; // Otherwise it would have thrown.
        return work;
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
