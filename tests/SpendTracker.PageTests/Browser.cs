using Microsoft.Playwright;
using Npgsql;
using SpendTracker.LocalPostgres;
using SpendTracker.PageTests;

[assembly: AssemblyFixture(typeof(Browser))]

namespace SpendTracker.PageTests;

/// <summary>One Chromium and one PostgreSQL server for the whole run.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private const string Template = "pages_template";

    private static IBrowser? _running;
    private static LocalServer? _server;
    private readonly ServerFolder _folder = new();
    private IPlaywright? _playwright;

    /// <summary>Skips the test where no browser is installed.</summary>
    public static IBrowser Running
    {
        get
        {
            Assert.SkipWhen(_running is null, $"No browser found: install one of {string.Join(", ", Names)}, on the PATH.");
            return _running!;
        }
    }

    public static LocalServer Server => _server ?? throw new InvalidOperationException("The server starts before the first test.");

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } chromium)
        {
            return;
        }

        _server = await _folder.StartAsync();

        // Set up once and copied for each test, which takes a tenth of the time of setting up.
        await _server.CreateDatabaseIfMissingAsync(Template, CancellationToken.None);
        await (await SpendDatabase.OpenAsync(new() { ConnectionString = $"{_server.ConnectionString(Template)};Pooling=false" }, CancellationToken.None)).DisposeAsync();
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(30_000); // Milliseconds. Other tests, hosts and servers have the cores too.
        _running = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Args = Environment.UserName == "root" ? ["--no-sandbox"] : [], // Chromium refuses to run as root with its sandbox.
        });
    }

    /// <summary>A database on the shared server, set up with the default settings.</summary>
    public static async Task CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using var admin = NpgsqlDataSource.Create($"{Server.ConnectionString("postgres")};Pooling=false");
        await using var command = admin.CreateCommand($"create database {name} template {Template}");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            await _running.CloseAsync();
        }

        _playwright?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Delete();
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}

/// <summary>A folder for a private PostgreSQL server that flushes nothing: a test's data need not outlive it.</summary>
public sealed class ServerFolder
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spendtracker-pages-");

    public ServerFolder()
    {
        if (!OperatingSystem.IsWindows())
        {
            // PostgreSQL may have to run as another user, which must be able to get here.
            _folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        }
    }

    /// <summary>Starts the folder's server, or starts it again.</summary>
    public Task<LocalServer> StartAsync() => LocalServer.StartAsync(
        new()
        {
            Name = "pages",
            Folder = Path.Combine(_folder.FullName, "server"),
            Settings = new Dictionary<string, string> { ["fsync"] = "off", ["synchronous_commit"] = "off", ["full_page_writes"] = "off", ["autovacuum"] = "off", ["max_connections"] = "300" },
        },
        CancellationToken.None);

    public void Delete() => _folder.Delete(recursive: true);
}
