using SpendTracker.Costs;

namespace SpendTracker.Comparison;

/// <summary>What is paid once and serves for long: datasets, training, the work of setting up.</summary>
public static class Amortisation
{
    public const int LeastMonths = 1;
    public const int MostMonths = 120;
    public const int DefaultMonths = 12;

    /// <summary>
    /// The part of an amount that falls on some months: it is written off in equal parts over a number of months, from the one in which it was
    /// paid on. Of a month that runs, the part of the days that have passed. Straight-line, as a plan writes off.
    /// </summary>
    /// <param name="paid">The month in which the amount was paid.</param>
    /// <param name="months">Over how many it is written off, 1 to 120.</param>
    /// <param name="now">In the reporting time zone.</param>
    public static decimal WrittenOff(BillingPeriod paid, decimal amount, int months, BillingPeriod from, BillingPeriod to, DateTime now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(months, LeastMonths);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(months, MostMonths);
        var sum = 0m;
        var last = BillingPeriod.Of(paid.Start.AddMonths(months - 1));
        for (var month = paid < from ? from : paid; month <= last && month <= to; month = BillingPeriod.Of(month.End))
        {
            sum += MonthProgress.ToDate(amount / months, month, now);
        }

        return sum;
    }
}
