namespace SpendTracker.Contracts;

/// <summary>What <c>PUT /api/v1/workloads/{id}</c> takes: all of a workload's details.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Team">The owner team.</param>
/// <param name="Approach">The approach that it is meant to take.</param>
/// <param name="CostCentre">Who pays.</param>
/// <param name="Environment">For instance <c>production</c>.</param>
/// <param name="Tags">Whatever else budgets should tell it by, e.g. <c>product</c> → <c>checkout</c>; at most 20.</param>
/// <param name="Workload">The id of the path; may be left out.</param>
public sealed record WorkloadRequest(
    string Name, string Team, Approach Approach, string? CostCentre = null, string? Environment = null, IReadOnlyDictionary<string, string>? Tags = null, string? Workload = null);

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

/// <summary>What is registered of a workload.</summary>
/// <param name="Id">Lower-case letters, digits, dots and dashes.</param>
/// <param name="Version">Goes up with each change; the ETag.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Team">The owner team.</param>
/// <param name="Approach">The approach that it is meant to take.</param>
/// <param name="CostCentre">Who pays.</param>
/// <param name="Environment">For instance <c>production</c>.</param>
/// <param name="Tags">Whatever else budgets tell it by.</param>
public sealed record WorkloadResponse(
    string Id, int Version, string Name, string Team, Approach Approach, string? CostCentre, string? Environment, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Of what was registered.</summary>
    public static WorkloadResponse Of(WorkloadRegistered details, int version) => new(
        details.Workload, version, details.Name, details.Team, details.Approach, details.CostCentre, details.Environment, details.Tags ?? new Dictionary<string, string>());
}
