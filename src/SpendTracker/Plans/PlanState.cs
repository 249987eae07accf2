using System.Collections.Immutable;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Plans;

/// <summary>An alert of a plan, as decisions need it.</summary>
/// <param name="Id">The id of the event that raised it.</param>
/// <param name="Version">Of the plan that raised it.</param>
/// <param name="Occurrence">How often that version raised it.</param>
/// <param name="IsOpen">Whether it was not resolved.</param>
public sealed record RaisedPlanAlert(Guid Id, int Version, int Occurrence, bool IsOpen);

/// <summary>A plan as its stream tells it.</summary>
/// <param name="Submitted">The last version; null where the stream has none.</param>
/// <param name="Version">How often it was submitted.</param>
/// <param name="IsRetired">Whether it is not followed any more.</param>
/// <param name="Length">Events in the stream: a decision is appended behind them or not at all.</param>
/// <param name="Alerts">The last alert of each assumption, by <see cref="PlanDecision.KeyOf(PlanWatchOn, string)"/>.</param>
public sealed record PlanState(PlanSubmitted? Submitted, int Version, bool IsRetired, long Length, ImmutableSortedDictionary<string, RaisedPlanAlert> Alerts)
    : IStreamState<PlanState>
{
    /// <summary>A constant drawn once at random.</summary>
    private static readonly Guid AlertNamespace = new("5d2b8a40-6f3e-4b57-9a01-c3f7e2d4b816");

    private static PlanState Empty { get; } = new(null, 0, false, 0, ImmutableSortedDictionary.Create<string, RaisedPlanAlert>(StringComparer.Ordinal));

    public static PlanState Apply(PlanState? before, StoredEvent stored)
    {
        var state = (before ?? Empty) with { Length = stored.Version };
        return stored.Data switch
        {
            PlanSubmitted submitted when PlanBook.FaultOf(stored, submitted) is null => state with { Submitted = submitted, Version = state.Version + 1, IsRetired = false },
            PlanRetired => state with { IsRetired = true },
            PlanAlertRaised raised => state with
            {
                Alerts = state.Alerts.SetItem(PlanDecision.KeyOf(raised.On, raised.Assumption), new(stored.Id, raised.Version, raised.Occurrence, IsOpen: true)),
            },
            PlanAlertResolved resolved when state.Alerts.FirstOrDefault(alert => alert.Value.Id == resolved.Alert) is { Value: { } alert } row => state with
            {
                Alerts = state.Alerts.SetItem(row.Key, alert with { IsOpen = false }),
            },
            _ => state,
        };
    }

    /// <summary>The id of an alert: whoever decides it, on whatever host, gives it this one.</summary>
    public static Guid AlertId(string tenant, PlanAlertRaised raised) => EventId.Version5(
        AlertNamespace, $"{tenant.Length}:{tenant}{raised.Plan.Length}:{raised.Plan}{raised.Version}:{raised.Occurrence}:{PlanDecision.KeyOf(raised.On, raised.Assumption)}");
}
