using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>A port that says the same whatever it is asked, to one caller, and waits until that has gone.</summary>
internal sealed class TalkingPort : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _talking;

    /// <param name="closes">Whether it says no more then, where it would otherwise stay silent.</param>
    /// <param name="drips">Whether it says the same again and again, until the caller has gone.</param>
    public TalkingPort(string says, bool closes = false, bool drips = false)
    {
        _listener.Start();
        _talking = TalkAsync(says, closes, drips, TestContext.Current.CancellationToken);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _talking;
        _listener.Dispose();
    }

    private async Task TalkAsync(string says, bool closes, bool drips, CancellationToken cancellationToken)
    {
        using var socket = await _listener.AcceptSocketAsync(cancellationToken);
        do
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(says), cancellationToken);
        }
        while (drips && !socket.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead)); // Its end can be read, too.

        if (closes)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        while (await socket.ReceiveAsync(new byte[1_000], cancellationToken) > 0)
        {
        }
    }
}
