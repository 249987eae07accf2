using Microsoft.AspNetCore.Http.Extensions;

namespace SpendTracker.Web.Forecasts;

/// <summary>Where a scope's forecast is shown.</summary>
internal static class ForecastLink
{
    public static string To(string by, IEnumerable<KeyValuePair<string, string>> where)
    {
        var query = new QueryBuilder { { "by", by } };
        foreach (var (name, value) in where)
        {
            query.Add("where", $"{name}={value}");
        }

        return $"/forecast{query}";
    }

    /// <summary>The same without one of the conditions.</summary>
    public static string Without(string by, IReadOnlyDictionary<string, string> where, string name) => To(by, where.Where(condition => condition.Key != name));

    /// <summary>A row of a breakdown, by itself; by component, since what is broken down by has one value then.</summary>
    public static string Into(ForecastQuestion question, IReadOnlyDictionary<string, string> keys)
    {
        var where = question.Where.Concat(keys).DistinctBy(condition => condition.Key).ToDictionary();
        return To(where.ContainsKey("component") ? where.ContainsKey("workload") ? "approach" : "workload" : "component", where);
    }
}
