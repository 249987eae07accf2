using System.Net.Sockets;
using System.Text;

namespace SpendTracker.Tests.Web;

/// <summary>A request whose body comes as slowly as the test wants, over a connection of its own.</summary>
internal sealed class HalfSent : IDisposable
{
    private readonly TcpClient _socket = new();
    private NetworkStream _stream = null!;

    /// <summary>Sends the request line and headers, and nothing else.</summary>
    public static async Task<HalfSent> BeginAsync(TestHost host, string path, string contentType, long announced, string? key = null, string more = "")
    {
        var sent = new HalfSent();
        var address = new Uri(host.Address);
        await sent._socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        sent._stream = sent._socket.GetStream();
        var authorization = key ?? host.Client.DefaultRequestHeaders.Authorization!.ToString();
        await sent.SendAsync(
            $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: {authorization}\r\nContent-Type: {contentType}\r\nContent-Length: {announced}\r\n{more}\r\n");
        return sent;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>Sends a byte, unless the host no longer listens.</summary>
    public async Task<bool> TrickleAsync()
    {
        try
        {
            await SendAsync(" ");
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether the host has said something, or has hung up.</summary>
    public bool IsAnswered => _socket.Client.Poll(0, SelectMode.SelectRead);

    public async Task<string?> StatusAsync()
    {
        using var reader = new StreamReader(_stream, leaveOpen: true);
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken);
    }

    public async Task<string> AnswerAsync()
    {
        using var reader = new StreamReader(_stream, leaveOpen: true);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose() => _socket.Dispose();
}
