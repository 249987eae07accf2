using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;

namespace SpendTracker.Tests.Faults;

/// <summary>
/// Callers of several hosts, all for the same streams. Each sends a few events at a time, and those that were not
/// acknowledged again under the same ids, to the next host.
/// </summary>
internal sealed class Callers(TimeSpan patience, params HostProcess[] hosts) : IAsyncDisposable
{
    private const int Events = 5;

    private readonly CancellationTokenSource _stop = new();
    private readonly long[] _turnedAway = new long[hosts.Length];
    private readonly long[] _acknowledgedBy = new long[hosts.Length];
    private Task _calls = Task.CompletedTask;

    public ConcurrentDictionary<string, bool> Acknowledged { get; } = [];

    /// <summary>The longest that anybody waited for an answer.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Answers with 503, by host.</summary>
    public long TurnedAwayBy(int host) => Volatile.Read(ref _turnedAway[host]);

    public long AcknowledgedBy(int host) => Volatile.Read(ref _acknowledgedBy[host]);

    public void Start() => _calls = Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(() => CallAsync(caller))));

    /// <summary>Lets each finish what it is at: until it is acknowledged.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _calls;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _calls.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task CallAsync(int caller)
    {
        for (var call = 0; !_stop.IsCancellationRequested; call++)
        {
            string[] ids = [.. Enumerable.Range(0, Events).Select(n => $"{caller}-{call}-{n}")];
            var body = string.Join('\n', ids.Select(id => Given.TokensJson(id)));
            for (var attempt = 0; !await IsAcknowledgedAsync((caller + attempt) % hosts.Length, body); attempt++)
            {
                Assert.True(attempt < 1_000, "Nobody takes it.");
            }

            Array.ForEach(ids, id => Acknowledged[id] = true);
        }
    }

    private async Task<bool> IsAcknowledgedAsync(int host, string body)
    {
        var asked = Stopwatch.GetTimestamp();
        using var hangUp = new CancellationTokenSource(patience);
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/x-ndjson");
            using var response = await hosts[host].Client.PostAsync(new Uri("/api/v1/usage", UriKind.Relative), content, hangUp.Token);
            Longest = Stopwatch.GetElapsedTime(asked) is var waited && waited > Longest ? waited : Longest;
            if (response.StatusCode == HttpStatusCode.OK)
            {
                Interlocked.Increment(ref _acknowledgedBy[host]);
                return true;
            }

            Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (response.StatusCode, response.Headers.RetryAfter?.ToString()));
            Interlocked.Increment(ref _turnedAway[host]);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            // The host was killed, or hangs: in doubt.
        }

        await Task.Delay(50, CancellationToken.None); // As a caller would, if not for a second.
        return false;
    }
}
