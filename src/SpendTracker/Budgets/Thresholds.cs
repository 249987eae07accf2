using System.Globalization;
using System.Runtime.CompilerServices;
using SpendTracker.Contracts;

namespace SpendTracker.Budgets;

/// <summary>What makes one threshold of a budget different from another.</summary>
public static class Thresholds
{
    private static readonly ConditionalWeakTable<BudgetThreshold, string> Keys = []; // Asked for several times a second.

    /// <summary>Like <c>actual:80%</c>, <c>forecast:500</c>, <c>lag:60s</c>: what it looks at and where its line is, but not whom it tells.</summary>
    public static string KeyOf(BudgetThreshold threshold) => Keys.GetValue(threshold, Write);

    private static string Write(BudgetThreshold threshold)
    {
        var line = threshold switch
        {
            { Percent: { } percent } => $"{Plain(percent)}%",
            { Amount: { } amount } => Plain(amount),
            _ => $"{threshold.Seconds}s",
        };
        return $"{EnumName.Of(threshold.On)}:{line}";
    }

    /// <summary>Reads what <see cref="KeyOf"/> writes.</summary>
    public static bool TryParse(string text, out BudgetThreshold threshold)
    {
        threshold = new(ThresholdOn.Actual);
        if (text.Split(':') is not [var name, { Length: > 0 } line] || !EnumName.TryParse<ThresholdOn>(name.Trim(), out var on))
        {
            return false;
        }

        line = line.Trim();
        var (digits, unit) = line[^1] is '%' or 's' ? (line[..^1], line[^1]) : (line, ' ');
        var read = decimal.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number);
        threshold = unit switch
        {
            '%' => new(on, Percent: number),
            's' => new(on, Seconds: number is > 0 and <= int.MaxValue && number == Math.Floor(number) ? (int)number : 0),
            _ => new(on, Amount: number),
        };
        return read;
    }

    /// <summary>Without the zeros at the end that a decimal may have: 80.0 and 80 are one line.</summary>
    private static string Plain(decimal number) => number.ToString("0.######", CultureInfo.InvariantCulture);
}
