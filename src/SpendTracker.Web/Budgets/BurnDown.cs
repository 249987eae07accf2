using SpendTracker.Budgets;

namespace SpendTracker.Web.Budgets;

/// <summary>Where a budget is at the end of a day.</summary>
/// <param name="Spent">Since the period began; null for days to come, and where nobody knows.</param>
/// <param name="Forecast">From today on, in a straight line to the period's end; null before, and where there is none.</param>
/// <param name="Even">What would have been spent had every day cost the same, and all days together the limit.</param>
internal sealed record BurnPoint(DateOnly Day, decimal? Spent, decimal? Forecast, decimal Even);

/// <summary>How a budget is used up in the course of its period. Pure.</summary>
internal static class BurnDown
{
    /// <summary>More than can be told apart in a chart; a longer period has a point every so many days.</summary>
    private const int MostPoints = 100;

    /// <summary>
    /// What was spent and belongs to no day of the period: what closed months were corrected by, or lack. It is counted from the
    /// first day on, so that the last point is what was spent.
    /// </summary>
    public static decimal Booked(BudgetFigures figures, IReadOnlyList<DailySpend> days) => (figures.Spent ?? 0) - days.Sum(day => day.Amount);

    /// <param name="days">Of the period; what is recorded for days to come, hosting for instance, is spent already.</param>
    public static IReadOnlyList<BurnPoint> Of(BudgetFigures figures, IReadOnlyList<DailySpend> days, DateOnly today)
    {
        var (start, last) = (figures.Span.Start, figures.Span.End.AddDays(-1));
        var all = last.DayNumber - start.DayNumber + 1;
        var until = today < last ? today : last;
        var spentOn = days.GroupBy(day => day.Day < until ? day.Day : until).ToDictionary(day => day.Key, day => day.Sum(one => one.Amount));
        var step = (all + MostPoints - 1) / MostPoints;
        List<BurnPoint> points = [];
        var spent = Booked(figures, days);
        for (var day = start; day <= last; day = day.AddDays(1))
        {
            var passed = day.DayNumber - start.DayNumber + 1;
            spent += spentOn.GetValueOrDefault(day);
            if (passed % step == 0 || passed == 1 || day == until || day == last)
            {
                points.Add(new(day, day <= until && figures.Spent is not null ? spent : null, ForecastOn(figures, day, until, last), figures.Limit * passed / all));
            }
        }

        return points;
    }

    private static decimal? ForecastOn(BudgetFigures figures, DateOnly day, DateOnly until, DateOnly last) =>
        figures is not { Forecast: { } forecast, Spent: { } spent } || day < until || until == last ? null
            : spent + ((forecast - spent) * (day.DayNumber - until.DayNumber) / (last.DayNumber - until.DayNumber));
}
