using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SpendTracker.Tests;

/// <summary>A real HTTP server on a port of its own, which answers as a test says.</summary>
internal sealed class HttpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private HttpReceiver(WebApplication app, RequestDelegate answer)
    {
        _app = app;
        app.Run(context =>
        {
            Interlocked.Increment(ref _requests);
            return answer(context);
        });
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>How many requests came.</summary>
    public int Requests => _requests;

    public static async Task<HttpReceiver> StartAsync(RequestDelegate answer, Action<IWebHostBuilder>? settings = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        settings?.Invoke(builder.WebHost);
        var receiver = new HttpReceiver(builder.Build(), answer);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Answers with a status and a text.</summary>
    public static Task<HttpReceiver> StartAsync(int status, string text = "") => StartAsync(context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(text);
    });

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(0); // Nobody is waited for: some answers never end.
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
