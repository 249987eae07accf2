using SpendTracker.Contracts;
using SpendTracker.Forecasts;

namespace SpendTracker.Web.Costs;

/// <summary>The days of a month, and of the one before; and of the month that runs what is expected. At the prices of now, by the day of use.</summary>
/// <param name="Today">The day that it was read on.</param>
/// <param name="Days">What each day of both months cost, together.</param>
/// <param name="Rows">The same by workload and approach.</param>
/// <param name="Forecast">Each day of the month that runs; empty for another.</param>
public sealed record MonthOutlook(
    BillingPeriod Month, DateOnly Today, IReadOnlyDictionary<DateOnly, decimal> Days, IReadOnlyDictionary<(string Workload, Approach Approach), IReadOnlyDictionary<DateOnly, decimal>> Rows,
    IReadOnlyList<ForecastDay> Forecast)
{
    private const int TrendDays = 30;

    /// <summary>Whether the month is not over.</summary>
    public bool Runs => Today < Month.End;

    /// <summary>Where the month will end; null where it is over, or nobody can say.</summary>
    public ForecastDay? End => Forecast is [.., { Expected: not null } last] ? last : null;

    /// <summary>The days of the month that are over.</summary>
    public int FullDays => Math.Clamp(Today.DayNumber - Month.Start.DayNumber, 0, Month.End.DayNumber - Month.Start.DayNumber);

    /// <summary>The full days against as many of the month before, or all of it if it has fewer. By days: corrections of closed months are in neither.</summary>
    public DayComparison Compared => Compare(Days);

    /// <summary>The same of one workload and approach, or several together.</summary>
    public DayComparison ComparedOf(IEnumerable<(string Workload, Approach Approach)> rows) => Compare(DaysOf(rows));

    /// <summary>The last thirty days up to the month's end, or today.</summary>
    public IReadOnlyList<decimal> TrendOf(IEnumerable<(string Workload, Approach Approach)> rows)
    {
        var (days, last) = (DaysOf(rows), Today < Month.End ? Today : Month.End.AddDays(-1));
        return [.. Enumerable.Range(1 - TrendDays, TrendDays).Select(back => days.GetValueOrDefault(last.AddDays(back)))];
    }

    /// <summary>The last day of both months that cost anything; null if none did.</summary>
    public DateOnly? LastOf(IEnumerable<(string Workload, Approach Approach)> rows)
    {
        var days = DaysOf(rows).Where(day => day.Value != 0).Select(day => day.Key).ToArray();
        return days.Length == 0 ? null : days.Max();
    }

    private IReadOnlyDictionary<DateOnly, decimal> DaysOf(IEnumerable<(string Workload, Approach Approach)> rows) =>
        rows.Select(row => Rows.GetValueOrDefault(row)).OfType<IReadOnlyDictionary<DateOnly, decimal>>().ToArray() switch
        {
            [var one] => one,
            var all => all.SelectMany(days => days).GroupBy(day => day.Key, day => day.Value).ToDictionary(day => day.Key, day => day.Sum()),
        };

    private DayComparison Compare(IReadOnlyDictionary<DateOnly, decimal> days)
    {
        var before = Math.Min(FullDays, Month.Start.DayNumber - Month.Previous.Start.DayNumber);
        return new(FullDays, Sum(Month.Start, FullDays), Sum(Month.Previous.Start, before));

        decimal Sum(DateOnly first, int count) => Enumerable.Range(0, count).Sum(at => days.GetValueOrDefault(first.AddDays(at)));
    }
}

/// <summary>So many first days of two months.</summary>
/// <param name="Days">How many; 0 on a month's first day, when nothing can be compared.</param>
public sealed record DayComparison(int Days, decimal Now, decimal Before)
{
    public decimal Change => Now - Before;
}
