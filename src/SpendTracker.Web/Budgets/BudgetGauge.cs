using SpendTracker.Budgets;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Budgets;

/// <summary>A budget's period as a gauge. All places are per cents of the gauge's length, 0 to 100.</summary>
/// <param name="Spent">Where the bar ends.</param>
/// <param name="Forecast">Where the mark of the forecast is; null where nothing can be said.</param>
/// <param name="Limit">Where all of the limit is spent.</param>
/// <param name="Lines">Of thresholds on what was spent.</param>
internal sealed record BudgetGauge(decimal Spent, decimal? Forecast, decimal Limit, IReadOnlyList<decimal> Lines)
{
    /// <summary>Per cent of the limit: what is beyond ends at the edge.</summary>
    private const decimal Most = 200;

    /// <summary>Null where there is no limit, or nobody knows what was spent.</summary>
    public static BudgetGauge? Of(BudgetFigures figures)
    {
        if (figures is not { Limit: > 0, Spent: { } spent })
        {
            return null;
        }

        decimal Share(decimal amount) => Math.Max(0, amount) / figures.Limit * 100;
        var lines = figures.Thresholds.Where(threshold => threshold.Threshold.On == ThresholdOn.Actual).Select(threshold => Share(threshold.At)).Where(share => share is > 0 and <= Most).Distinct().Order().ToArray();
        var scale = Math.Min(Most, new[] { 100, Share(spent), figures.Forecast is { } forecast ? Share(forecast) : 0 }.Concat(lines).Max());
        decimal Place(decimal share) => Math.Round(Math.Min(share, scale) / scale * 100, 2);
        return new(Place(Share(spent)), figures.Forecast is { } end ? Place(Share(end)) : null, Place(100), [.. lines.Select(Place)]);
    }
}
