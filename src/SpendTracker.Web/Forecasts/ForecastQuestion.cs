using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Web.Costs;

namespace SpendTracker.Web.Forecasts;

/// <summary>Whose forecast, and broken down by what, as the API, the command line and the page are asked.</summary>
public sealed record ForecastQuestion(IReadOnlyList<CostDimension> By, IReadOnlyDictionary<string, IReadOnlyList<string>> Where)
{
    /// <summary>Of more dimensions together nearly every scope is too small to repeat itself.</summary>
    private const int MostDimensions = 3;

    private static readonly string Known = CostQuestion.Words(ForecastQuery.Dimensions);

    /// <param name="by">Dimensions with commas; null or empty for the total alone.</param>
    /// <param name="where">Conditions like <c>team=Support</c>: a value may have any characters, so each comes by itself.</param>
    /// <returns>Null if something cannot be read; the check has why.</returns>
    internal static ForecastQuestion? Read(FieldCheck check, string? by, IReadOnlyList<string> where)
    {
        string[] names = string.IsNullOrWhiteSpace(by) ? [] : [.. by.Split(',', StringSplitOptions.TrimEntries).Distinct()];
        check.That("by", names.All(name => Find(name) is not null), $"Must be one or several of {Known}, separated by commas.");
        check.That("by", names.Length <= MostDimensions, $"At most {MostDimensions} dimensions.");
        var conditions = Conditions.Read(check, where, ForecastQuery.Dimensions);
        return check.Reasons.Count > 0 ? null : new([.. names.Select(name => Find(name)!)], conditions);
    }

    private static CostDimension? Find(string name) => CostDimension.IsOneOf(ForecastQuery.Dimensions.Select(dimension => dimension.Name), name) ? CostDimension.Find(name) : null;
}
