using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Costs;

/// <summary>A month, or a day.</summary>
/// <param name="Key">As in an address, <c>2026-11</c> or <c>2026-11-29</c>: no two are alike.</param>
public sealed record CostColumn(string Key, BillingPeriod Month, DateOnly? Day);

/// <summary>What one value of each dimension cost.</summary>
/// <param name="Values">In the order of the dimensions; one text for what is put together as the others.</param>
/// <param name="Amounts">By month or day.</param>
/// <param name="Cost">The sum of all months, with what is in no amount; null by days.</param>
public sealed record CostPart(IReadOnlyList<string> Values, IReadOnlyList<decimal> Amounts, MonthlyCost? Cost)
{
    public decimal Total { get; } = Amounts.Sum();

    /// <summary>The months one by one; null by days, and of the others.</summary>
    public IReadOnlyList<MonthlyCost?>? Months { get; init; }

    /// <summary>Whether it is what is not shown by itself.</summary>
    public bool IsOthers { get; init; }
}

/// <summary>Costs by up to two dimensions, and by month or by day. Pure.</summary>
/// <param name="By">The dimensions' names.</param>
/// <param name="Parts">Dearest first.</param>
public sealed record CostBreakdown(IReadOnlyList<string> By, IReadOnlyList<CostColumn> Columns, IReadOnlyList<CostPart> Parts)
{
    public decimal Total => Parts.Sum(part => part.Total);

    /// <summary>By month. Months without costs are there, too.</summary>
    public static CostBreakdown Of(IReadOnlyList<string> by, BillingPeriod first, BillingPeriod last, IReadOnlyList<MonthlyCost> costs)
    {
        List<BillingPeriod> months = [];
        for (var month = first; month <= last; month = month.Next)
        {
            months.Add(month);
        }

        return new(by, [.. months.Select(month => new CostColumn(month.ToString(), month, null))], Sorted(costs.GroupBy(cost => string.Join('\n', by.Select(name => cost.Keys[name]))).Select(group =>
        {
            var ofMonth = group.GroupBy(cost => cost.Month).ToDictionary(month => month.Key, month => MonthlyCostQuery.Total(month.Key, month));
            MonthlyCost?[] all = [.. months.Select(month => ofMonth.GetValueOrDefault(month.ToString()))];
            return new CostPart([.. by.Select(name => group.First().Keys[name])], [.. all.Select(cost => cost?.Actual ?? 0)], MonthlyCostQuery.Total("", group.ToArray())) { Months = all };
        })));
    }

    /// <summary>By day.</summary>
    public static CostBreakdown Of(IReadOnlyList<string> by, DailySeriesAnswer daily) => new(
        by, [.. daily.Days.Select(day => new CostColumn(KnownOn.Text(day), BillingPeriod.Of(day), day))],
        Sorted(daily.Series.Select(series => new CostPart([.. by.Select(name => series.Keys[name])], series.Days, null))));

    /// <summary>The dearest, and the sum of all others as one, so that a chart can be read.</summary>
    public IReadOnlyList<CostPart> Largest(int most)
    {
        CostPart[] some = [.. Parts.Where(part => part.Amounts.Any(amount => amount != 0)).OrderByDescending(part => Math.Abs(part.Total))];
        if (some.Length <= most + 1)
        {
            return [.. some.OrderByDescending(part => part.Total)];
        }

        var others = some[most..];
        return
        [
            .. some[..most].OrderByDescending(part => part.Total),
            new([string.Create(CultureInfo.InvariantCulture, $"{others.Length:#,0} others")], [.. Columns.Select((_, at) => others.Sum(part => part.Amounts[at]))], null) { IsOthers = true },
        ];
    }

    /// <summary>The sums of each value of the first dimension, with its parts by the second.</summary>
    public IEnumerable<IGrouping<string, CostPart>> ByFirst => Parts.GroupBy(part => part.Values[0]);

    private static IReadOnlyList<CostPart> Sorted(IEnumerable<CostPart> parts) =>
        [.. parts.OrderByDescending(part => part.Total).ThenBy(part => string.Join('\n', part.Values), StringComparer.Ordinal)];
}
