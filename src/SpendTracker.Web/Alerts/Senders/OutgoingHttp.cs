using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// The one client for addresses that people enter. It connects only where <see cref="OutgoingConnection"/> lets it, follows no
/// redirect, keeps no cookie, uses no proxy, and neither waits nor reads for long.
/// </summary>
internal sealed class OutgoingHttp : IDisposable
{
    /// <summary>Bytes of an answer that are read at most.</summary>
    public const int MostBytes = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    private readonly HttpClient _client;
    private readonly TimeProvider _clock;

    public OutgoingHttp(OutgoingConnection connection, TimeProvider clock)
    {
        _clock = clock;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
                new NetworkStream(await connection.OpenAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken), ownsSocket: true),
            ConnectTimeout = Patience, // Otherwise the attempt goes on when the request has been given up.
            SslOptions = connection.Tls(),
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0, // An answer that was not read to its end costs a connection, not a wait.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // Then the name is resolved and checked again.

            // The framework's span would have the whole URL, and its headers the baggage. The span here has neither.
            ActivityHeadersPropagator = null,
        })
        { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("SpendTracker", null));
    }

    /// <summary>From the name's resolution to the end of the answer.</summary>
    public TimeSpan Timeout { get; init; } = Patience;

    /// <summary>Posts once. Every status but 2xx is a failure.</summary>
    /// <param name="address">The channel's; one that breaks the rules is not used.</param>
    /// <param name="headers">Further headers; what they say is not repeated in a reason.</param>
    /// <param name="refusal">Where a status of 2xx does not mean that the message was taken: whether the text says otherwise.</param>
    public async Task<SendOutcome> PostAsync(
        ChannelAddress address, Uri url, byte[] json, IReadOnlyDictionary<string, string> headers, Func<string, bool>? refusal, CancellationToken cancellationToken)
    {
        if (ChannelAddressRules.Check(address) is [var broken, ..])
        {
            return new($"The channel's {broken.Field} cannot be used. {broken.Reason}");
        }

        using var span = EventMetrics.Activities.StartActivity("POST", ActivityKind.Client);
        span?.SetTag("http.request.method", "POST").SetTag("server.address", url.IdnHost).SetTag("server.port", url.Port);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Timeout);
        SendOutcome outcome;
        try
        {
            using var request = Request(url, json, headers, span);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            span?.SetTag("http.response.status_code", (int)response.StatusCode);
            outcome = await OutcomeAsync(response, url, headers.Values, refusal, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = SendFault.TooSlow(url.Authority, Timeout);
        }
        catch (Exception fault) when (SendFault.Is(fault))
        {
            outcome = SendFault.Of(fault, url.Authority);
        }

        span?.SetStatus(outcome.IsSent ? ActivityStatusCode.Unset : ActivityStatusCode.Error, outcome.Reason);
        return outcome;
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage Request(Uri url, byte[] json, IReadOnlyDictionary<string, string> headers, Activity? span)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        if (span is { IdFormat: ActivityIdFormat.W3C, Id: { } parent })
        {
            request.Headers.Add("traceparent", parent);
        }

        return request;
    }

    private async Task<SendOutcome> OutcomeAsync(
        HttpResponseMessage response, Uri url, IEnumerable<string> sent, Func<string, bool>? refusal, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode && refusal is null)
        {
            return SendOutcome.Sent;
        }

        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400 && response.Headers.Location is { } location)
        {
            var to = new Uri(url, location); // Its path may be a secret, too.
            return new($"{url.Authority} answered {status}, a redirect to {to.Scheme}://{to.Authority}, which is not followed: enter the address where messages are taken.");
        }

        var text = await StartAsync(response.Content, cancellationToken);
        if (response.IsSuccessStatusCode && !refusal!(text))
        {
            return SendOutcome.Sent;
        }

        var shown = ShownText.Answer(text, ShownText.SecretsOf(url).Concat(sent));
        return new($"{url.Authority} answered {status}{(shown.Length == 0 ? "" : $": {shown}")}", RetryAfter(response.Headers));
    }

    private TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        // By the other side's clock, where it tells: the two may differ.
        var wait = headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - (headers.Date ?? _clock.GetUtcNow()));
        return wait is null ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestRetryAfter ? LongestRetryAfter : wait;
    }

    /// <summary>As much of the text as comes in time: the status, which counts, is there already.</summary>
    private static async Task<string> StartAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostBytes];
        var length = 0;
        try
        {
            await using var body = await content.ReadAsStreamAsync(cancellationToken);
            while (length < buffer.Length && await body.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var read)
            {
                length += read;
            }
        }
        catch (Exception fault) when (SendFault.Is(fault) || fault is OperationCanceledException)
        {
            // What came is shown.
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
