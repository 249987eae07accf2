using SpendTracker.Budgets;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Budgets;

/// <summary>Figures on a threshold's line and beside it.</summary>
public sealed class ThresholdTests
{
    /// <param name="state">Whether the line is reached, and whether an alert is over.</param>
    [Theory]
    [InlineData(ThresholdOn.Actual, 99.99, "below")]
    [InlineData(ThresholdOn.Actual, 100, "reached")]
    [InlineData(ThresholdOn.Forecast, 94.99, "below")]
    [InlineData(ThresholdOn.Forecast, 95, "between")]
    [InlineData(ThresholdOn.Forecast, 99.99, "between")]
    [InlineData(ThresholdOn.Forecast, 100, "reached")]
    [InlineData(ThresholdOn.Unpriced, 94.99, "below")]
    [InlineData(ThresholdOn.Unpriced, 95, "between")]
    [InlineData(ThresholdOn.Unpriced, 100, "reached")]
    [InlineData(ThresholdOn.Lag, 94.99, "below")]
    [InlineData(ThresholdOn.Lag, 95, "between")]
    [InlineData(ThresholdOn.Lag, 100, "reached")]
    public void What_moves_by_itself_must_fall_5_percent_below_the_line_and_what_was_spent_only_below_it(ThresholdOn on, double observed, string state) =>
        Assert.Equal((state == "reached", state == "below"), StateOf(on, 100, (decimal)observed));

    [Theory]
    [InlineData(ThresholdOn.Actual)]
    [InlineData(ThresholdOn.Forecast)]
    public void Nothing_reaches_no_line_and_what_is_unknown_is_neither_above_nor_below(ThresholdOn on)
    {
        Assert.Equal((false, false), StateOf(on, 0, null));
        Assert.False(StateOf(on, 0, 0).IsReached);
        Assert.False(StateOf(on, 0, -1).IsReached);
        Assert.True(StateOf(on, 0, 0.000001m).IsReached);
    }

    private static (bool IsReached, bool IsBelow) StateOf(ThresholdOn on, decimal at, decimal? observed)
    {
        var figures = new ThresholdFigures(new BudgetThreshold(on, 100), "key", at, observed);
        return (figures.IsReached, figures.IsBelow);
    }
}
