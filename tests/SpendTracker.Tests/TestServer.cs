using SpendTracker.LocalPostgres;
using SpendTracker.Tests;

[assembly: AssemblyFixture(typeof(TestServer))]

namespace SpendTracker.Tests;

/// <summary>
/// One private PostgreSQL server for the whole run. It flushes nothing, since every test makes its database anew; the tests
/// that pull the plug start a server of their own that does.
/// </summary>
public sealed class TestServer : IAsyncLifetime
{
    private static LocalServer? _server;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spendtracker-tests-");

    public static LocalServer Running => _server ?? throw new InvalidOperationException("The server starts before the first test.");

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsWindows())
        {
            // PostgreSQL may have to run as another user, which must be able to get here.
            _folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        }

        _server = await LocalServer.StartAsync(
            new()
            {
                Name = $"tests-{Environment.ProcessId}",
                Folder = Path.Combine(_folder.FullName, "server"),
                Settings = new Dictionary<string, string> { ["fsync"] = "off", ["synchronous_commit"] = "off", ["max_connections"] = "300" },
            },
            CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }
}
