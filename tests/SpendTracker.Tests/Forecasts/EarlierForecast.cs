using SpendTracker.Forecasts;

namespace SpendTracker.Tests.Forecasts;

/// <summary>
/// The forecast that the product had before each component had a rule: what is spent, and for each day to come what its weekday cost on
/// average over 28 days, part by part, or over the days that the workload has been in use for, if it is new. A contender, of the tests.
/// </summary>
internal static class EarlierForecast
{
    private const int Days = 28;

    /// <summary>Sum of the errors by size ÷ sum of the months, of forecasts made at the end of a day of each month.</summary>
    /// <param name="costs">All that is known at last; what was recorded after a day does not count on it.</param>
    public static decimal Wape(DailyCosts costs, BillingPeriod from, BillingPeriod to, int dayOfMonth)
    {
        var (errors, actual) = (0m, 0m);
        for (var month = from; month <= to; month = month.Next)
        {
            var (last, cost) = (new DateOnly(month.Start.Year, month.Start.Month, dayOfMonth), Sum(costs, month.Start, month.End.AddDays(-1), DateOnly.MaxValue));
            errors += Math.Abs(Sum(costs, month.Start, last, last) + ToCome(costs, last, month.End) - cost);
            actual += cost;
        }

        return errors / actual;
    }

    private static decimal ToCome(DailyCosts costs, DateOnly last, DateOnly end)
    {
        var used = Enumerable.Range(0, Days).Select(back => last.AddDays(-back))
            .SelectMany(day => Of(costs, day, last).Select(cost => (Part: costs.Parts[cost.Part], Day: day, cost.Amount))).Where(cost => cost.Amount != 0).ToArray();
        var since = used.GroupBy(cost => cost.Part.Workload).ToDictionary(workload => workload.Key, workload => last.DayNumber - workload.Min(cost => cost.Day).DayNumber + 1);
        return used.GroupBy(cost => cost.Part).Sum(part =>
        {
            var days = since[part.Key.Workload] is var inUse && inUse > Days - 7 ? Days : inUse;
            var sums = part.ToLookup(cost => cost.Day.DayOfWeek, cost => cost.Amount);
            decimal Expected(DateOnly day) => days < 7 ? part.Sum(cost => cost.Amount) / days
                : sums[day.DayOfWeek].Sum() / Enumerable.Range(0, days).Count(back => last.AddDays(-back).DayOfWeek == day.DayOfWeek);
            return Enumerable.Range(1, end.DayNumber - last.DayNumber - 1).Sum(ahead => Expected(last.AddDays(ahead)));
        });
    }

    private static decimal Sum(DailyCosts costs, DateOnly first, DateOnly last, DateOnly knownOn) =>
        Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).SelectMany(day => Of(costs, first.AddDays(day), knownOn)).Sum(cost => cost.Amount);

    private static IEnumerable<DailyCost> Of(DailyCosts costs, DateOnly day, DateOnly knownOn) =>
        costs.Days.GetValueOrDefault(day, []).Where(cost => !costs.Parts[cost.Part].IsOnce && cost.KnownOn <= knownOn);
}
