using System.Diagnostics;
using System.Net.Sockets;
using MailKit.Net.Smtp;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// A connection with a mail server that is neither waited for nor read without end. MailKit by itself reads a reply of any length.
/// </summary>
/// <param name="patience">For each step: encrypting, or a command and its whole reply.</param>
internal sealed class MailStream(Socket socket, TimeSpan patience) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>Of all replies and the encryption. A session with 20 receivers needs a few KiB.</summary>
    private const int MostBytes = 256 * 1024;

    /// <summary>A step begins with what is sent last.</summary>
    private long _begun = Stopwatch.GetTimestamp();
    private int _received;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await WithinAsync(stop => base.ReadAsync(buffer, stop), cancellationToken);
        if (read == 0 && buffer.Length > 0)
        {
            throw new IOException("The server closed the connection.");
        }

        _received += read;
        return _received <= MostBytes ? read : throw new SmtpProtocolException($"It says more than {MostBytes / 1024} KiB.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _begun = Stopwatch.GetTimestamp();
        await WithinAsync(
            async stop =>
            {
                await base.WriteAsync(buffer, stop);
                return true;
            },
            cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    private async ValueTask<T> WithinAsync<T>(Func<CancellationToken, ValueTask<T>> step, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var left = patience - Stopwatch.GetElapsedTime(_begun);
        stop.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        try
        {
            return await step(stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }
}
