using Microsoft.AspNetCore.Http.Extensions;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Usage;

namespace SpendTracker.Web.Usage;

/// <summary>The event explorer's address for a number. The filter is all in it, so that a link can be shared.</summary>
internal static class EventLink
{
    /// <summary>The page of one event.</summary>
    public static string ToEvent(Guid id) => $"/events?id={id}";

    public static string To(UsageFilter filter, EventPlace? before = null, EventPlace? after = null)
    {
        var query = new QueryBuilder { { "workload", filter.Workload }, { "month", filter.Month.ToString() } };
        (string Name, string? Value)[] narrowing =
        [
            ("approach", filter.Approach is { } approach ? EnumName.Of(approach) : null),
            ("component", filter.Component is { } component ? EnumName.Of(component) : null),
            ("sku", filter.Sku),
            ("meter", filter.Meter),
            ("variant", filter.Variant is "" ? CostDimension.None : filter.Variant),
            ("before", before?.ToString()),
            ("after", after?.ToString()),
        ];
        foreach (var (name, value) in narrowing.Where(part => part.Value is not null))
        {
            query.Add(name, value!);
        }

        return $"/events{query}";
    }
}
