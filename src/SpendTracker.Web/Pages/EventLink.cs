using Microsoft.AspNetCore.Http.Extensions;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Explorer;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Pages;

/// <summary>The event explorer's address for a number. The filter is all in it, so that a link can be shared.</summary>
internal static class EventLink
{
    private const string Page = "/events";
    private const string Api = "/api/v1/events";

    /// <summary>The page of one event.</summary>
    public static string ToEvent(Guid id) => $"{Page}?id={id}";

    /// <summary>The same over the API.</summary>
    public static string ToEventList(Guid id) => $"{Api}?id={id}";

    /// <summary>The events that became known between the two days of an explanation.</summary>
    public static UsageFilter FilterOf(Explanation explanation, UsageMove move) => new(move.Workload, explanation.Month)
    {
        Approach = move.Approach, Sku = move.Sku, Meter = move.Meter, RecordedFrom = explanation.From.AddDays(1), RecordedTo = explanation.To, KnownOn = explanation.To,
    };

    /// <summary>The events that were known already at the first day of an explanation, and whose price is another at the second.</summary>
    public static UsageFilter FilterOf(Explanation explanation, PriceMove move) => new(move.Workload, explanation.Month)
    {
        Approach = move.Approach, Sku = move.Sku, Meter = move.Meter, RecordedTo = explanation.From, KnownOn = explanation.To,
    };

    /// <summary>The events of a month behind a line that is compared with another month's.</summary>
    public static UsageFilter FilterOf(LineChange line, BillingPeriod month, DateOnly? knownOn) => new(line.Workload, month)
    {
        Approach = line.Approach, Component = line.Component, Sku = line.Sku, Meter = line.Meter, KnownOn = knownOn,
    };

    public static string To(UsageFilter filter, EventPlace? before = null, EventPlace? after = null) => Page + Query(filter, before, after);

    /// <summary>The same over the API.</summary>
    public static string ToList(UsageFilter filter, EventPlace? before = null, EventPlace? after = null) => Api + Query(filter, before, after);

    private static string Query(UsageFilter filter, EventPlace? before, EventPlace? after)
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

        return query.ToString();
    }

    private static string? Day(DateOnly? day) => day is { } given ? KnownOn.Text(given) : null;
}
