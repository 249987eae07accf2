using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>
/// The usage that this host committed last, so that a projection here need not read back what was just written. It is never
/// asked what there is, only whether it has every number of a stretch: then no gap and nobody else's event can be in it.
/// Whatever is missing is read from the log.
/// </summary>
public sealed class RecentEvents
{
    /// <summary>About a second of full load, three times what a page has then. A power of two.</summary>
    private const int Places = 32_768;

    /// <summary>Bytes of JSON of a larger event, which is read from the log, so that memory has a limit.</summary>
    private const int MostBytes = 1_024;

    // An event's place follows from its number. A late one may take a later one's place: that is then missing, and no more.
    private readonly StoredEvent?[] _events = new StoredEvent?[Places];

    /// <summary>Keeps an event that is committed, unless it is no usage or large.</summary>
    internal void Add(EventToAppend appended, long seqId, long version, DateTimeOffset recordedAt)
    {
        if (appended.Data is IUsageEvent && appended.Json.Length <= MostBytes)
        {
            Volatile.Write(ref _events[seqId % Places], new StoredEvent(
                seqId, appended.Id, appended.TenantId, appended.Stream, version, appended.Type.Name, recordedAt, appended.Data, appended.TraceParent));
        }
    }

    /// <summary>The last number up to which every one after another is here; that other where the next is missing.</summary>
    internal long EndOfRun(long after)
    {
        while (Find(after + 1) is not null)
        {
            after++;
        }

        return after;
    }

    /// <summary>Copies the events after a number, one for each place, in order.</summary>
    /// <returns>False where one of them is missing.</returns>
    internal bool TryCopy(long after, Span<StoredEvent> events)
    {
        for (var i = 0; i < events.Length; i++)
        {
            if (Find(after + 1 + i) is not { } found)
            {
                return false;
            }

            events[i] = found;
        }

        return true;
    }

    /// <summary>Forgets all: what was committed may have been on a server that is not the one that is now asked.</summary>
    internal void Clear() => Array.Clear(_events);

    private StoredEvent? Find(long seqId) => Volatile.Read(ref _events[seqId % Places]) is { } found && found.SeqId == seqId ? found : null;
}
