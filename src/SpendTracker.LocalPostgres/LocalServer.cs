using Npgsql;

namespace SpendTracker.LocalPostgres;

/// <summary>
/// A private PostgreSQL server for the demo, development and tests, on 127.0.0.1 with a generated password. The first
/// process to start a folder's server owns it; others use it for as long as the owner lets it run.
/// </summary>
public sealed class LocalServer : IAsyncDisposable
{
    private readonly ServerHome _home;
    private readonly ServerRecord _record;
    private readonly ServerWatch _watch;

    internal LocalServer(ServerHome home, ServerRecord record, Postmaster postmaster, bool startedHere, LocalServerOptions options)
    {
        _home = home;
        _record = record;
        Port = postmaster.Port;
        StartedHere = startedHere;
        _watch = new ServerWatch(home, postmaster, startedHere, options);
    }

    /// <summary>On 127.0.0.1. The same over restarts, as long as no other program takes it.</summary>
    public int Port { get; }

    /// <summary>The postmaster's process id. Another one after the server was killed and started again.</summary>
    public int ProcessId => _watch.ProcessId;

    /// <summary>
    /// Why the server is gone and does not come back by itself. Null while it runs or is being started again: one that was started
    /// here and ends without being told to is started again within seconds.
    /// </summary>
    public string? Fault => _watch.Fault;

    /// <summary>E.g. <c>15.18</c>.</summary>
    public string Version => _record.Binaries?.Version ?? "";

    /// <summary>PostgreSQL's own data folder.</summary>
    public string DataFolder => _home.Place.Data;

    /// <summary>What the server logs.</summary>
    public string LogFile => _home.Place.Log;

    /// <summary>
    /// False: it already ran, a living process of ours owns it, and disposing leaves it running.
    /// True also for a server adopted from an owner that died.
    /// </summary>
    public bool StartedHere { get; }

    /// <summary>Finds or fetches PostgreSQL, creates the data if there are none, and starts the server or finds it running.</summary>
    /// <exception cref="LocalPostgresException">With what to do next.</exception>
    public static Task<LocalServer> StartAsync(LocalServerOptions options, CancellationToken cancellationToken) =>
        StartAsync(options, Environment.GetEnvironmentVariable, cancellationToken);

    internal static async Task<LocalServer> StartAsync(
        LocalServerOptions options, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        options.Check();
        try
        {
            return await (await ServerHome.OpenAsync(options, variable, cancellationToken)).StartAsync(options, cancellationToken);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new LocalPostgresException($"{e.Message} Run this program as the owner of that folder, or choose another folder.", e);
        }
    }

    /// <summary>Holds the password: not for logs.</summary>
    public string ConnectionString(string database) => _record.ConnectionString(Port, database).ConnectionString;

    /// <summary>Safe to call from several processes at once.</summary>
    public async Task CreateDatabaseIfMissingAsync(string database, CancellationToken cancellationToken)
    {
        var target = _record.ConnectionString(Port, "postgres");
        target.Pooling = false; // An idle connection would outlive the need for it.
        await using var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection);
        exists.Parameters.Add(new NpgsqlParameter<string> { TypedValue = database });
        if (await exists.ExecuteScalarAsync(cancellationToken) is not null)
        {
            return;
        }

        try
        {
            var name = database.Replace("\"", "\"\"", StringComparison.Ordinal); // A name cannot be a parameter.
            await using var create = new NpgsqlCommand($"create database \"{name}\"", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another process was faster.
        }
    }

    /// <summary>Stops the server, whoever started it. Does nothing if it no longer runs.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _home.StopAsync(ProcessId, cancellationToken);

    /// <summary>Stops the server if it was started here.</summary>
    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        if (StartedHere)
        {
            await StopAsync(CancellationToken.None);
        }
    }
}
