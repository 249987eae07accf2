using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace SpendTracker.Tests.Faults;

/// <summary>The network between a host and PostgreSQL, which a test can break: it goes silent, or closes connections.</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private readonly IPEndPoint _target;
    private TaskCompletionSource _flows = Flowing();
    private bool _cut;
    private long _left = long.MaxValue;

    public TcpProxy(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        _target = new IPEndPoint(IPAddress.Loopback, settings.Port);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(200);
        settings.Host = "127.0.0.1";
        settings.Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        ConnectionString = settings.ConnectionString;
        _ = AcceptAsync();
    }

    /// <summary>Leads through here.</summary>
    public string ConnectionString { get; }

    /// <summary>Nothing gets through any more, and nobody is told. New connections are made and stay silent, too.</summary>
    public void Freeze() => Interlocked.CompareExchange(ref _flows, new(TaskCreationOptions.RunContinuationsAsynchronously), _flows);

    /// <summary>Freezes once so many bytes more have got through, both ways together.</summary>
    public void FreezeAfter(long bytes) => Interlocked.Exchange(ref _left, bytes);

    /// <summary>Whether it is frozen.</summary>
    public bool IsFrozen => !_flows.Task.IsCompleted;

    /// <summary>Closes what is open, and whatever is opened.</summary>
    public void Cut()
    {
        Volatile.Write(ref _cut, true);
        foreach (var socket in _open.Keys)
        {
            socket.Dispose();
        }
    }

    /// <summary>Lets everything through again, also what was held up.</summary>
    public void Heal()
    {
        Volatile.Write(ref _cut, false);
        Interlocked.Exchange(ref _left, long.MaxValue);
        _flows.TrySetResult();
    }

    public void Dispose()
    {
        Heal();
        Cut();
        _listener.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        var flows = new TaskCompletionSource();
        flows.SetResult();
        return flows;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ConnectAsync(await _listener.AcceptAsync());
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private async Task ConnectAsync(Socket near)
    {
        // Small buffers: what does not get through stays with its sender, as on a real network.
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 64 * 1024 };
        using (near)
        {
            near.NoDelay = true;
            _open[near] = _open[far] = true;
            await _flows.Task;
            if (!Volatile.Read(ref _cut))
            {
                await ForwardAsync(near, far);
            }

            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
        }
    }

    private async Task ForwardAsync(Socket near, Socket far)
    {
        try
        {
            await far.ConnectAsync(_target);
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near)); // One way closed: both are.
        }
        catch (SocketException)
        {
            // PostgreSQL is away, or this is: the other side learns it by the end of its connection.
        }
        catch (ObjectDisposedException)
        {
        }

        await _flows.Task; // Also an end does not get through a frozen network.
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            var buffer = new byte[32 * 1024];
            for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
            {
                if (Interlocked.Add(ref _left, -read) is < 0 and > long.MinValue / 2)
                {
                    Freeze();
                    Interlocked.Exchange(ref _left, long.MaxValue);
                }

                await _flows.Task;
                await to.SendAsync(buffer.AsMemory(0, read));
            }
        }
        catch (SocketException)
        {
            // As above.
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
