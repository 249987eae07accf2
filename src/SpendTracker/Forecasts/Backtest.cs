using SpendTracker.Contracts;

namespace SpendTracker.Forecasts;

/// <summary>The forecast of a month's recurring costs as it would have been at the end of one of its days, and what the month came to.</summary>
/// <param name="Day">The day at whose end it is made, with what was known then.</param>
/// <param name="HalfWidth">Of the 80 % interval; null if none would have been shown.</param>
/// <param name="RunRate">What the simplest rule said: spent so far ÷ days so far × days of the month.</param>
/// <param name="LastMonth">What the month before had cost, as known then; null if it had not been in use.</param>
/// <param name="Spent">Of the month, as known then.</param>
internal readonly record struct PastForecast(DateOnly Day, double Forecast, double? HalfWidth, double RunRate, double? LastMonth, double Spent, double Actual)
{
    public double Error => Forecast - Actual;

    /// <summary>Whether the month ended within the interval, which ends at what was spent. Null if there was none.</summary>
    public bool? IsCovered => HalfWidth is { } half ? Actual <= Forecast + half && (Actual >= Forecast - half || Forecast - half < Spent) : null;
}

/// <summary>How past forecasts become an accuracy.</summary>
internal static class ForecastAccuracies
{
    extension(ForecastAccuracy)
    {
        internal static ForecastAccuracy Of(IReadOnlyCollection<PastForecast> past)
        {
            var actual = past.Sum(one => Math.Abs(one.Actual));
            var covered = past.Where(one => one.IsCovered is not null).ToArray();
            decimal? Share(double sum, double of) => of == 0 ? null : Math.Round((decimal)(sum / of), 6);
            return new(
                past.Count, Share(past.Sum(one => Math.Abs(one.Error)), actual), Share(past.Sum(one => one.Error), actual),
                Share(covered.Count(one => one.IsCovered == true), covered.Length), covered.Length,
                Share(past.Sum(one => Math.Abs(one.RunRate - one.Actual)), actual), Share(past.Sum(one => Math.Abs((one.LastMonth ?? 0) - one.Actual)), actual));
        }
    }
}

/// <summary>
/// Makes a scope's forecasts again, at the end of every past day, from what was known on it. Pure: the days of a month are moved
/// through one by one, so nothing that came later can get in.
/// </summary>
internal static class Backtest
{
    /// <summary>The days of a month that are looked at where not all are.</summary>
    public static IReadOnlyList<int> Days { get; } = [5, 10, 15, 20, 25];

    /// <summary>The share of intervals that must have held in the last year; fewer, and a scope shows none.</summary>
    public const decimal LeastCoverage = 0.6m;

    /// <summary>Past intervals below which nothing is said of how often they hold.</summary>
    public const int FewestIntervals = 20;

    /// <summary>Moves a scope on to the last day that is known, and notes its forecasts of months that were over by then.</summary>
    /// <param name="scope">At its start.</param>
    /// <param name="first">The day that is number 0.</param>
    /// <param name="last">The number of the last day: what months came to is as known at its end.</param>
    /// <param name="from">The first month that is looked at.</param>
    /// <param name="to">The last month; one that is not over by the last day is left out.</param>
    /// <param name="days">Of each month; null for all.</param>
    public static IReadOnlyList<PastForecast> Run(PastForecasts scope, DateOnly first, int last, BillingPeriod from, BillingPeriod to, IReadOnlyList<int>? days)
    {
        List<(int Month, int End, PastForecast Past)> points = [];
        while (scope.Day < last)
        {
            scope.MoveOn();
            var day = first.AddDays(scope.Day);
            var month = BillingPeriod.Of(day);
            var (start, end) = (month.Start.DayNumber - first.DayNumber, month.End.DayNumber - first.DayNumber - 1);
            if (month >= from && month <= to && start >= 0 && end <= last && scope.Day < end && (days is null || days.Contains(day.Day)))
            {
                points.Add((start, end, At(scope, day, month, start, end)));
            }
        }

        return [.. points.Select(point => point.Past with { Actual = scope.Sum(point.Month, point.End) }).Where(past => past.Actual != 0 || past.Forecast != 0)];
    }

    private static PastForecast At(PastForecasts scope, DateOnly day, BillingPeriod month, int start, int end)
    {
        var (spent, ahead) = (scope.Sum(start, scope.Day), end - scope.Day);
        var before = start - (month.Start.DayNumber - month.Previous.Start.DayNumber);
        double? last = before >= 0 && scope.Sum(before, start - 1) is not 0 and var sum ? sum : null;
        return new(day, spent + scope.Expected(scope.Day, ahead), scope.HalfWidth(1, ahead), spent / day.Day * (end - start + 1), last, spent, 0);
    }

    /// <summary>Why a scope shows no interval, though it is old enough: too few of last year's held. Null if they did, or there are too few to tell.</summary>
    public static string? WhyNoInterval(IReadOnlyCollection<PastForecast> past)
    {
        var accuracy = ForecastAccuracy.Of(past);
        return accuracy.Intervals >= FewestIntervals && accuracy.Coverage < LeastCoverage
            ? FormattableString.Invariant($"Of its past 80 % intervals {accuracy.Coverage * 100:0} % held: its costs do not repeat enough.")
            : null;
    }
}

/// <summary>How good a scope's forecasts of past months were.</summary>
/// <param name="Keys">Dimension → value; empty for all that was asked for.</param>
/// <param name="All">Of all days together.</param>
/// <param name="Days">By day of the month: looking back at a month from that day's end.</param>
/// <param name="WhyNoInterval">Why the scope shows no interval, though it is old enough; null if it does.</param>
public sealed record ScopeBacktest(
    IReadOnlyDictionary<string, string> Keys, ForecastAccuracy All, IReadOnlyDictionary<int, ForecastAccuracy> Days, string? WhyNoInterval)
{
    internal static ScopeBacktest Of(IReadOnlyDictionary<string, string> keys, IReadOnlyList<PastForecast> past) => new(
        keys, ForecastAccuracy.Of(past), past.GroupBy(one => one.Day.Day).OrderBy(day => day.Key).ToDictionary(day => day.Key, day => ForecastAccuracy.Of([.. day])),
        Backtest.WhyNoInterval([.. past.Where(one => Backtest.Days.Contains(one.Day.Day))]));
}

/// <summary>Forecasts of past months.</summary>
/// <param name="From">The first month.</param>
/// <param name="To">The last month.</param>
/// <param name="Rows">By the dimensions asked for.</param>
/// <param name="Pooled">The rows together, each forecast by itself; null without dimensions.</param>
public sealed record BacktestAnswer(BillingPeriod From, BillingPeriod To, ScopeBacktest Total, IReadOnlyList<ScopeBacktest> Rows, ScopeBacktest? Pooled);
