using System.Text.Json;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Workloads;

namespace SpendTracker.Forecasts;

/// <summary>What daily costs are kept apart by.</summary>
/// <param name="Model">As in a breakdown of costs, like the variant.</param>
/// <param name="IsOnce">Whether it is not expected again: a charge, training, the preparation of a dataset.</param>
/// <param name="Work">Of labour: the role and its activity, since setting up ends as upkeep begins. Empty of all else.</param>
internal readonly record struct CostPart(string Workload, string Approach, string Component, string Model, string Variant, bool IsOnce, string Work = "")
{
    private static readonly string Hosting = EnumName.Of(Contracts.Component.Hosting);
    private static readonly string Labour = EnumName.Of(Contracts.Component.Labour);

    /// <summary>What has a rule of its own, by which all its parts go on.</summary>
    public (string Workload, string Component, bool IsOnce, string Work) Whole => (Workload, Component, IsOnce, Work);

    /// <summary>Whether it is of charges that may come again: not of training or datasets, which are planned.</summary>
    public bool MayBeScheduled => IsOnce && Component is not ("training" or "dataset-preparation");

    public ComponentKind Kind => IsOnce ? ComponentKind.Other : Component == Hosting ? ComponentKind.Hosting : Component == Labour ? ComponentKind.Labour : ComponentKind.Other;

    /// <summary>The dimensions of costs that a forecast may be broken down by, and narrowed to.</summary>
    public static IReadOnlyList<CostDimension> Dimensions { get; } = [.. CostDimension.All.Where(dimension => dimension.Name is not ("month" or "origin"))];

    /// <param name="owners">By workload.</param>
    public string ValueOf(string dimension, IReadOnlyDictionary<string, WorkloadOwner> owners) => dimension switch
    {
        "workload" => Workload,
        "approach" => Approach,
        "component" => Component,
        CostDimension.ModelName => Model,
        "variant" => Variant,
        "team" => owners.TryGetValue(Workload, out var owner) ? owner.Team : CostDimension.Unregistered,
        "cost-centre" => owners.GetValueOrDefault(Workload)?.CostCentre ?? CostDimension.None,
        "environment" => owners.GetValueOrDefault(Workload)?.Environment ?? CostDimension.None,
        _ when CostDimension.IsTag(dimension) => owners.GetValueOrDefault(Workload)?.Tags.GetValueOrDefault(dimension[CostDimension.TagPrefix.Length..]) ?? CostDimension.None,
        _ => throw new ArgumentException($"'{dimension}' is no dimension of a forecast.", nameof(dimension)),
    };
}

/// <summary>Whom a workload is of, as the registry has it now.</summary>
internal sealed record WorkloadOwner(string Team, string CostCentre, string Environment, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>All of them, by workload.</summary>
    public static async Task<Dictionary<string, WorkloadOwner>> ReadAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        static string Or(string text) => text == "" ? CostDimension.None : text;
        await using var command = dataSource.CreateCommand($"select w.workload, w.team, w.cost_centre, w.environment, w.tags::text from {WorkloadProjection.KnownSql(null)} as w");
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<string, WorkloadOwner> owners = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            owners.Add(reader.GetString(0), new(reader.GetString(1), Or(reader.GetString(2)), Or(reader.GetString(3)), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(4))!));
        }

        return owners;
    }
}
