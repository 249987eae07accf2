using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Rates;

/// <summary>What of a stream of publications has not been withdrawn.</summary>
internal static class InForce
{
    /// <summary>Publications of one type, oldest first.</summary>
    public static IEnumerable<T> Of<T>(IReadOnlyList<StoredEvent> stream)
        where T : IEvent
    {
        var withdrawn = stream.Select(stored => stored.Data).OfType<PublicationWithdrawn>().Select(withdrawal => withdrawal.Publication).ToHashSet();
        return stream.Where(stored => !withdrawn.Contains(stored.Id)).Select(stored => stored.Data).OfType<T>();
    }
}
