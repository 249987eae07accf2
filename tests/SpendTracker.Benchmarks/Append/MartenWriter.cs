using System.Threading.Channels;
using Marten;
using SpendTracker.Contracts;
using Channel = System.Threading.Channels.Channel;

namespace SpendTracker.Benchmarks.Append;

/// <summary>Group commit with Marten: everything that waits when a session is saved goes into the next session.</summary>
internal sealed class MartenWriter : IAsyncDisposable
{
    /// <summary>Events of one session. Beyond that an event costs Marten no less.</summary>
    private const int SessionEvents = 1_000;

    private readonly Channel<(MartenAppend[] Events, TaskCompletionSource Saved)> _queue =
        Channel.CreateUnbounded<(MartenAppend[], TaskCompletionSource)>(new() { SingleReader = true });

    private readonly DocumentStore _store;
    private readonly Task _writing;

    public MartenWriter(DocumentStore store)
    {
        _store = store;
        _writing = Task.Run(WriteAsync);
    }

    public Task AppendAsync(MartenAppend[] events, CancellationToken cancellationToken)
    {
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Writer.TryWrite((events, saved));
        return saved.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.Complete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            List<MartenAppend> events = [];
            List<TaskCompletionSource> callers = [];
            while (events.Count < SessionEvents && _queue.Reader.TryRead(out var call))
            {
                events.AddRange(call.Events);
                callers.Add(call.Saved);
            }

            try
            {
                await SaveAsync(events);
                callers.ForEach(caller => caller.SetResult());
            }
            catch (Exception fault) // The callers get it, and with them the benchmark ends.
            {
                callers.ForEach(caller => caller.SetException(fault));
            }
        }
    }

    private async Task SaveAsync(List<MartenAppend> events)
    {
        await using var session = _store.LightweightSession();
        foreach (var stream in events.GroupBy(append => append.Stream))
        {
            session.Events.Append(stream.Key, stream.Select(append => (object)append.Event));
        }

        await session.SaveChangesAsync();
    }
}
