using SpendTracker.Budgets;

namespace SpendTracker.Web.Budgets;

/// <summary>A budget in the tree of budgets.</summary>
/// <param name="Depth">0 at the root.</param>
/// <param name="Within">The name of the budget that it is a part of; null at the root.</param>
public sealed record BudgetBranch(BudgetRow Row, int Depth, string? Within);

/// <summary>Budgets as a tree by their scopes: organisation, team, workload. A budget stands below the narrowest one that covers all of it.</summary>
internal static class BudgetTree
{
    /// <summary>In the order of the tree; those beside each other in the order that they come in.</summary>
    /// <param name="teamOf">Of a workload; null if nobody has registered it.</param>
    public static IReadOnlyList<BudgetBranch> Of(IReadOnlyList<BudgetRow> rows, Func<string, string?> teamOf)
    {
        var parents = rows.ToDictionary(row => row, row => rows.Where(other => Covers(other.Terms.Scope, row.Terms.Scope, teamOf))
            .OrderByDescending(other => rows.Count(outer => Covers(outer.Terms.Scope, other.Terms.Scope, teamOf))).ThenBy(other => Fineness(other.Terms.Scope)).ThenBy(other => other.Terms.Budget, StringComparer.Ordinal).FirstOrDefault());
        var children = rows.ToLookup(row => parents[row]);
        List<BudgetBranch> branches = [];
        void Add(BudgetRow? parent, int depth)
        {
            foreach (var row in children[parent])
            {
                branches.Add(new(row, depth, parent?.Terms.Name));
                Add(row, depth + 1);
            }
        }

        Add(null, 0);
        return branches;
    }

    /// <summary>Lower for a scope by what divides costs more finely: a workload before a team.</summary>
    private static int Fineness(IReadOnlyDictionary<string, IReadOnlyList<string>> scope) =>
        BudgetScope.Dimensions.Index().Where(dimension => scope.ContainsKey(dimension.Item)).Select(dimension => dimension.Index).DefaultIfEmpty(BudgetScope.Dimensions.Count).Min();

    /// <summary>Whether all that a scope covers is covered by a wider one, and that one covers more.</summary>
    private static bool Covers(IReadOnlyDictionary<string, IReadOnlyList<string>> wide, IReadOnlyDictionary<string, IReadOnlyList<string>> narrow, Func<string, string?> teamOf) =>
        IsWithin(narrow, wide, teamOf) && !IsWithin(wide, narrow, teamOf);

    private static bool IsWithin(IReadOnlyDictionary<string, IReadOnlyList<string>> narrow, IReadOnlyDictionary<string, IReadOnlyList<string>> wide, Func<string, string?> teamOf) =>
        wide.All(part => narrow.TryGetValue(part.Key, out var values) ? values.All(part.Value.Contains)
            : part.Key == "team" && narrow.TryGetValue("workload", out var workloads) && workloads.All(workload => teamOf(workload) is { } team && part.Value.Contains(team)));
}
