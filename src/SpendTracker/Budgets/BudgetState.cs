using SpendTracker.Contracts;
using SpendTracker.Events;

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
    BudgetSet? Terms, int Version, bool IsRemoved, long Length, long Position, IReadOnlyDictionary<(DateOnly PeriodStart, string Threshold), RaisedAlert> Alerts)
{
    /// <summary>A constant drawn once at random.</summary>
    private static readonly Guid AlertNamespace = new("0c5e1f7a-8d1b-4c0e-9a39-5b1d2f0e7c64");

    /// <summary>Folds a budget's stream, oldest event first.</summary>
    public static BudgetState Of(IReadOnlyList<StoredEvent> history)
    {
        Dictionary<(DateOnly, string), RaisedAlert> alerts = [];
        var state = new BudgetState(null, 0, false, history.Count, 0, alerts);
        foreach (var stored in history)
        {
            switch (stored.Data)
            {
                case BudgetSet set when BudgetBook.FaultOf(stored, set) is null:
                    state = state with { Terms = set, Version = state.Version + 1, IsRemoved = false };
                    break;
                case BudgetRemoved:
                    state = state with { IsRemoved = true };
                    break;
                case BudgetThresholdCrossed crossed:
                    alerts[(crossed.PeriodStart, Thresholds.KeyOf(crossed.Threshold))] = new(stored.Id, crossed.Version, crossed.Occurrence, true);
                    state = state with { Position = Math.Max(state.Position, crossed.Position) };
                    break;
                case BudgetThresholdResolved resolved when alerts.FirstOrDefault(alert => alert.Value.Id == resolved.Alert) is { Value: { } alert } row:
                    alerts[row.Key] = alert with { IsOpen = false };
                    state = state with { Position = Math.Max(state.Position, resolved.Position) };
                    break;
            }
        }

        return state;
    }

    /// <summary>The id of a crossing: whoever decides it, on whatever host, gives it this one.</summary>
    public static Guid AlertId(string tenant, string budget, int version, DateOnly periodStart, string threshold, int occurrence) =>
        EventId.Version5(AlertNamespace, $"{tenant.Length}:{tenant}{budget.Length}:{budget}{version}:{periodStart:yyyy-MM-dd}:{threshold}:{occurrence}");
}
