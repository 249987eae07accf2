using SpendTracker.Costs;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Costs;

/// <summary>Which costs, and broken down by what, as the API and the command line are asked.</summary>
internal sealed record CostQuestion(CostFilter Filter, IReadOnlyList<CostDimension> By)
{
    public string[] Names => [.. By.Select(dimension => dimension.Name)];

    /// <param name="asked">Months, dimensions with commas, conditions like <c>team=Support</c>, a day; what is null is as by default.</param>
    /// <returns>Null where something cannot be read; the check has why.</returns>
    public static async Task<CostQuestion?> ReadAsync(
        FieldCheck check, (string? From, string? To, string? By, IReadOnlyList<string> Where, string? KnownOn) asked, KnownOn days, CancellationToken cancellationToken)
    {
        var (first, last) = MonthSpan.Read(check, asked.From, asked.To, BillingPeriod.Of(days.Today));
        var dimensions = Dimensions(check, asked.By ?? "approach");
        var where = Conditions.Read(check, asked.Where, CostDimension.All);
        var known = await days.ReadAsync(check, asked.KnownOn, cancellationToken);
        return check.Reasons.Count > 0 ? null : new CostQuestion(new CostFilter(first, last) { KnownOn = known, Where = where }, dimensions);
    }

    private static List<CostDimension> Dimensions(FieldCheck check, string by)
    {
        List<CostDimension> dimensions = [];
        foreach (var name in by.Split(',', StringSplitOptions.TrimEntries).Distinct())
        {
            var dimension = CostDimension.Find(name);
            check.That("by", dimension is not null, $"Must be one or several of {Known}, separated by commas.");
            if (dimension is not null)
            {
                dimensions.Add(dimension);
            }
        }

        return dimensions;
    }

    private static string Known => Words(CostDimension.All);

    /// <summary>The names of dimensions, and how tags are named.</summary>
    public static string Words(IEnumerable<CostDimension> dimensions) => string.Join(", ", dimensions.Select(dimension => dimension.Name).Append($"{CostDimension.TagPrefix}NAME"));
}
