using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace SpendTracker.Benchmarks.Alerts;

/// <summary>Takes webhooks and notes when each budget's crossing came first, and how often.</summary>
internal sealed class WebhookReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, (long At, int Times)> _received = [];
    private readonly Task _running;

    public WebhookReceiver()
    {
        Port = Ports.Free();
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/"));
        _listener.Start();
        _running = Task.Run(RunAsync);
    }

    public int Port { get; }

    /// <summary>By budget: when its crossing came first, and how many messages had it.</summary>
    public IReadOnlyDictionary<string, (long At, int Times)> Received => _received;

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                var now = Stopwatch.GetTimestamp();
                using var body = await JsonDocument.ParseAsync(context.Request.InputStream);
                context.Response.StatusCode = 204;
                context.Response.Close();
                foreach (var budget in BudgetsOf(body.RootElement))
                {
                    _received.AddOrUpdate(budget, (now, 1), (_, known) => (known.At, known.Times + 1));
                }
            }
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    /// <summary>Wherever the message names budgets.</summary>
    private static IEnumerable<string> BudgetsOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member is { Name: "budget", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : BudgetsOf(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(BudgetsOf),
        _ => [],
    };

    public void Dispose()
    {
        _listener.Close();
        _running.Wait(TimeSpan.FromSeconds(5));
    }
}
