using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Budgets;

/// <summary>What makes one threshold of a budget different from another.</summary>
public static class Thresholds
{
    /// <summary>Like <c>actual:80%</c>, <c>forecast:500</c>, <c>lag:60s</c>: what it looks at and where its line is, but not whom it tells.</summary>
    public static string KeyOf(BudgetThreshold threshold)
    {
        var line = threshold switch
        {
            { Percent: { } percent } => $"{Plain(percent)}%",
            { Amount: { } amount } => Plain(amount),
            _ => $"{threshold.Seconds}s",
        };
        return $"{EnumName.Of(threshold.On)}:{line}";
    }

    /// <summary>Without the zeros at the end that a decimal may have: 80.0 and 80 are one line.</summary>
    private static string Plain(decimal number) => number.ToString("0.######", CultureInfo.InvariantCulture);
}
