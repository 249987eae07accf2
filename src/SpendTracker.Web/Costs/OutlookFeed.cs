using Microsoft.Extensions.Caching.Memory;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Settings;
using SpendTracker.Web.Events;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Costs;

/// <summary>
/// Reads days and forecasts for the overviews of all open pages, apart from the amounts: at millions of daily rows a forecast takes a tenth of a
/// second, and the first one of a host seconds. So a reading is used for ten times as long as it took.
/// </summary>
internal sealed class OutlookFeed
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(2);

    private readonly DailyCostQuery _daily;
    private readonly ForecastQuery _forecasts;
    private readonly ReportingClock _clock;
    private readonly SharedReadings<Asked, MonthOutlook> _readings;
    private readonly ExpensiveQueries _queries;
    private readonly CancellationToken _stopping;

    public OutlookFeed(
        DailyCostQuery daily, ForecastQuery forecasts, ReportingClock clock, IMemoryCache cache, ExpensiveQueries queries, DaemonService daemon, IHostApplicationLifetime lifetime)
    {
        (_daily, _forecasts, _clock, _queries, _stopping) = (daily, forecasts, clock, queries, lifetime.ApplicationStopping);
        _readings = new(cache, daemon, Kept);
    }

    private sealed record Asked(BillingPeriod Month, Filters Narrowed);

    /// <summary>What was read last, to show at once; null where nobody has looked lately.</summary>
    public MonthOutlook? Latest(BillingPeriod month, Filters filters) => _readings.Latest(new(month, OverviewFeed.Narrowing(filters)));

    /// <summary>The days and the forecast of a month as of now, or a little earlier. The same object as before where it was not read anew.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    /// <exception cref="TooManyQueriesException">Others took all turns.</exception>
    public Task<MonthOutlook> GetAsync(BillingPeriod month, Filters filters)
    {
        var narrowed = OverviewFeed.Narrowing(filters);
        return _readings.GetAsync(
            new(month, narrowed), IsCurrent, _ => TimeSpan.Zero,
            () => _queries.RunAsync(nameof(OutlookFeed), token => ReadAsync(month, narrowed, token), _stopping), _stopping);
    }

    private bool IsCurrent(LastReading<MonthOutlook> last)
    {
        var (age, pause) = (last.Age - last.Took, last.Took * 10);
        return age < (pause > Shortest ? pause : Shortest) || (age < Longest && !last.HasChanged && last.Latest!.Today == _clock.Today);
    }

    private async Task<MonthOutlook> ReadAsync(BillingPeriod month, Filters narrowed, CancellationToken cancellationToken)
    {
        var today = _clock.Today;
        IReadOnlyList<CostDimension> by = [CostDimension.Find("workload")!, CostDimension.Find("approach")!];
        var daily = await _daily.ByAsync(month.Previous.Start, month.End.AddDays(-1), by, narrowed.Where, cancellationToken);
        var forecast = month == BillingPeriod.Of(today) ? await _forecasts.CurveAsync(narrowed.Where, cancellationToken) : [];
        DateOnly[] days = [.. daily.Days];
        return new(
            month, today, days.Select((day, at) => (day, Amount: daily.Series.Sum(series => series.Days[at]))).ToDictionary(pair => pair.day, pair => pair.Amount),
            daily.Series.ToDictionary(
                series => (series.Keys["workload"], EnumName.Parse<Approach>(series.Keys["approach"])),
                IReadOnlyDictionary<DateOnly, decimal> (series) => series.Days.Select((amount, at) => (Day: days[at], amount)).Where(pair => pair.amount != 0).ToDictionary(pair => pair.Day, pair => pair.amount)),
            forecast);
    }
}
