using System.Collections.Immutable;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Rates;

/// <summary>What of a stream's publications was withdrawn.</summary>
public sealed record PublicationsState(ImmutableHashSet<Guid> Withdrawn) : IStreamState<PublicationsState>
{
    public static PublicationsState Apply(PublicationsState? state, StoredEvent stored) => stored.Data is PublicationWithdrawn withdrawal
        ? new((state?.Withdrawn ?? []).Add(withdrawal.Publication))
        : state ?? new(ImmutableHashSet<Guid>.Empty);
}
