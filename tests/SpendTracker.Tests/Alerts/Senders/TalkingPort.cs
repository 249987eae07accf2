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
    public TalkingPort(string says, bool closes = false)
    {
        _listener.Start();
        _talking = TalkAsync(says, closes, TestContext.Current.CancellationToken);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _talking;
        _listener.Dispose();
    }

    private async Task TalkAsync(string says, bool closes, CancellationToken cancellationToken)
    {
        using var socket = await _listener.AcceptSocketAsync(cancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(says), cancellationToken);
        if (closes)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        while (await socket.ReceiveAsync(new byte[1_000], cancellationToken) > 0)
        {
        }
    }
}
