using System.Net.Sockets;

namespace SpendTracker.Benchmarks.Append;

/// <summary>
/// Keeps connections busy, each with its next request as soon as its last is answered: one thread, which the system tells what
/// is ready. Asynchronous calls would share the host's thread pool, and be woken one by one.
/// </summary>
internal static class LoadThread
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <param name="next">A connection's next request; null where it has sent its last.</param>
    /// <param name="answered">Called with what is answered, on the thread: be quick.</param>
    public static Task RunAsync(IReadOnlyList<LoadConnection> connections, Func<LoadConnection, LoadRequest?> next, Action<LoadConnection> answered) =>
        Task.Factory.StartNew(() => Run(connections, next, answered), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Run(IReadOnlyList<LoadConnection> connections, Func<LoadConnection, LoadRequest?> next, Action<LoadConnection> answered)
    {
        var busy = connections.ToDictionary(connection => connection.Socket);
        void GoOn(LoadConnection connection)
        {
            if (next(connection) is { } request)
            {
                connection.Start(request);
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
                    answered(connection);
                    GoOn(connection);
                }
            }
        }
    }
}
