using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Benchmarks.Append;

/// <summary>The real host on a port of 127.0.0.1, and connections that load it.</summary>
internal sealed class LoadedHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LoadConnection[] _connections;
    private readonly string _key;

    private LoadedHost(WebApplication app, LoadConnection[] connections, string key)
    {
        _app = app;
        _connections = connections;
        _key = key;
    }

    public static async Task<LoadedHost> StartAsync(SpendDatabase database, int connections, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(SpendTrackerHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = SpendTrackerHost.Build(builder, database);
        await app.StartAsync(cancellationToken);
        var key = await database.Get<ApiKeys>().IssueAsync("benchmarks", [Scope.Record], [], anySource: false, new Recorder("command:benchmarks"), cancellationToken);
        var host = new LoadedHost(app, [.. Enumerable.Range(0, connections).Select(_ => new LoadConnection())], key);
        foreach (var connection in host._connections)
        {
            await connection.ConnectAsync(new Uri(app.Urls.First()).Port, cancellationToken);
        }

        return host;
    }

    public IReadOnlyList<LoadRequest> Requests(string[] events, int batch) => [.. events.Chunk(batch).Select(part => LoadRequest.Of(_key, part))];

    /// <summary>Sends all requests over all connections.</summary>
    /// <returns>How long each took, in milliseconds.</returns>
    public Task<List<double>> LoadAsync(IReadOnlyList<LoadRequest> requests, CancellationToken cancellationToken) =>
        LoadThread.SendAsync(_connections, requests, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }

        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
