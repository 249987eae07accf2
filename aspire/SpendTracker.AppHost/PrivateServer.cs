using Microsoft.Extensions.Logging;
using SpendTracker.LocalPostgres;

namespace SpendTracker.AppHost;

/// <summary>The private server for as long as the AppHost runs.</summary>
/// <param name="folder">The folder of its data. Null: that of the command <c>serve</c>, so that other commands find the database.</param>
internal sealed class PrivateServer(string? folder) : IAsyncDisposable
{
    private LocalServer? _server;

    public async Task<LocalServer> StartAsync(ILogger logger, CancellationToken cancellationToken)
    {
        var progress = new LoggedProgress(logger);
        _server = await LocalServer.StartAsync(new() { Name = "serve", Folder = folder, Progress = progress }, cancellationToken);
        await _server.CreateDatabaseIfMissingAsync(Database.Name, cancellationToken);
        return _server;
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private sealed class LoggedProgress(ILogger logger) : IProgress<string>
    {
        public void Report(string value) => logger.LogInformation("{Step}", value);
    }
}
