using JasperFx.Events;
using Marten;

namespace SpendTracker.Benchmarks.Append;

/// <summary>Three ways to append with Marten. Each returns when all events are committed and flushed, and throws when one is not.</summary>
internal static class MartenLoad
{
    /// <summary>Rows of one COPY of the bulk insert. With 1,000 it was no faster.</summary>
    private const int CopyRows = 5_000;

    /// <summary>Each event in a session and so in a transaction of its own.</summary>
    public static Task OneASessionAsync(DocumentStore store, MartenAppend[][] calls, int callers, CancellationToken cancellationToken) =>
        CallAsync(calls, callers, async call =>
        {
            foreach (var (stream, e) in call)
            {
                await using var session = store.LightweightSession();
                session.Events.Append(stream, e);
                await session.SaveChangesAsync(cancellationToken);
            }
        });

    /// <summary>Callers share sessions, as they share transactions in our store: two writers, each with its share of the streams.</summary>
    public static async Task GroupedAsync(DocumentStore store, MartenAppend[][] calls, int callers, CancellationToken cancellationToken)
    {
        await using var first = new MartenWriter(store);
        await using var second = new MartenWriter(store);
        await CallAsync(calls, callers, call => Task.WhenAll(
            call.GroupBy(append => (string.GetHashCode(append.Stream, StringComparison.Ordinal) & 1) == 0)
                .Select(part => (part.Key ? first : second).AppendAsync([.. part], cancellationToken))));
    }

    /// <summary>Marten's COPY, which takes new streams only.</summary>
    public static Task BulkAsync(DocumentStore store, MartenAppend[][] calls, int callers, CancellationToken cancellationToken)
    {
        var streams = calls.SelectMany(call => call).GroupBy(append => append.Stream)
            .Select(stream => StreamAction.Start(stream.Key, [.. stream.Select(append => append.Event)])).ToArray();
        return store.BulkInsertEventsAsync(streams, CopyRows, cancellationToken);
    }

    /// <summary>Callers without pause, each the next call as soon as its last one is answered.</summary>
    private static Task CallAsync(MartenAppend[][] calls, int callers, Func<MartenAppend[], Task> appendAsync)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var call && call < calls.Length)
            {
                await appendAsync(calls[call]);
            }
        })));
    }
}
