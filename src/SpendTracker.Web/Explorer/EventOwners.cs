using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Requests;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Explorer;

/// <summary>Events have their workload alone: whose they are is told by the registry.</summary>
internal static class EventOwners
{
    /// <summary>The workloads that team, environment, cost centre, tags and workload narrow a list to: those named, or all but some.</summary>
    /// <returns>Only: null for all. What nobody registered has no team, so it is said by the ones that it is not.</returns>
    public static (IReadOnlyList<string>? Only, IReadOnlyList<string> Except) Workloads(Filters filters, IReadOnlyList<Workload> registered)
    {
        if (filters.Only(["team", "environment", "cost-centre"]).Where.Count == 0)
        {
            return (filters.Where.GetValueOrDefault("workload"), []);
        }

        string[] tags = [.. filters.Where.Keys.Where(CostDimension.IsTag)];
        var matching = registered.Where(workload => Has("team", workload.Team) && Has("environment", Or(workload.Environment)) && Has("cost-centre", Or(workload.CostCentre))
                && tags.All(tag => Has(tag, Or(workload.Tags.GetValueOrDefault(tag[CostDimension.TagPrefix.Length..], "")))))
            .Select(workload => workload.Id).ToHashSet();
        var unregisteredToo = Has("team", CostDimension.Unregistered) && Has("environment", CostDimension.None) && Has("cost-centre", CostDimension.None) && tags.All(tag => Has(tag, CostDimension.None));
        string[] others = [.. registered.Select(workload => workload.Id).Where(id => !matching.Contains(id))];
        return filters.Where.TryGetValue("workload", out var named)
            ? ([.. named.Where(id => unregisteredToo ? !others.Contains(id) : matching.Contains(id))], [])
            : unregisteredToo ? (null, others) : ([.. matching.Order(StringComparer.Ordinal)], []);

        bool Has(string dimension, string value) => !filters.Where.TryGetValue(dimension, out var values) || values.Contains(value);

        static string Or(string text) => text.Length == 0 ? CostDimension.None : text;
    }
}
