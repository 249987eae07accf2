using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SpendTracker.Benchmarks;

/// <summary>Ports of 127.0.0.1 for programs that have to be told which one to take.</summary>
internal static class Ports
{
    private static readonly ConcurrentDictionary<int, bool> Given = [];

    /// <summary>
    /// A free port. It is below those that Linux gives to outgoing connections (from 32768 on): one of them could take it
    /// before the program does.
    /// </summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(24_000, 32_000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
            }
            catch (SocketException)
            {
                continue; // Somebody listens there.
            }

            if (Given.TryAdd(port, true))
            {
                return port;
            }
        }
    }
}
