using SpendTracker.Contracts;
using SpendTracker.Costs;

namespace SpendTracker.Budgets;

/// <summary>What costs are kept apart by where budgets look at them.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Approach">By its name in the log, as the others.</param>
/// <param name="Component">What kind of cost it is.</param>
/// <param name="Model">The SKU of tokens, hosting and training; otherwise <see cref="CostDimension.None"/>.</param>
/// <param name="Variant">Or <see cref="CostDimension.None"/>.</param>
public readonly record struct SpendKey(string Workload, string Approach, string Component, string Model, string Variant)
{
    /// <summary>Where the log was when the month of use was closed; 0 for an open one. Whom the cost is of is what the registry said there.</summary>
    public long Position { get; init; }
}

/// <summary>What the registry says of a workload; what it does not say is <see cref="CostDimension.None"/>, as in every breakdown of costs.</summary>
public sealed record WorkloadFacts(string Team, string CostCentre, string Environment, IReadOnlyDictionary<string, string> Tags)
{
    public static WorkloadFacts Unregistered { get; } = new(CostDimension.Unregistered, CostDimension.None, CostDimension.None, new Dictionary<string, string>());
}

/// <summary>Whom costs are of, as in every breakdown of costs: of a closed month, what the registry said where it was closed.</summary>
/// <param name="facts">By workload and position.</param>
/// <param name="closed">The months that are closed, each with its position.</param>
internal sealed class SpendOwners(IReadOnlyDictionary<(string Workload, long Position), WorkloadFacts> facts, IReadOnlyDictionary<BillingPeriod, long> closed)
{
    public static SpendOwners Nobody { get; } = new(new Dictionary<(string, long), WorkloadFacts>(), new Dictionary<BillingPeriod, long>());

    public WorkloadFacts Of(in SpendKey key) => facts.GetValueOrDefault((key.Workload, key.Position), WorkloadFacts.Unregistered);

    /// <summary>A cost of a month of use, as it is booked.</summary>
    public SpendKey In(BillingPeriod month, SpendKey key) => key with { Position = closed.GetValueOrDefault(month) };

    /// <summary>Whether a change of a month is booked in another one.</summary>
    public bool IsClosed(BillingPeriod month) => closed.ContainsKey(month);
}

/// <summary>Which costs a budget covers.</summary>
public static class BudgetScope
{
    public const string TagPrefix = CostDimension.TagPrefix;

    /// <summary>Every dimension but tags, those that divide costs most finely first.</summary>
    public static IReadOnlyList<string> Dimensions { get; } = ["workload", "variant", "model", "team", "cost-centre", "environment", "component", "approach"];

    public static bool IsDimension(string name) => CostDimension.IsOneOf(Dimensions, name);

    /// <summary>What a cost has in a dimension.</summary>
    public static string? ValueOf(string dimension, in SpendKey key, WorkloadFacts workload) => dimension switch
    {
        "workload" => key.Workload,
        "approach" => key.Approach,
        "component" => key.Component,
        "model" => key.Model,
        "variant" => key.Variant,
        "team" => workload.Team,
        "cost-centre" => workload.CostCentre,
        "environment" => workload.Environment,
        _ => workload.Tags.GetValueOrDefault(dimension[TagPrefix.Length..]),
    };

    /// <summary>Whether a cost has one of the values in every dimension that the scope names.</summary>
    public static bool Covers(IReadOnlyDictionary<string, IReadOnlyList<string>> scope, in SpendKey key, WorkloadFacts workload)
    {
        foreach (var (dimension, values) in scope)
        {
            if (ValueOf(dimension, key, workload) is not { } value || !values.Contains(value))
            {
                return false;
            }
        }

        return true;
    }
}
