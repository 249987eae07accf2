using SpendTracker.Contracts;
using SpendTracker.Costs;

namespace SpendTracker.Web.Estimates;

/// <summary>What a month cost on average.</summary>
/// <param name="Amount">A month, in the reporting currency, to a cent.</param>
/// <param name="Lacks">Whether something of it has no price, no exchange rate, or not all of its price: it is at least the amount.</param>
public sealed record ActualAverage(decimal Amount, bool Lacks);

/// <summary>Averages of the last full months, as a base for estimates.</summary>
public static class ActualAverages
{
    public const int Months = 3;

    private const int Decimals = 2;

    /// <summary>
    /// By row of the grid: the sum ÷ the months since the workload first cost anything by that approach, at most <see cref="Months"/>.
    /// Corrections of closed months are left out: they are of other months.
    /// </summary>
    /// <param name="costs">By month, workload, approach and component.</param>
    /// <param name="last">The last full month.</param>
    public static IReadOnlyDictionary<EstimateRow, ActualAverage> Of(IReadOnlyList<MonthlyCost> costs, BillingPeriod last)
    {
        Dictionary<EstimateRow, ActualAverage> averages = [];
        foreach (var ofOne in costs.Where(HasAny).GroupBy(cost => (Workload: cost.Keys["workload"], Approach: EnumName.Parse<Approach>(cost.Keys["approach"]))))
        {
            var first = ofOne.Min(cost => MonthOf(cost.Month));
            var months = (last.Year - first.Year) * 12 + last.Month - first.Month + 1;
            foreach (var part in ofOne.GroupBy(cost => EnumName.Parse<Component>(cost.Keys["component"])))
            {
                averages[new(ofOne.Key.Workload, ofOne.Key.Approach, part.Key)] = new(
                    Math.Round(part.Sum(cost => cost.Actual - cost.Corrections) / months, Decimals), part.Any(Lacks));
            }
        }

        return averages;
    }

    private static bool HasAny(MonthlyCost cost) => cost.Actual != cost.Corrections || Lacks(cost);

    private static bool Lacks(MonthlyCost cost) => cost.Unpriced.Count > 0 || cost.Unconverted.Count > 0 || cost.Incomplete.Count > 0;

    private static BillingPeriod MonthOf(string month) => BillingPeriod.TryParse(month, out var period) ? period : throw new ArgumentException($"'{month}' is not a month.", nameof(month));
}
