using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Benchmarks.Append;

/// <summary>Callers that append without pause, each the next call as soon as its last one is answered.</summary>
internal static class StoreLoad
{
    /// <returns>What it took, and how many events were acknowledged as appended.</returns>
    public static async Task<(Work Work, long Appended)> AppendAsync(
        BenchmarkServer server, EventStore store, EventToAppend[][] calls, int callers, CancellationToken cancellationToken)
    {
        var next = -1;
        var appended = 0L;
        async Task CallAsync()
        {
            while (Interlocked.Increment(ref next) is var call && call < calls.Length)
            {
                var results = await store.AppendAsync(calls[call], cancellationToken);
                Interlocked.Add(ref appended, results.Count(result => result.Status == AppendStatus.Appended));
            }
        }

        var work = await Work.MeasureAsync(
            server, calls.Sum(call => call.Length), () => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync, cancellationToken))));
        return (work, appended);
    }
}
