namespace SpendTracker.Contracts;

/// <summary>A workload as registered.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Team">The owner team.</param>
/// <param name="Approach">The approach.</param>
/// <param name="CostCentre">Who pays.</param>
/// <param name="Environment">For instance <c>production</c>.</param>
/// <param name="ChangedAt">When it was changed last, UTC.</param>
/// <param name="Tags">Whatever else budgets tell it by.</param>
public sealed record Workload(
    string Id, string Name, string Team, Approach Approach, string CostCentre, string Environment, DateTimeOffset ChangedAt, IReadOnlyDictionary<string, string> Tags);
