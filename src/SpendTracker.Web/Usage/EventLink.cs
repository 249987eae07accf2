using Microsoft.AspNetCore.Http.Extensions;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Usage;
using SpendTracker.Web.Costs;

namespace SpendTracker.Web.Usage;

/// <summary>The event explorer's address for a number. The filter is all in it, so that a link can be shared.</summary>
internal static class EventLink
{
    /// <summary>The page of one event.</summary>
    public static string ToEvent(Guid id) => $"/events?id={id}";

    /// <summary>The events that became known between the two days of an explanation.</summary>
    public static string To(Explanation explanation, UsageMove move) => To(new UsageFilter(move.Workload, explanation.Month)
    {
        Approach = move.Approach, Sku = move.Sku, Meter = move.Meter, RecordedFrom = explanation.From.AddDays(1), RecordedTo = explanation.To, KnownOn = explanation.To,
    });

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
            ("recordedFrom", Day(filter.RecordedFrom)),
            ("recordedTo", Day(filter.RecordedTo)),
            ("knownOn", Day(filter.KnownOn)),
            ("before", before?.ToString()),
            ("after", after?.ToString()),
        ];
        foreach (var (name, value) in narrowing.Where(part => part.Value is not null))
        {
            query.Add(name, value!);
        }

        return $"/events{query}";
    }

    private static string? Day(DateOnly? day) => day is { } given ? KnownOn.Text(given) : null;
}
