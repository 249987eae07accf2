using System.Globalization;
using Npgsql;
using SpendTracker.Events;
using SpendTracker.LocalPostgres;

namespace SpendTracker.Benchmarks;

/// <summary>A PostgreSQL server for one run, as installed: fsync and synchronous_commit on, nothing tuned. Deleted at the end.</summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    private readonly LocalServer _server;
    private readonly string _folder;
    private int _databases;

    private BenchmarkServer(LocalServer server, string folder)
    {
        _server = server;
        _folder = folder;
    }

    public int ProcessId => _server.ProcessId;

    /// <summary>What the figures were measured on.</summary>
    public string Machine => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30)} GiB, .NET {Environment.Version}, PostgreSQL {_server.Version} on the same machine, fsync and synchronous_commit on");

    public static async Task<BenchmarkServer> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"spendtracker-benchmarks-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            // Where we are root, PostgreSQL runs as another user, who must get through to its data.
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        }

        var server = await LocalServer.StartAsync(
            new() { Name = $"benchmarks-{Environment.ProcessId}", Folder = Path.Combine(folder, "server") }, cancellationToken);
        return new BenchmarkServer(server, folder);
    }

    /// <summary>A new database with SpendTracker's tables. Each measurement has its own, so that none pays for another's rows.</summary>
    public async Task<SpendDatabase> CreateDatabaseAsync(EventStoreOptions options, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"benchmark_{++_databases}");
        await _server.CreateDatabaseIfMissingAsync(name, cancellationToken);
        return await SpendDatabase.OpenAsync(new() { ConnectionString = _server.ConnectionString(name), Events = options }, cancellationToken);
    }

    /// <summary>Closes a database and deletes it, so that the disk holds no more than one measurement.</summary>
    public async Task DropAsync(SpendDatabase database)
    {
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        await database.DisposeAsync();
        await using var postgres = NpgsqlDataSource.Create(_server.ConnectionString("postgres") + ";Pooling=false");
        await using var drop = postgres.CreateCommand($"drop database {name} with (force)");
        await drop.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
