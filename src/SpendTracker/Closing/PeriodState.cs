using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Closing;

/// <summary>A billing period as its stream tells it.</summary>
/// <param name="Closing">The closing that holds; null where it is open.</param>
public sealed record PeriodState(Guid? Closing) : IStreamState<PeriodState>
{
    public static PeriodState Apply(PeriodState? state, StoredEvent stored) => new(stored.Data switch
    {
        BillingPeriodClosed closed => closed.Closing,
        BillingPeriodReopened reopened when reopened.Closing == state?.Closing => null,
        _ => state?.Closing,
    });
}
