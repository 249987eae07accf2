using System.Net.Sockets;

namespace SpendTracker.Benchmarks.Append;

/// <summary>
/// Keeps connections busy, each with its next request as soon as its last is answered: one thread, which the system tells what
/// is ready. Asynchronous calls would share the host's thread pool, and be woken one by one.
/// </summary>
internal static class LoadThread
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <returns>How long each request took, in milliseconds.</returns>
    public static Task<List<double>> SendAsync(IReadOnlyList<LoadConnection> connections, IReadOnlyList<LoadRequest> requests, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Send(connections, requests, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static List<double> Send(IReadOnlyList<LoadConnection> connections, IReadOnlyList<LoadRequest> requests, CancellationToken cancellationToken)
    {
        List<double> latencies = new(requests.Count);
        var next = 0;
        var busy = connections.ToDictionary(connection => connection.Socket);
        void GoOn(LoadConnection connection)
        {
            if (next < requests.Count)
            {
                connection.Start(requests[next++]);
            }
            else
            {
                busy.Remove(connection.Socket);
            }
        }

        foreach (var connection in connections)
        {
            GoOn(connection);
        }

        List<Socket> readable = [];
        List<Socket> writable = [];
        while (busy.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            readable.Clear();
            writable.Clear();
            foreach (var connection in busy.Values)
            {
                (connection.IsSending ? writable : readable).Add(connection.Socket);
            }

            Socket.Select(readable, writable, null, Patience);
            if (readable.Count + writable.Count == 0)
            {
                throw new BenchmarkFailedException($"The host has not answered for {Patience.TotalSeconds:0} s.");
            }

            foreach (var socket in writable)
            {
                busy[socket].Send();
            }

            foreach (var socket in readable)
            {
                var connection = busy[socket];
                if (connection.Receive())
                {
                    latencies.Add(connection.Took);
                    GoOn(connection);
                }
            }
        }

        return latencies;
    }
}
