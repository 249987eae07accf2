using SpendTracker.Contracts;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Costs;

/// <summary>
/// Costs as a sheet: a column for each dimension; amounts in full; unpriced and incomplete quantities a column for each unit; what is
/// unconverted as a text. New columns come last.
/// </summary>
internal static class CostSheet
{
    private static readonly string[] Units = ["tokens", "hours", "items", "amounts"];
    private static readonly string[] AllUnits = [.. Units, "requests"];

    /// <summary>Of days where they were asked for: what each cost.</summary>
    public static Sheet Of(CostsResponse costs) => costs.Days is not { } days ? OfMonths(costs) : Sheet.Of(
        $"daily-costs-{costs.From}-{costs.To}", days,
        [
            new("day", row => row.Day),
            .. costs.By.Select(name => new SheetColumn<CostDayRow>(name, row => row.Keys[name])),
            new("actual", row => row.Actual, Sheet.Amount),
        ]);

    private static Sheet OfMonths(CostsResponse costs) => Sheet.Of(
        $"costs-{costs.From}-{costs.To}{(costs.KnownOn is { } day ? $"-as-known-on-{KnownOn.Text(day)}" : "")}", costs.Rows,
        [
            new("month", row => Sheet.Month(row.Month)),
            .. costs.By.Where(name => name != "month").Select(name => new SheetColumn<CostRow>(name, row => row.Keys?[name])),
            new("actual", row => row.Actual, Sheet.Amount),
            new("estimated", row => row.Estimated, Sheet.Amount),
            new("estimated_to_date", row => row.EstimatedToDate, Sheet.Amount),
            new("variance", row => row.Variance, Sheet.Amount),
            new("listed", row => row.Listed, Sheet.Amount),
            new("corrections", row => row.Corrections, Sheet.Amount),
            .. Units.Select(unit => new SheetColumn<CostRow>($"unpriced_{unit}", row => row.Unpriced.GetValueOrDefault(unit))),
            new("unconverted", row => string.Join("; ", row.Unconverted.OrderBy(part => part.Key, StringComparer.Ordinal).Select(Money.Code))),
            new("unpriced_requests", row => row.Unpriced.GetValueOrDefault("requests")),
            .. AllUnits.Select(unit => new SheetColumn<CostRow>($"incomplete_{unit}", row => row.Incomplete.GetValueOrDefault(unit))),
        ]);
}
