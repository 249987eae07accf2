using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>What there is to choose from where costs are narrowed.</summary>
public sealed class CostValuesQuery(NpgsqlDataSource dataSource)
{
    /// <summary>
    /// Dimension → the values that any cost line, or any workload as it is or was registered, has; in their order. Of what has only an
    /// estimate, the workload is there once it is registered.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            with line as materialized (
                select distinct c.workload, {CostDimension.Model("c")} as model, {CostDimension.Variant("c")} as variant from spend.cost_line as c where c.tenant_id = $1),
            owner as materialized (
                select distinct w.workload, w.team, coalesce(nullif(w.cost_centre, ''), '{CostDimension.None}') as cost_centre,
                       coalesce(nullif(w.environment, ''), '{CostDimension.None}') as environment, w.tags
                from spend.workload as w where w.tenant_id = $1)
            select 'workload', workload from line union select 'workload', workload from owner
            union select 'model', model from line union select 'variant', variant from line
            union select 'team', team from owner union select 'cost-centre', cost_centre from owner union select 'environment', environment from owner
            union select '{CostDimension.TagPrefix}' || tag.key, tag.value from owner cross join lateral jsonb_each_text(tags) as tag where tag.value <> ''
            union select 'team', '{CostDimension.Unregistered}' from line where workload not in (select workload from owner)
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(string Dimension, string Value)> values = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            values.Add((reader.GetString(0), reader.GetString(1)));
        }

        return values.GroupBy(value => value.Dimension, value => value.Value)
            .ToDictionary(dimension => dimension.Key, IReadOnlyList<string> (dimension) => [.. dimension.Order(StringComparer.OrdinalIgnoreCase)]);
    }
}
