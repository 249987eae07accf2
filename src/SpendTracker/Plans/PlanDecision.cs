using SpendTracker.Contracts;

namespace SpendTracker.Plans;

/// <summary>
/// What follows from a plan's readings: alerts, each once while a value is outside of its range, and what is over. Pure: the same
/// history and readings give the same, on whatever host.
/// </summary>
public static class PlanDecision
{
    /// <summary>What makes one watched assumption different from another.</summary>
    public static string KeyOf(PlanWatchOn on, string assumption) => $"{EnumName.Of(on)}:{assumption}";

    /// <param name="readings">Of the state's version; none where it is retired, or where its months are over.</param>
    /// <param name="isOver">Whether the plan's months are over.</param>
    /// <returns>Events for the end of the plan's stream; empty where everything is decided.</returns>
    public static IReadOnlyList<IEvent> Decide(PlanState state, IReadOnlyList<PlanReading> readings, bool isOver)
    {
        if (state.Submitted is not { } plan)
        {
            return [];
        }

        List<IEvent> events = [];
        HashSet<string> watched = [];
        foreach (var reading in state.IsRetired || isOver ? [] : readings)
        {
            var key = KeyOf(reading.On, reading.Assumption);
            watched.Add(key);
            events.AddRange(Decide(plan, state, reading, state.Alerts.GetValueOrDefault(key)));
        }

        events.AddRange(state.Alerts.Where(alert => alert.Value.IsOpen && !watched.Contains(alert.Key)).Select(alert => new PlanAlertResolved(
            plan.Plan, alert.Value.Id,
            state.IsRetired ? PlanResolvedBecause.PlanRetired : alert.Value.Version != state.Version ? PlanResolvedBecause.PlanChanged : PlanResolvedBecause.PlanOver)));
        return events;
    }

    private static IEnumerable<IEvent> Decide(PlanSubmitted plan, PlanState state, PlanReading reading, RaisedPlanAlert? last)
    {
        var isEarlier = last is { IsOpen: true } && last.Version != state.Version;
        if (isEarlier)
        {
            yield return new PlanAlertResolved(plan.Plan, last!.Id, PlanResolvedBecause.PlanChanged, reading.Observed);
        }
        else if (last is { IsOpen: true } && reading.IsOutside == false)
        {
            yield return new PlanAlertResolved(plan.Plan, last.Id, PlanResolvedBecause.Back, reading.Observed);
        }

        // What cannot be told, for lack of usage or of a price, neither raises an alert nor ends one.
        if ((isEarlier || last is not { IsOpen: true }) && reading is { IsOutside: true, Observed: { } observed })
        {
            yield return new PlanAlertRaised(
                plan.Plan, state.Version, plan.Assumptions.Name, plan.Watch!.Workload, reading.On, reading.Assumption, observed, reading.Unit, reading.From, reading.To,
                last?.Version == state.Version ? last.Occurrence + 1 : 1, plan.Watch.Channels ?? [], reading.Low, reading.High);
        }
    }
}
