using System.Diagnostics;
using Microsoft.Extensions.Caching.Memory;
using SpendTracker.Web.Events;

namespace SpendTracker.Web.Costs;

/// <summary>What was read last.</summary>
/// <param name="Latest">Null if nothing was.</param>
/// <param name="Age">Since that reading began.</param>
/// <param name="Took">How long it took.</param>
/// <param name="HasChanged">Whether a read model has changed since it began.</param>
internal readonly record struct LastReading<T>(T? Latest, TimeSpan Age, TimeSpan Took, bool HasChanged);

/// <summary>
/// Readings that all open pages share, by what is asked for. However many pages ask, one reading of each goes on at a time, and what was read
/// last is kept for a while after somebody looked.
/// </summary>
/// <typeparam name="TKey">What is asked for; of a type that nothing else is kept by.</typeparam>
/// <typeparam name="T">What is read.</typeparam>
internal sealed class SharedReadings<TKey, T>
    where TKey : notnull
    where T : class
{
    private readonly IMemoryCache _cache;
    private readonly TimeSpan _kept;
    private long _changes;

    public SharedReadings(IMemoryCache cache, DaemonService daemon, TimeSpan kept)
    {
        (_cache, _kept) = (cache, kept);
        daemon.Changed += () => Interlocked.Increment(ref _changes);
    }

    private sealed class Reading
    {
        public T? Latest { get; set; }
        public long BeganAt { get; set; }
        public TimeSpan Took { get; set; }
        public long Changes { get; set; }
        public Task<T>? UnderWay { get; set; }
    }

    /// <summary>What was read last, to show at once; null if nobody has looked lately.</summary>
    public T? Latest(TKey key) => Of(key).Latest;

    /// <summary>What is asked for as of now: the reading under way, what was read last if that is current, or a new reading.</summary>
    /// <param name="isCurrent">Whether what was read last holds still.</param>
    /// <param name="pause">How long a new reading waits first.</param>
    /// <param name="read">Reads anew.</param>
    public Task<T> GetAsync(TKey key, Func<LastReading<T>, bool> isCurrent, Func<LastReading<T>, TimeSpan> pause, Func<Task<T>> read, CancellationToken stopping)
    {
        var reading = Of(key);
        lock (reading)
        {
            if (reading.UnderWay is { IsCompleted: false })
            {
                return reading.UnderWay;
            }

            var last = new LastReading<T>(reading.Latest, Stopwatch.GetElapsedTime(reading.BeganAt), reading.Took, reading.Changes != Interlocked.Read(ref _changes));
            return last.Latest is { } latest && isCurrent(last) ? Task.FromResult(latest) : reading.UnderWay = ReadAsync(reading, pause(last), read, stopping);
        }
    }

    private async Task<T> ReadAsync(Reading reading, TimeSpan pause, Func<Task<T>> read, CancellationToken stopping)
    {
        await Task.Yield(); // The lock is the caller's.
        if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, stopping);
        }

        // Noted before reading: a change that comes while reading is one more reason to read again.
        var (changes, began) = (Interlocked.Read(ref _changes), Stopwatch.GetTimestamp());
        var latest = await read();
        lock (reading)
        {
            (reading.Latest, reading.BeganAt, reading.Took, reading.Changes) = (latest, began, Stopwatch.GetElapsedTime(began), changes);
        }

        return latest;
    }

    private Reading Of(TKey key) => _cache.GetOrCreate(key, entry =>
    {
        entry.SlidingExpiration = _kept;
        entry.Size = 1;
        return new Reading();
    })!;
}
