using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>A host without HTTP: an opened database in this process, with or without a daemon.</summary>
internal sealed class StoreHost(string connectionString, EventStoreOptions options, bool withDaemon) : SoakHost
{
    private volatile SpendDatabase? _database;
    private CancellationTokenSource? _stop;
    private Task _daemon = Task.CompletedTask;

    public SpendDatabase Database => _database ?? throw new ObjectDisposedException("The host is being restarted.");

    public static async Task<StoreHost> StartAsync(string connectionString, EventStoreOptions options, bool withDaemon, CancellationToken cancellationToken)
    {
        var host = new StoreHost(connectionString, options, withDaemon);
        await host.BeginAsync(cancellationToken);
        return host;
    }

    public override async Task<AppendStatus[]> AppendAsync(IReadOnlyList<SoakEvent> events, CancellationToken cancellationToken)
    {
        var results = await Database.Store.AppendAsync([.. events.Select(e => e.ToAppend())], cancellationToken);
        return Array.ConvertAll(results, result => result.Status);
    }

    public override Task<AppendStatus> CorrectAsync(SoakCorrection correction, CancellationToken cancellationToken) => correction.StoreAsync(Database, cancellationToken);

    public override async ValueTask DisposeAsync() => await EndAsync();

    protected override async Task BeginAsync(CancellationToken cancellationToken)
    {
        _stop = new CancellationTokenSource();
        var database = await SpendDatabase.OpenAsync(new() { ConnectionString = connectionString, Events = options }, cancellationToken);
        _daemon = withDaemon ? Task.Run(() => database.CreateDaemon().RunAsync(_stop.Token), CancellationToken.None) : Task.CompletedTask;
        _database = database;
    }

    protected override async Task EndAsync()
    {
        var database = Interlocked.Exchange(ref _database, null);
        if (_stop is not null)
        {
            await _stop.CancelAsync();
            await _daemon;
            _stop.Dispose();
            _stop = null;
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }
}
