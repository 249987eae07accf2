using System.Net;
using System.Net.Sockets;

namespace SpendTracker.LocalPostgres;

/// <summary>Ports of 127.0.0.1. One found free may be taken a moment later, so a start has to expect that.</summary>
internal static class PortChoice
{
    /// <summary>The port used before if it is free, else one that the system names.</summary>
    public static int Choose(int before) => before > 0 && Listen(before) is { } same ? same : Listen(0)!.Value;

    private static int? Listen(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException) when (port != 0)
        {
            return null;
        }
    }
}
