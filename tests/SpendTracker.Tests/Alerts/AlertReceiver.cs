using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Alerts;

/// <summary>What a webhook brought.</summary>
/// <param name="Channel">The path that it was posted to; each channel of a test has its own.</param>
/// <param name="Id">The message's.</param>
/// <param name="Kind">Such as <c>crossed</c>.</param>
internal sealed record Received(string Channel, Guid Id, string Kind, IReadOnlyList<Guid> Alerts, string Body, string? TraceParent);

/// <summary>A real receiver of webhooks, for all channels of a test.</summary>
internal sealed class AlertReceiver : IAsyncDisposable
{
    /// <summary>The base64 of what would be a secret, to be looked for where it must not be.</summary>
    public const string Secret = "whsec_c2VjcmV0IGRpc3RpbmN0IGJ5dGVzIGZvciB0ZXN0cw==";

    private readonly ConcurrentQueue<Received> _received = [];
    private HttpReceiver _http = null!;

    private AlertReceiver()
    {
    }

    /// <summary>Answers what came; 200 where it does not say otherwise.</summary>
    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>All that came, in order, also what was answered with an error.</summary>
    public IReadOnlyList<Received> All => [.. _received];

    public string Authority => _http.Address.Authority;

    public static async Task<AlertReceiver> StartAsync()
    {
        var receiver = new AlertReceiver();
        receiver._http = await HttpReceiver.StartAsync(receiver.TakeAsync);
        return receiver;
    }

    public IReadOnlyList<Received> On(string channel) => [.. _received.Where(received => received.Channel == channel)];

    public Task UntilAsync(string channel, int count) => Eventually.Async(() => On(channel).Count >= count);

    public WebhookAddress AddressOf(string channel) => new(new Uri(_http.Address, channel), Secret);

    public static Func<Received, HttpContext, Task> Status(int status) => (_, context) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public ValueTask DisposeAsync() => _http.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var json = JsonDocument.Parse(body).RootElement;
        var received = new Received(
            context.Request.Path.Value!.TrimStart('/'), Guid.Parse(context.Request.Headers["webhook-id"].ToString()),
            json.GetProperty("type").GetString()!.Split('.')[^1],
            [.. json.GetProperty("data").GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("alert").GetGuid())], body,
            context.Request.Headers["traceparent"]);
        _received.Enqueue(received);
        await Answer(received, context);
    }
}
