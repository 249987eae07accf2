using System.Diagnostics;
using Npgsql;

namespace SpendTracker.LocalPostgres;

/// <summary>One server's place with all that is needed to start and stop it there.</summary>
internal sealed class ServerHome(DataPlace place, ServerUser user, PostgresSearch search)
{
    // A first start may fetch PostgreSQL while others wait for it.
    private static readonly TimeSpan TurnLimit = TimeSpan.FromMinutes(12);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan WritingLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Cluster _cluster = new(place, user);

    public DataPlace Place => place;

    public Func<int, int> ChoosePort { get; init; } = PortChoice.Choose;

    public static async Task<ServerHome> OpenAsync(
        LocalServerOptions options, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        var user = await ServerUser.ChooseAsync(cancellationToken);
        var folders = new UserFolders(variable, user);
        var place = await DataPlace.OpenAsync(options, user, folders, cancellationToken);
        return new(place, user, new(variable, user, folders, options.Progress));
    }

    public async Task<LocalServer> StartAsync(LocalServerOptions options, CancellationToken cancellationToken)
    {
        using var turn = await FileLock.TakeAsync(place.Lock, TurnLimit, cancellationToken);
        if (options.Reset)
        {
            await StopRunningAsync(null, cancellationToken);
            place.Clear();
        }
        else if (await RunningAsync(cancellationToken) is { } running)
        {
            return await UseAsync(running, options, cancellationToken);
        }

        var binaries = await search.FindAsync(_cluster.Major(), cancellationToken);
        var record = await _cluster.EnsureAsync(binaries, options.Progress, cancellationToken);
        var start = new ServerStart(place, user, options) { ChoosePort = ChoosePort };
        var postmaster = await start.RunAsync(binaries, record, _cluster, cancellationToken);
        try
        {
            await CheckPasswordAsync(record, postmaster.Port, cancellationToken);
        }
        catch
        {
            await new ServerStop(place, user).CleanlyAsync(binaries, CancellationToken.None); // The caller gets nothing to stop it with.
            throw;
        }

        return new(this, record, postmaster, startedHere: true, options);
    }

    /// <summary>The server of this place that runs now; null if there is none.</summary>
    public Postmaster? Running() => Postmaster.Read(place.Data) is { } postmaster && postmaster.IsRunning() ? postmaster : null;

    /// <summary>Whether the process that started the server, or took it over, still runs.</summary>
    public bool OwnerRuns() => ServerRecord.Read(place)?.OwnerRuns() == true;

    /// <summary>Starts a server again that was started here and ended by itself, on its port: connection strings name it.</summary>
    /// <returns>Null if it is no longer ours: somebody has stopped it on purpose, or another process has taken it over.</returns>
    public async Task<Postmaster?> StartAgainAsync(int port, LocalServerOptions options, CancellationToken cancellationToken)
    {
        if (ServerRecord.Read(place)?.IsOurs() != true)
        {
            return null;
        }

        using var turn = await FileLock.TakeAsync(place.Lock, TurnLimit, cancellationToken);
        if (ServerRecord.Read(place) is not { } record || !record.IsOurs() || await RunningAsync(cancellationToken) is not null)
        {
            return null;
        }

        var binaries = await search.FindAsync(_cluster.Major() ?? throw _cluster.NoData(), cancellationToken);
        var start = new ServerStart(place, user, options with { Progress = null }) { ChoosePort = _ => port };
        return await start.RunAsync(binaries, record, _cluster, cancellationToken);
    }

    /// <param name="processId">A server started here later is another's, and left alone.</param>
    public async Task StopAsync(int processId, CancellationToken cancellationToken)
    {
        // A server about to be found by another process must not stop under its hands half way.
        using var turn = await FileLock.TakeAsync(place.Lock, TurnLimit, cancellationToken);
        await StopRunningAsync(processId, cancellationToken);
    }

    private async Task StopRunningAsync(int? processId, CancellationToken cancellationToken)
    {
        if (Postmaster.Read(place.Data) is { } postmaster && postmaster.IsRunning()
            && (processId ?? postmaster.ProcessId) == postmaster.ProcessId)
        {
            // The programs it was started from may have been removed since; any others can stop it too.
            var binaries = ServerRecord.Read(place)?.Binaries;
            binaries = binaries is not null && PostgresBinaries.IsComplete(binaries.Folder)
                ? binaries
                : await search.FindAsync(null, cancellationToken);
            Disown();
            await new ServerStop(place, user).CleanlyAsync(binaries, cancellationToken);
        }
    }

    /// <summary>Its owner is not to start it again.</summary>
    private void Disown()
    {
        if (ServerRecord.Read(place) is { } record)
        {
            record.Owner = null;
            record.Write(place);
        }
    }

    /// <summary>The server that runs and answers, or null. One that starts or stops just now is waited for.</summary>
    private async Task<Postmaster?> RunningAsync(CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(Pause, cancellationToken))
        {
            switch (Postmaster.Read(place.Data))
            {
                case null:
                    return null;
                case { IsEmpty: true } when waited.Elapsed < WritingLimit:
                    break;
                case var stale when !stale.IsRunning():
                    stale.DeleteStale();
                    return null;
                case { IsReady: true } ready:
                    return ready;
                case var starting when waited.Elapsed > ReadyLimit:
                    throw new LocalPostgresException(
                        $"A PostgreSQL server with process id {starting.ProcessId} holds {place.Data} but does not get ready. "
                        + $"See {place.Log}, or end that process.");
            }
        }
    }

    private async Task<LocalServer> UseAsync(Postmaster running, LocalServerOptions options, CancellationToken cancellationToken)
    {
        var record = ServerRecord.Read(place) ?? throw _cluster.NoRecord();
        await CheckPasswordAsync(record, running.Port, cancellationToken);
        var adopted = !record.OwnerRuns();
        if (adopted)
        {
            record.Owner = RunningProcess.Find(Environment.ProcessId);
            record.Port = running.Port;
            record.Write(place);
        }

        return new(this, record, running, adopted, options);
    }

    private async Task CheckPasswordAsync(ServerRecord record, int port, CancellationToken cancellationToken)
    {
        var target = record.ConnectionString(port, "postgres");
        target.Pooling = false;
        await using var connection = new NpgsqlConnection(target.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new LocalPostgresException(
                $"The PostgreSQL server on 127.0.0.1:{port} does not accept the connection: {e.Message}. See {place.Log}. "
                + $"If {place.Record} was replaced, restore it from a backup; or start over with an empty database: demo --reset.", e);
        }
    }
}
