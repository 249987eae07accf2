using SpendTracker.Contracts;

namespace SpendTracker.Web.Costs;

/// <summary>A day of a month, with all that came before it.</summary>
/// <param name="Spent">Null for days to come.</param>
/// <param name="Expected">From today on, in the month that runs.</param>
/// <param name="Low">8 of 10 times it will be between this and the next.</param>
/// <param name="Before">The month before, up to the same day of it; null where it had fewer days.</param>
public sealed record OverviewCurvePoint(DateOnly Day, decimal? Spent, decimal? Expected, decimal? Low, decimal? High, decimal? Before);

/// <summary>How a month came to its sum, day by day. Pure.</summary>
public static class OverviewCurve
{
    /// <summary>All days of the month. What of the actual is of no day, since it corrects closed months, comes first.</summary>
    /// <param name="actual">Of the month, so that the last point is what the card says.</param>
    /// <param name="before">Of the month before.</param>
    public static IReadOnlyList<OverviewCurvePoint> Of(MonthOutlook outlook, decimal actual, decimal before)
    {
        var (month, previous) = (outlook.Month, outlook.Month.Previous);
        var last = outlook.Today < month.End ? outlook.Today : month.End.AddDays(-1);
        var spent = Cumulative(outlook, month, last, actual);
        var earlier = Cumulative(outlook, previous, month.Start.AddDays(-1), before);
        var forecast = outlook.Forecast.ToDictionary(day => day.Day);
        List<OverviewCurvePoint> points = [];
        for (var day = month.Start; day < month.End; day = day.AddDays(1))
        {
            var expected = forecast.GetValueOrDefault(day);
            points.Add(new(
                day, day <= last && spent.Count >= day.Day ? spent[day.Day - 1] : null, expected?.Expected, expected?.Low, expected?.High,
                before != 0 && day.Day <= earlier.Count ? earlier[day.Day - 1] : null));
        }

        return points;
    }

    private static List<decimal> Cumulative(MonthOutlook outlook, BillingPeriod month, DateOnly last, decimal booked)
    {
        List<decimal> sums = [];
        for (var (day, sum) = (month.Start, booked - Between(month.Start, last)); day <= last; day = day.AddDays(1))
        {
            sums.Add(sum += outlook.Days.GetValueOrDefault(day));
        }

        return sums;

        decimal Between(DateOnly first, DateOnly until)
        {
            var sum = 0m;
            for (var day = first; day <= until; day = day.AddDays(1))
            {
                sum += outlook.Days.GetValueOrDefault(day);
            }

            return sum;
        }
    }
}
