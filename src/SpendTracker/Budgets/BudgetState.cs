using System.Collections.Immutable;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Budgets;

/// <summary>An alert of a budget, as decisions need it.</summary>
/// <param name="Id">The crossing's event id.</param>
/// <param name="Version">Of the budget that raised it.</param>
/// <param name="Occurrence">How often that version crossed the threshold in the period.</param>
/// <param name="IsOpen">Whether it was neither resolved nor replaced.</param>
public sealed record RaisedAlert(Guid Id, int Version, int Occurrence, bool IsOpen);

/// <summary>A budget as its stream tells it.</summary>
/// <param name="Terms">The last that were set; null where the stream has none.</param>
/// <param name="Version">How often it was set.</param>
/// <param name="IsRemoved">Whether it holds no longer.</param>
/// <param name="Length">Events in the stream: a decision is appended behind them or not at all.</param>
/// <param name="Position">Up to where the log was counted for the last decision.</param>
/// <param name="Alerts">The last alert of each period and threshold, by its first day and <see cref="Thresholds.KeyOf"/>.</param>
public sealed record BudgetState(
    BudgetSet? Terms, int Version, bool IsRemoved, long Length, long Position, ImmutableDictionary<(DateOnly PeriodStart, string Threshold), RaisedAlert> Alerts)
    : IStreamState<BudgetState>
{
    /// <summary>A constant drawn once at random.</summary>
    private static readonly Guid AlertNamespace = new("0c5e1f7a-8d1b-4c0e-9a39-5b1d2f0e7c64");

    /// <summary>Folds a budget's stream, oldest event first.</summary>
    public static BudgetState Of(IReadOnlyList<StoredEvent> history) => EventStreams.Fold<BudgetState>(history) ?? Empty;

    private static BudgetState Empty { get; } = new(null, 0, false, 0, 0, ImmutableDictionary<(DateOnly PeriodStart, string Threshold), RaisedAlert>.Empty);

    public static BudgetState Apply(BudgetState? before, StoredEvent stored)
    {
        var state = (before ?? Empty) with { Length = stored.Version };
        return stored.Data switch
        {
            BudgetSet set when BudgetBook.FaultOf(stored, set) is null => state with { Terms = set, Version = state.Version + 1, IsRemoved = false },
            BudgetRemoved => state with { IsRemoved = true },
            BudgetThresholdCrossed crossed => state with
            {
                Alerts = state.Alerts.SetItem((crossed.PeriodStart, Thresholds.KeyOf(crossed.Threshold)), new(stored.Id, crossed.Version, crossed.Occurrence, true)),
                Position = Math.Max(state.Position, crossed.Position),
            },
            BudgetThresholdResolved resolved when state.Alerts.FirstOrDefault(alert => alert.Value.Id == resolved.Alert) is { Value: { } alert } row => state with
            {
                Alerts = state.Alerts.SetItem(row.Key, alert with { IsOpen = false }),
                Position = Math.Max(state.Position, resolved.Position),
            },
            _ => state,
        };
    }

    /// <summary>The id of a crossing: whoever decides it, on whatever host, gives it this one.</summary>
    public static Guid AlertId(string tenant, string budget, int version, DateOnly periodStart, string threshold, int occurrence) =>
        EventId.Version5(AlertNamespace, $"{tenant.Length}:{tenant}{budget.Length}:{budget}{version}:{periodStart:yyyy-MM-dd}:{threshold}:{occurrence}");
}
