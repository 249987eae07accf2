using SpendTracker.Contracts;

namespace SpendTracker.Budgets;

/// <summary>
/// What follows from a budget's figures: crossings, each once for its version, period and threshold, and what is over. Pure:
/// the same history and figures give the same, on whatever host.
/// </summary>
public static class BudgetDecision
{
    /// <summary>A period is watched until the end of the next one, since usage and invoices come late.</summary>
    /// <param name="figures">Of the periods that are watched; none where the budget is removed, or its time is over.</param>
    /// <param name="position">The place in the log up to which they are counted.</param>
    /// <returns>Events for the end of the budget's stream, without contributors; empty where everything is decided.</returns>
    public static IReadOnlyList<IEvent> Decide(BudgetState state, IReadOnlyList<BudgetFigures> figures, long position)
    {
        if (state.Terms is not { } terms || position < state.Position)
        {
            return []; // These figures are older than those that were decided on already: another host is ahead.
        }

        List<IEvent> events = [];
        HashSet<(DateOnly, string)> watched = [];
        foreach (var period in state.IsRemoved ? [] : figures)
        {
            foreach (var threshold in period.Thresholds)
            {
                watched.Add((period.Span.Start, threshold.Key));
                if (Decide(state, terms, period, threshold) is { } decided)
                {
                    events.Add(decided);
                }
            }
        }

        events.AddRange(state.Alerts.Where(alert => alert.Value.IsOpen && !watched.Contains(alert.Key)).OrderBy(alert => alert.Key)
            .Select(alert => new BudgetThresholdResolved(terms.Budget, alert.Value.Id, Because(state, alert.Value), null, position)));
        return events;
    }

    private static IEvent? Decide(BudgetState state, BudgetSet terms, BudgetFigures figures, ThresholdFigures threshold)
    {
        var last = state.Alerts.GetValueOrDefault((figures.Span.Start, threshold.Key));
        if (last is { IsOpen: true })
        {
            return last.Version == state.Version
                ? threshold.IsBelow ? new BudgetThresholdResolved(terms.Budget, last.Id, ResolvedBecause.Below, threshold.Observed, figures.Position) : null
                : threshold.IsReached ? Crossed(terms, figures, threshold, 1, last.Id)
                : new BudgetThresholdResolved(terms.Budget, last.Id, ResolvedBecause.BudgetChanged, threshold.Observed, figures.Position);
        }

        return threshold.IsReached ? Crossed(terms, figures, threshold, last?.Version == state.Version ? last.Occurrence + 1 : 1, null) : null;
    }

    private static BudgetThresholdCrossed Crossed(BudgetSet terms, BudgetFigures figures, ThresholdFigures threshold, int occurrence, Guid? replaces) => new(
        terms.Budget, figures.Version, terms.Name, figures.Span.Start, figures.Span.End, threshold.Threshold, occurrence, figures.Currency, figures.Limit,
        threshold.At, threshold.Observed!.Value, figures.Spent ?? 0, figures.Forecast, figures.Position, [], replaces,
        OrNull(figures.UnpricedQuantities), OrNull(figures.UnconvertedAmounts), OrNull(figures.IncompleteQuantities), OrNull(figures.StaleRates));

    private static IReadOnlyDictionary<string, T>? OrNull<T>(IReadOnlyDictionary<string, T> parts) => parts.Count > 0 ? parts : null;

    private static ResolvedBecause Because(BudgetState state, RaisedAlert alert) =>
        state.IsRemoved ? ResolvedBecause.BudgetRemoved
        : alert.Version != state.Version ? ResolvedBecause.BudgetChanged
        : ResolvedBecause.PeriodOver;
}
