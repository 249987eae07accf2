using SpendTracker.Access;
using SpendTracker.LocalPostgres;
using SpendTracker.Web.Hosting;
using SpendTracker.Web.Ingest;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Commands;

/// <summary>
/// The database that a command works on: the one that <c>ConnectionStrings__spendtracker</c> names, else one on a private
/// PostgreSQL server, which is started if it does not run and stopped again by whoever started it.
/// </summary>
internal sealed class OpenedDatabase : IAsyncDisposable
{
    public const string Serve = "serve";
    public const string Demo = "demo";

    private const string DatabaseName = "spendtracker";

    private readonly ServiceProvider _services;

    private OpenedDatabase(SpendDatabase database, LocalServer? server)
    {
        Database = database;
        Server = server;
        _services = new ServiceCollection().AddSpendTracker(database).AddSingleton<KnownOn>().AddSingleton<UsageRecorder>().BuildServiceProvider();
    }

    public SpendDatabase Database { get; }

    /// <summary>What works on the database, as a host has it.</summary>
    public T Get<T>()
        where T : class => _services.GetRequiredService<T>();

    /// <summary>The private server; null where the database is somebody else's.</summary>
    public LocalServer? Server { get; }

    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is not what it should be.</exception>
    /// <exception cref="Settings.SettingsConflictException">It is not what the database was set up with.</exception>
    public static async Task<OpenedDatabase> OpenAsync(
        IConfiguration configuration, ILoggerFactory loggerFactory, string name, bool reset, IProgress<string>? progress, CancellationToken cancellationToken,
        TimeProvider? clock = null)
    {
        var settings = SpendTrackerSettings.Of(configuration);
        LocalServer? server = null;
        try
        {
            var connectionString = configuration.GetConnectionString("spendtracker");
            if (string.IsNullOrWhiteSpace(connectionString))
            {
                var logger = loggerFactory.CreateLogger<LocalServer>();
                server = await LocalServer.StartAsync(
                    new() { Name = name, Reset = reset, Progress = progress, Noticed = message => logger.LogWarning("{Message}", message) }, cancellationToken);
                await server.CreateDatabaseIfMissingAsync(DatabaseName, cancellationToken);
                connectionString = server.ConnectionString(DatabaseName);
            }

            progress?.Report("Preparing the database");
            var database = await SpendDatabase.OpenAsync(
                new()
                {
                    ConnectionString = connectionString,
                    ReportingTimeZone = settings.ReportingTimeZone,
                    ReportingCurrency = settings.ReportingCurrency,
                    ExchangeRateDays = settings.ExchangeRateDays,
                    Events = settings.Events,
                    Clock = clock ?? TimeProvider.System,
                    LoggerFactory = loggerFactory,
                },
                cancellationToken);
            var opened = new OpenedDatabase(database, server);
            await opened.Get<PersonNames>().ReadAsync(cancellationToken);
            return opened;
        }
        catch when (server is not null)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the connections first: PostgreSQL stops at once when nobody is connected.</summary>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Database.DisposeAsync();
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }
}
