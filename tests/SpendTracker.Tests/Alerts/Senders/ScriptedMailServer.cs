using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>A mail server that answers as a test wants it to, one caller after the other, and keeps what it was told.</summary>
internal sealed class ScriptedMailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _commands = [];
    private readonly Task _running;

    /// <param name="certificate">Of the server; without one it offers no encryption.</param>
    public ScriptedMailServer(X509Certificate2? certificate = null)
    {
        _listener.Start();
        _running = RunAsync(certificate);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What it says that it can do, once the connection is as encrypted as it gets.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>The reply to a command; null for the usual one.</summary>
    public Func<string, string?> Answer { get; init; } = _ => null;

    /// <summary>What somebody on the way adds to the reply to STARTTLS.</summary>
    public string SlippedIn { get; init; } = "";

    /// <summary>Everything that it was told, each line of a mail included.</summary>
    public IReadOnlyList<string> Commands => [.. _commands];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(X509Certificate2? certificate)
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            await TalkAsync(client.GetStream(), certificate).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TalkAsync(Stream stream, X509Certificate2? certificate)
    {
        await SayAsync(stream, "220 mail.test");
        while (await LineAsync(stream) is { } command)
        {
            _commands.Enqueue(command);
            if (command == "STARTTLS")
            {
                await SayAsync(stream, $"220 go\r\n{SlippedIn}".TrimEnd());
                var encrypted = new SslStream(stream);
                await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _stop.Token);
                (stream, certificate) = (encrypted, null);
                continue;
            }

            var reply = Answer(command) ?? Usual(command, certificate is not null);
            await SayAsync(stream, reply);
            while (reply.StartsWith("354", StringComparison.Ordinal) && await LineAsync(stream) is { } line)
            {
                _commands.Enqueue(line);
                if (line == ".")
                {
                    await SayAsync(stream, "250 taken");
                    break;
                }
            }
        }
    }

    private string Usual(string command, bool encryptable) => command.Split(' ')[0] switch
    {
        "EHLO" => string.Join("\r\n", (encryptable ? ["STARTTLS"] : Extensions).Select(extension => $"250-{extension}").Append("250 HELP")),
        "AUTH" => "235 welcome",
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ => "250 fine",
    };

    private Task SayAsync(Stream stream, string text) => stream.WriteAsync(Encoding.UTF8.GetBytes($"{text}\r\n"), _stop.Token).AsTask();

    /// <summary>Byte by byte, so that what follows STARTTLS stays where the encryption reads it. Null at the end.</summary>
    private async Task<string?> LineAsync(Stream stream)
    {
        List<byte> line = [];
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) > 0)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }
}
