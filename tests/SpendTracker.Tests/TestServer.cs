using Npgsql;
using SpendTracker.LocalPostgres;
using SpendTracker.Tests;
using SpendTracker.Tests.LocalPostgres;

[assembly: AssemblyFixture(typeof(TestServer))]

namespace SpendTracker.Tests;

/// <summary>
/// One private PostgreSQL server for the whole run. It flushes nothing, since every test makes its database anew; the tests
/// that pull the plug start a server of their own that does.
/// </summary>
public sealed class TestServer : IAsyncLifetime
{
    private const string Template = "spend_template";

    private static LocalServer? _server;
    private readonly ServerFolder _folder = new();

    public static LocalServer Running => _server ?? throw new InvalidOperationException("The server starts before the first test.");

    public async ValueTask InitializeAsync()
    {
        _server = await LocalServer.StartAsync(
            new()
            {
                Name = $"tests-{Environment.ProcessId}",
                Folder = _folder.Server,
                Settings = new Dictionary<string, string>
                {
                    ["fsync"] = "off", ["synchronous_commit"] = "off", ["full_page_writes"] = "off", ["wal_level"] = "minimal", ["max_wal_senders"] = "0",
                    ["autovacuum"] = "off", // It would go round a thousand databases that live for a second.
                    ["max_connections"] = "300", ["max_prepared_transactions"] = "10",
                },
            },
            CancellationToken.None);

        // Set up once and copied for each test, which takes a tenth of the time of setting up.
        await _server.CreateDatabaseIfMissingAsync(Template, CancellationToken.None);
        await (await SpendDatabase.OpenAsync(new() { ConnectionString = _server.ConnectionString(Template) + ";Pooling=false" }, CancellationToken.None)).DisposeAsync();
    }

    /// <summary>A database of its own for a test; empty, or set up with the default settings.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CreateDatabaseAsync(bool empty)
    {
        var name = $"test_{Guid.NewGuid():n}";
        await using var admin = NpgsqlDataSource.Create(Running.ConnectionString("postgres") + ";Pooling=false");
        await using var command = admin.CreateCommand($"create database {name} template {(empty ? "template0" : Template)}");
        await command.ExecuteNonQueryAsync(CancellationToken.None);
        return new NpgsqlConnectionStringBuilder(Running.ConnectionString(name)) { IncludeErrorDetail = true }.ConnectionString;
    }

    /// <summary>Changes a test's database, e.g. <c>allow_connections false</c>, and ends everybody's sessions in it.</summary>
    public static async Task ChangeDatabaseAsync(TestDatabase database, string change)
    {
        var name = new NpgsqlConnectionStringBuilder(database.Spend.Options.ConnectionString).Database;
        await using var admin = NpgsqlDataSource.Create(Running.ConnectionString("postgres") + ";Pooling=false");
        await using var alter = admin.CreateCommand($"alter database {name} {change}");
        await alter.ExecuteNonQueryAsync(CancellationToken.None);
        await using var end = admin.CreateCommand($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
        await end.ExecuteNonQueryAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _folder.DisposeAsync();
        await ServerFolder.DeleteMadeAsync();
    }
}
