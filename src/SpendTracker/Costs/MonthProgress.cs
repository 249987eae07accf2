namespace SpendTracker.Costs;

/// <summary>How much of a month is over. A month that runs is compared with the part of its estimate that belongs to the days that passed.</summary>
public static class MonthProgress
{
    /// <summary>Days of a month that have passed at a moment, to a tenth, rounded down; null if all have.</summary>
    /// <param name="moment">In the reporting time zone.</param>
    public static decimal? DaysPassed(BillingPeriod month, DateTime moment)
    {
        var passed = (moment - month.Start.ToDateTime(TimeOnly.MinValue)).TotalDays;
        return moment >= month.End.ToDateTime(TimeOnly.MinValue) ? null : Math.Max(0, Math.Floor((decimal)passed * 10) / 10);
    }

    /// <summary>The part of a month's estimate that belongs to the days that have passed, evenly by days; all of it if the month is over.</summary>
    public static decimal ToDate(decimal estimated, BillingPeriod month, DateTime moment) =>
        DaysPassed(month, moment) is { } passed ? estimated * passed / (month.End.DayNumber - month.Start.DayNumber) : estimated;
}
