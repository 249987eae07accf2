using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Forecasts;

/// <summary>Where a scope's forecast is shown.</summary>
internal static class ForecastLink
{
    /// <summary>A row of a breakdown, by itself; by component, since what is broken down by has one value then.</summary>
    public static string Into(ForecastQuestion question, IReadOnlyDictionary<string, string> keys)
    {
        var filters = keys.Aggregate(Filters.Of(question.Where), (narrower, key) => narrower.With(key.Key, key.Value));
        var by = !filters.Where.ContainsKey("component") ? "component" : filters.Where.ContainsKey("workload") ? "approach" : "workload";
        return filters.Link("/forecast", [("by", by)]);
    }
}
