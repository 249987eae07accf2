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
/// host share the cores, and HttpClient would take about as much of them as the host.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[1 << 20];

    public async Task ConnectAsync(int port, CancellationToken cancellationToken) =>
        await _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);

    /// <summary>Sends a request and reads its whole answer, which must say that everything is stored.</summary>
    public async Task SendAsync(LoadRequest request, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < request.Bytes.Length;)
        {
            sent += await _socket.SendAsync(request.Bytes.AsMemory(sent), cancellationToken);
        }

        var length = 0;
        do
        {
            var read = await _socket.ReceiveAsync(_answer.AsMemory(length), cancellationToken);
            length = read > 0 ? length + read : throw new BenchmarkFailedException("The host closed a connection.");
        }
        while (!IsWhole(_answer.AsSpan(0, length)));

        if (!_answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8))
        {
            throw new BenchmarkFailedException($"The host answered: {Encoding.UTF8.GetString(_answer, 0, Math.Min(length, 1_000))}");
        }
    }

    public void Dispose() => _socket.Dispose();

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
