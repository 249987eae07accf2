using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// One conversation in SMTP: commands, and replies of limited length. Source: RFC 5321, 3207 (STARTTLS) and 4954 (AUTH).
/// </summary>
internal sealed class SmtpSession(NetworkStream network, TimeSpan patience, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int MostReplyBytes = 16 * 1024;

    private readonly byte[] _buffer = new byte[MostReplyBytes];
    private Stream _stream = network;
    private int _length;

    /// <summary>What the server said that it can do, each with its parameters.</summary>
    public IReadOnlyList<string> Extensions { get; private set; } = [];

    public bool Has(string extension) =>
        Extensions.Any(line => line.Equals(extension, StringComparison.OrdinalIgnoreCase) || line.StartsWith($"{extension} ", StringComparison.OrdinalIgnoreCase));

    /// <summary>Takes the greeting, and says hello by address: the name of this host is nobody's business.</summary>
    public async Task GreetAsync()
    {
        await ExpectAsync(await ReadAsync(), 220, "the connection");
        await HelloAsync();
    }

    public async Task HelloAsync()
    {
        var local = ((System.Net.IPEndPoint)network.Socket.LocalEndPoint!).Address;
        local = local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local;
        var name = local.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{new System.Net.IPAddress(local.GetAddressBytes())}]" : $"[{local}]";
        var reply = await CommandAsync($"EHLO {name}", 250, "EHLO");
        Extensions = [.. reply.Lines.Skip(1)];
    }

    /// <summary>From here on everything is encrypted.</summary>
    public async Task EncryptAsync(SslClientAuthenticationOptions options)
    {
        // Said before the encryption, by anybody on the way, and meant to be heard after it. See CVE-2011-0411.
        if (_length > 0)
        {
            throw new SmtpException("The server, or somebody on the way, said more than it was asked before the encryption began.");
        }

        var encrypted = new SslStream(_stream);
        _stream = encrypted;
        await WithinAsync(async stop =>
        {
            await encrypted.AuthenticateAsClientAsync(options, stop);
            return true;
        });
    }

    /// <summary>Sends a command and takes the reply.</summary>
    /// <param name="told">What the command is called in a reason: without a secret.</param>
    /// <exception cref="SmtpException">Another reply than the expected one.</exception>
    public async Task<SmtpReply> CommandAsync(string command, int expected, string told)
    {
        await SendAsync(Encoding.ASCII.GetBytes($"{command}\r\n"));
        return await ExpectAsync(await ReadAsync(), expected, told);
    }

    /// <summary>Sends a command and gives any reply.</summary>
    public async Task<SmtpReply> AskAsync(string command)
    {
        await SendAsync(Encoding.ASCII.GetBytes($"{command}\r\n"));
        return await ReadAsync();
    }

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => WithinAsync(async stop =>
    {
        await _stream.WriteAsync(bytes, stop);
        return true;
    });

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static Task<SmtpReply> ExpectAsync(SmtpReply reply, int expected, string told) => reply.Code == expected
        ? Task.FromResult(reply)
        : throw new SmtpException($"The server answered {told} with {reply.Code}: {string.Join(' ', reply.Lines)}");

    private Task<SmtpReply> ReadAsync() => WithinAsync(async stop =>
    {
        List<string> lines = [];
        while (true)
        {
            var line = await LineAsync(stop);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var code) || (line.Length > 3 && line[3] is not (' ' or '-')) || lines.Count == 100)
            {
                throw new SmtpException("What answers is not a mail server.");
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
            {
                return new SmtpReply(code, lines);
            }
        }
    });

    private async Task<string> LineAsync(CancellationToken stop)
    {
        while (true)
        {
            if (_buffer.AsSpan(0, _length).IndexOf((byte)'\n') is >= 0 and var end)
            {
                var line = Encoding.UTF8.GetString(_buffer, 0, end).TrimEnd('\r');
                _buffer.AsSpan((end + 1).._length).CopyTo(_buffer);
                _length -= end + 1;
                return line;
            }

            if (_length == _buffer.Length)
            {
                throw new SmtpException("What answers is not a mail server.");
            }

            var read = await _stream.ReadAsync(_buffer.AsMemory(_length), stop);
            _length += read > 0 ? read : throw new IOException("The server closed the connection.");
        }
    }

    /// <summary>Each step has its time: a server may think a while about each, and not for ever.</summary>
    private async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> step)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(patience);
        return await step(stop.Token);
    }
}

/// <summary>What a server replies.</summary>
/// <param name="Code">Three digits.</param>
/// <param name="Lines">What it says, untrusted.</param>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public bool IsTaken => Code is >= 200 and < 300;
}

/// <summary>The server refuses, or is none. The text may repeat what it said.</summary>
internal sealed class SmtpException(string message) : Exception(message);
