namespace SpendTracker.Contracts;

/// <summary>A workload got a name, an owner and an approach. Usage may come before or after it.</summary>
/// <param name="Workload">The id: lower-case letters, digits, dots and dashes.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Team">The owner team.</param>
/// <param name="Approach">The approach that it is meant to take.</param>
/// <param name="CostCentre">Who pays.</param>
/// <param name="Environment">For instance <c>production</c>.</param>
/// <param name="Tags">Whatever else budgets should tell it by, e.g. <c>product</c> → <c>checkout</c>; at most 20.</param>
public sealed record WorkloadRegistered(
    string Workload, string Name, string Team, Approach Approach, string? CostCentre = null, string? Environment = null,
    IReadOnlyDictionary<string, string>? Tags = null) : IEvent;

/// <summary>A registered workload's details changed; these are all the new ones.</summary>
/// <inheritdoc cref="WorkloadRegistered"/>
public sealed record WorkloadChanged(
    string Workload, string Name, string Team, Approach Approach, string? CostCentre = null, string? Environment = null,
    IReadOnlyDictionary<string, string>? Tags = null) : IEvent;
