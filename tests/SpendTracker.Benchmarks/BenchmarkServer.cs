using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SpendTracker.LocalPostgres;
using SpendTracker.Log;

namespace SpendTracker.Benchmarks;

/// <summary>A PostgreSQL server for one run, as installed: fsync and synchronous_commit on, nothing tuned. Deleted at the end.</summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    private readonly LocalServerOptions _options;
    private readonly string _folder;
    private LocalServer _server;
    private int _databases;

    private BenchmarkServer(LocalServer server, LocalServerOptions options, string folder)
    {
        _server = server;
        _options = options;
        _folder = folder;
    }

    public int ProcessId => _server.ProcessId;

    /// <summary>What the figures were measured on.</summary>
    public string Machine => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30)} GiB, .NET {Environment.Version}, PostgreSQL {_server.Version} on the same machine, fsync and synchronous_commit on{string.Concat(_options.Settings.Select(setting => $", {setting.Key} {setting.Value}"))}");

    public static Task<BenchmarkServer> StartAsync(CancellationToken cancellationToken) => StartAsync(new Dictionary<string, string>(), cancellationToken);

    public static async Task<BenchmarkServer> StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"spendtracker-benchmarks-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            // Where we are root, PostgreSQL runs as another user, who must get through to its data.
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        }

        var options = new LocalServerOptions { Name = $"benchmarks-{Environment.ProcessId}", Folder = Path.Combine(folder, "server"), Settings = settings };
        return new BenchmarkServer(await LocalServer.StartAsync(options, cancellationToken), options, folder);
    }

    /// <summary>Kills the postmaster as kill -9 does, and starts it again on the same data.</summary>
    public async Task CrashAsync(CancellationToken cancellationToken)
    {
        using (var postmaster = Process.GetProcessById(_server.ProcessId))
        {
            postmaster.Kill();
            await postmaster.WaitForExitAsync(cancellationToken);
        }

        _server = await LocalServer.StartAsync(_options, cancellationToken);
    }

    /// <summary>A new database with SpendTracker's tables. Each measurement has its own, so that none pays for another's rows.</summary>
    public async Task<SpendDatabase> CreateDatabaseAsync(EventStoreOptions options, CancellationToken cancellationToken) =>
        await SpendDatabase.OpenAsync(new() { ConnectionString = await CreateEmptyAsync(cancellationToken), Events = options }, cancellationToken);

    /// <summary>A new database without anything in it.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateEmptyAsync(CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"benchmark_{++_databases}");
        await _server.CreateDatabaseIfMissingAsync(name, cancellationToken);
        return _server.ConnectionString(name);
    }

    /// <summary>Closes a database and deletes it, so that the disk holds no more than one measurement.</summary>
    public async Task DropAsync(SpendDatabase database)
    {
        await database.DisposeAsync();
        await DropAsync(database.ConnectionString);
    }

    public async Task DropAsync(string connectionString)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
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
