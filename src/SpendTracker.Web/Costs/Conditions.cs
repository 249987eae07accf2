using SpendTracker.Costs;

namespace SpendTracker.Web.Costs;

/// <summary>What costs are narrowed to, as the API, the command line and pages are asked.</summary>
internal static class Conditions
{
    /// <param name="conditions">Like <c>team=Support</c>: a value may have any characters, so each comes by itself.</param>
    /// <param name="dimensions">Those that may be named.</param>
    /// <returns>Dimension → values; a cost has one of them. The check has what cannot be read.</returns>
    public static Dictionary<string, IReadOnlyList<string>> Read(FieldCheck check, IReadOnlyList<string> conditions, IReadOnlyList<CostDimension> dimensions)
    {
        Dictionary<string, IReadOnlyList<string>> where = [];
        foreach (var condition in conditions)
        {
            var (name, value) = condition.Split('=', 2) is [var left, var right] ? (left, right) : ("", "");
            var isKnown = CostDimension.IsOneOf(dimensions.Select(dimension => dimension.Name), name);
            check.That("where", isKnown, $"Must be like team=Support, with one of {CostQuestion.Words(dimensions)}.");
            if (isKnown)
            {
                where[name] = [.. where.GetValueOrDefault(name, []).Append(value).Distinct()];
            }
        }

        return where;
    }

    /// <summary>The same as they are asked.</summary>
    public static IEnumerable<string> Texts(IReadOnlyDictionary<string, IReadOnlyList<string>> where) =>
        where.SelectMany(condition => condition.Value.Select(value => $"{condition.Key}={value}"));
}
