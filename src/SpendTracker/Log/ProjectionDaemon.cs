using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using SpendTracker.Contracts;

namespace SpendTracker.Log;

/// <summary>
/// Keeps the projections at the high-water mark. Any number of hosts may run it on one database: each page of a projection
/// is applied by whichever holds its advisory lock, and the lock ends with the page's transaction. So there is no leader
/// to fail: a host that dies, or hangs and loses its connection, has let go, and the next one takes the next page.
/// </summary>
/// <param name="dataSource">For everything but the pages.</param>
/// <param name="projecting">For the pages: its sessions end when their host hangs, and their locks with them.</param>
public sealed class ProjectionDaemon(
    NpgsqlDataSource dataSource, NpgsqlDataSource projecting, EventStore store, HighWaterMark highWaterMark, IReadOnlyList<Projection> projections,
    EventStoreOptions options, ILogger<ProjectionDaemon> logger)
{
    private const string Channel = "spend_events";

    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);

    private readonly Bell _awake = new();
    private readonly Bell _advanced = new();
    private readonly Dictionary<string, long> _positions = [];
    private volatile bool _announce;

    /// <summary>A projection moved on, here or, as is seen a moment later, on another host; its name. Called on the daemon's loop: be quick.</summary>
    public event Action<string>? Projected;

    /// <summary>How far each projection is, by name, as this host last saw it.</summary>
    public IReadOnlyDictionary<string, long> Positions
    {
        get
        {
            lock (_positions)
            {
                return new Dictionary<string, long>(_positions);
            }
        }
    }

    /// <summary>Runs until cancelled. Outlives a database that goes away and comes back.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        store.Appended += OnAppended;
        try
        {
            await Task.WhenAll([
                ForeverAsync("listening", ListenAsync, cancellationToken),
                ForeverAsync("high-water mark", AdvanceAsync, cancellationToken),
                ForeverAsync("announcing", AnnounceAsync, cancellationToken),
                ForeverAsync("watch over writers", new SilentWriters(dataSource, logger).EndAsync, cancellationToken),
                .. projections.Select(projection => ForeverAsync(projection.Name, token => RunAsync(projection, token), cancellationToken))]);
        }
        finally
        {
            store.Appended -= OnAppended;
        }
    }

    private void OnAppended()
    {
        _announce = true;
        _awake.Ring();
    }

    private Task ForeverAsync(string what, Func<CancellationToken, Task> run, CancellationToken cancellationToken) =>
        Forever.RunAsync($"The daemon's {what}", run, logger, cancellationToken);

    private async Task RunAsync(Projection projection, CancellationToken cancellationToken)
    {
        await using var connection = await projecting.OpenConnectionAsync(cancellationToken);
        store.Recent.Clear();
        var run = new ProjectionRun(connection, projection, options, store.Recent);
        var needsUsage = projection.NeedsUsage;
        while (true)
        {
            var advanced = _advanced.Next;
            var mark = highWaterMark.Current; // Read first: the last that is needed must be known up to here.
            var applied = await run.CatchUpAsync(mark, null, cancellationToken, needsUsage ? long.MaxValue : highWaterMark.LastOther);
            long before;
            lock (_positions)
            {
                before = _positions.GetValueOrDefault(projection.Name);
                _positions[projection.Name] = run.Position;
            }

            if (run.Position > before)
            {
                Projected?.Invoke(projection.Name);
            }

            if (applied > 0)
            {
                continue;
            }

            // Not only when the mark moves: another host, which had this projection's lock, may be gone.
            await Bell.WaitAsync(advanced, options.PollInterval, cancellationToken);
        }
    }

    /// <summary>
    /// Moves the high-water mark, for all projections. While events keep coming it pauses: the mark moves by what a pause
    /// brought, a page folds that, and what it costs is by the key and not by the event.
    /// </summary>
    private async Task AdvanceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var awake = _awake.Next;
            var (before, started) = (highWaterMark.Current, Stopwatch.GetTimestamp());
            if (await highWaterMark.AdvanceAsync(cancellationToken) > before)
            {
                _advanced.Ring();
                var rest = options.PageInterval - Stopwatch.GetElapsedTime(started);
                await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, cancellationToken);
            }

            await Bell.WaitAsync(awake, highWaterMark.Waiting ? TimeSpan.FromMilliseconds(20) : options.PollInterval, cancellationToken);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, _) => _awake.Ring();
        await using (var command = new NpgsqlCommand($"listen {Channel}", connection))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        _awake.Ring(); // Of what happened while nobody listened.

        // A connection that nothing comes from may be dead: who only waits would never learn it.
        await using var sign = new NpgsqlCommand("select", connection);
        while (true)
        {
            if (!await connection.WaitAsync(SignOfLife, cancellationToken))
            {
                await sign.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    /// <summary>
    /// Tells other hosts, at most twenty times a second and outside the appending transactions: PostgreSQL makes the
    /// commits of transactions that notify wait for each other.
    /// </summary>
    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var awake = _awake.Next;
            if (_announce)
            {
                _announce = false;
                await using var command = dataSource.CreateCommand($"notify {Channel}");
                await command.ExecuteNonQueryAsync(cancellationToken);
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
            else
            {
                await awake.WaitAsync(cancellationToken);
            }
        }
    }
}
