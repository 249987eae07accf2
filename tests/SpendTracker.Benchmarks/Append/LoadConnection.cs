using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SpendTracker.Benchmarks.Append;

/// <summary>A prepared request, headers and all.</summary>
internal sealed record LoadRequest(byte[] Bytes, int Events)
{
    /// <param name="events">JSON of the API; alone, or as an array.</param>
    public static LoadRequest Of(string key, string[] events)
    {
        var body = Encoding.UTF8.GetBytes(events.Length == 1 ? events[0] : $"[{string.Join(",", events)}]");
        var headers = $"POST /api/v1/usage HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        return new LoadRequest([.. Encoding.ASCII.GetBytes(headers), .. body], events.Length);
    }
}

/// <summary>
/// A kept-alive HTTP connection that sends prepared requests one after the other. A socket and not HttpClient: client and
/// host share the cores, and HttpClient would take about as much of them as the host. It never waits by itself, so that one
/// thread can look after hundreds.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly byte[] _answer = new byte[1 << 20];
    private ReadOnlyMemory<byte> _unsent;
    private int _received;
    private long _started;

    public Socket Socket { get; } = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Something of the request is still to be sent; otherwise its answer is on the way.</summary>
    public bool IsSending => !_unsent.IsEmpty;

    /// <summary>Milliseconds since its last request began.</summary>
    public double Took => Stopwatch.GetElapsedTime(_started).TotalMilliseconds;

    public async Task ConnectAsync(int port, CancellationToken cancellationToken)
    {
        await Socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        Socket.Blocking = false;
    }

    /// <summary>Begins with a request, of which as much is sent as the system takes.</summary>
    public void Start(LoadRequest request)
    {
        (_unsent, _received, _started) = (request.Bytes, 0, Stopwatch.GetTimestamp());
        Send();
    }

    public void Send()
    {
        while (IsSending)
        {
            var sent = Socket.Send(_unsent.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            Check(error);
            _unsent = _unsent[sent..];
        }
    }

    /// <summary>Reads what there is of the answer, which must say that everything is stored.</summary>
    /// <returns>Whether it is whole.</returns>
    public bool Receive()
    {
        var read = Socket.Receive(_answer.AsSpan(_received), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return false;
        }

        Check(error);
        _received = read > 0 ? _received + read : throw new BenchmarkFailedException("The host closed a connection.");
        var answer = _answer.AsSpan(0, _received);
        if (!IsWhole(answer))
        {
            return false;
        }

        return answer.StartsWith("HTTP/1.1 200 "u8) ? true
            : throw new BenchmarkFailedException($"The host answered: {Encoding.UTF8.GetString(answer[..Math.Min(_received, 1_000)])}");
    }

    /// <summary>A request and its whole answer, for a caller who waits for each by itself.</summary>
    public async Task SendAsync(LoadRequest request, CancellationToken cancellationToken)
    {
        Start(request);
        while (IsSending)
        {
            _unsent = _unsent[await Socket.SendAsync(_unsent, cancellationToken)..];
        }

        do
        {
            await Socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken); // Until there is something.
        }
        while (!Receive());
    }

    public void Dispose() => Socket.Dispose();

    private static void Check(SocketError error)
    {
        if (error != SocketError.Success)
        {
            throw new SocketException((int)error);
        }
    }

    /// <summary>An answer has a length, or is chunked and ends with an empty chunk.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var headers = answer[..end];
        var at = headers.IndexOf("Content-Length: "u8);
        if (at < 0)
        {
            return answer.EndsWith("\r\n0\r\n\r\n"u8);
        }

        var rest = headers[(at + "Content-Length: ".Length)..];
        var digits = rest.IndexOf((byte)'\r') is var line and >= 0 ? rest[..line] : rest;
        return answer.Length == end + 4 + int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
