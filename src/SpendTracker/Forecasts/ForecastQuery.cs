using Npgsql;
using SpendTracker.Costs;
using SpendTracker.Settings;

namespace SpendTracker.Forecasts;

/// <summary>
/// Forecasts of the organisation and of any part of its costs: spent, and what the days to come are expected to cost by the habit of
/// each component of each workload (<see cref="Habit"/>). Charges count once recorded, and as scheduled if they come again and again
/// (<see cref="ChargeSchedule"/>); they, training and the preparation of datasets else as the plan says that a workload follows, or an estimate
/// (<see cref="PlannedCost"/>).
/// </summary>
public sealed class ForecastQuery(NpgsqlDataSource dataSource, DailyCostReading daily, MonthlyCostQuery costs, ReportingClock clock)
{
    private const int NextMonths = 3;

    /// <summary>The dimensions that a forecast may be broken down by, and narrowed to.</summary>
    public static IReadOnlyList<CostDimension> Dimensions => CostPart.Dimensions;

    /// <summary>All that fulfils the conditions, and the same by dimensions. Reads memory, the month's costs and what has changed.</summary>
    /// <param name="by">None for the total alone.</param>
    /// <param name="where">Dimension → values, of which a cost has one.</param>
    public async Task<ForecastAnswer> ByAsync(IReadOnlyList<CostDimension> by, IReadOnlyDictionary<string, IReadOnlyList<string>> where, CancellationToken cancellationToken)
    {
        var scopes = await ScopesAsync(by, where, cancellationToken);
        var outlooks = await OutlooksAsync(scopes, cancellationToken);
        var booked = await BookedAsync(by, where, scopes.Today, cancellationToken);
        var total = ForecastOf(ScopeKey.All, [.. booked.SelectMany(scope => scope)], outlooks.Of(null), scopes.Today);
        if (by.Count == 0)
        {
            return new(scopes.Today, total, []);
        }

        var rows = scopes.Keys.Union(booked.Select(scope => scope.Key)).Union(outlooks.Planned).Select(key => ForecastOf(key, [.. booked[key]], outlooks.Of(key), scopes.Today));
        return new(scopes.Today, total, [.. rows.Where(IsSomething).OrderByDescending(row => row.Month.Expected).ThenBy(row => string.Join('\n', row.Keys.Values), StringComparer.Ordinal)]);
    }

    /// <summary>The month's curve of one scope, day by day.</summary>
    public async Task<IReadOnlyList<ForecastDay>> CurveAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> where, CancellationToken cancellationToken)
    {
        var scopes = await ScopesAsync([], where, cancellationToken);
        var (today, month) = (scopes.Today, BillingPeriod.Of(scopes.Today));
        var outlook = (await OutlooksAsync(scopes, cancellationToken)).Of(null);
        var booked = (await BookedAsync([], where, today, cancellationToken)).SelectMany(scope => scope).Where(cost => cost.Month == month.ToString()).Sum(cost => cost.Actual);
        var left = scopes.CostsBetween(month.Start, today); // What of it is of a day: a correction of a closed month is of none, and comes first.
        var spent = booked - left.Sum();
        List<ForecastDay> days = [];
        for (var day = month.Start; day < month.End; day = day.AddDays(1))
        {
            spent += day <= today ? left[day.Day - 1] : 0;
            var span = day < today ? null : outlook.Span(month.Start, day, booked);
            days.Add(new(day, day <= today ? spent : null, span?.Expected, span?.Low, span?.High));
        }

        return days;
    }

    /// <summary>What forecasts of past months said, from what was known on each day, against what the months came to.</summary>
    /// <param name="from">The first month.</param>
    /// <param name="to">The last month; a month that is not over is left out.</param>
    /// <param name="onScope">Called after each scope, with how many there are.</param>
    public async Task<BacktestAnswer> BacktestAsync(
        IReadOnlyList<CostDimension> by, IReadOnlyDictionary<string, IReadOnlyList<string>> where, BillingPeriod from, BillingPeriod to, Action<int, int>? onScope, CancellationToken cancellationToken)
    {
        var scopes = await ScopesAsync(by, where, cancellationToken);
        var (last, over) = (scopes.Today.DayNumber - scopes.First.DayNumber, BillingPeriod.Of(scopes.Today).Previous);
        ScopeKey[] keys = [ScopeKey.All, .. scopes.Keys.Where(_ => by.Count > 0).OrderBy(key => key.Text, StringComparer.Ordinal)];
        List<(ScopeKey Key, IReadOnlyList<PastForecast> Past)> tested = [];
        foreach (var (at, key) in keys.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isTotal = at == 0;
            tested.Add((key, Backtest.Run(scopes.Past(isTotal ? null : key), scopes.First, last, from, to < over ? to : over, null)));
            onScope?.Invoke(at + 1, keys.Length);
        }

        return new(
            from, to, ScopeBacktest.Of(ScopeKey.All.Values, tested[0].Past), [.. tested.Skip(1).Where(scope => scope.Past.Count > 0).Select(scope => ScopeBacktest.Of(scope.Key.Values, scope.Past))],
            by.Count == 0 ? null : ScopeBacktest.Of(ScopeKey.All.Values, [.. tested.Skip(1).SelectMany(scope => scope.Past)]));
    }

    private static bool IsSomething(ScopeForecast forecast) =>
        forecast.Month.Expected != 0 || forecast.Year.Expected != 0 || forecast.Costs.Unpriced.Count + forecast.Costs.Unconverted.Count > 0;

    private static ScopeForecast ForecastOf(ScopeKey key, IReadOnlyCollection<MonthlyCost> booked, ScopeOutlook outlook, DateOnly today)
    {
        var month = BillingPeriod.Of(today);
        var current = MonthlyCostQuery.Total(month.ToString(), booked.Where(cost => cost.Month == month.ToString()));
        List<ForecastSpan> next = [];
        var coming = month.Next;
        for (var at = 0; at < NextMonths; at++, coming = coming.Next)
        {
            next.Add(outlook.Span(coming.Start, coming.End.AddDays(-1), 0));
        }

        var year = outlook.Span(new(today.Year, 1, 1), new(today.Year, 12, 31), booked.Sum(cost => cost.Actual));
        return new(
            key.Values, outlook.Span(month.Start, month.End.AddDays(-1), current.Actual), next, year, outlook.RoughToCome(month.End.AddDays(-1)),
            outlook.GrowthByWeek == 0 ? null : outlook.GrowthByWeek, current)
        {
            Scheduled = [.. outlook.Scheduled.Where(charge => charge.Day < coming.Start || charge.Day.Year == today.Year)],
            Planned = [.. outlook.Planned.Where(line => line.Month < coming || line.Month <= new BillingPeriod(today.Year, 12))],
        };
    }

    private async Task<ScopeOutlooks> OutlooksAsync(CostScopes scopes, CancellationToken cancellationToken) => scopes.Outlooks(
        await RestatedPrices.ReadAsync(dataSource, scopes.Today, cancellationToken),
        await PlannedCost.ReadAsync(dataSource, scopes.Today, CostScopes.LastForecast(scopes.Today), cancellationToken));

    /// <summary>What was booked in the months of the year so far.</summary>
    private async Task<ILookup<ScopeKey, MonthlyCost>> BookedAsync(
        IReadOnlyList<CostDimension> by, IReadOnlyDictionary<string, IReadOnlyList<string>> where, DateOnly today, CancellationToken cancellationToken)
    {
        var filter = new CostFilter(new(today.Year, 1), BillingPeriod.Of(today)) { Where = where };
        return (await costs.ByAsync(filter, by, cancellationToken)).ToLookup(cost => new ScopeKey(by, [.. by.Select(dimension => cost.Keys[dimension.Name])]));
    }

    private async Task<CostScopes> ScopesAsync(IReadOnlyList<CostDimension> by, IReadOnlyDictionary<string, IReadOnlyList<string>> where, CancellationToken cancellationToken)
    {
        var today = clock.Today;
        var owners = by.Any(dimension => dimension.IsOfRegistry) || where.Keys.Any(name => CostDimension.Find(name)!.IsOfRegistry)
            ? await WorkloadOwner.ReadAsync(dataSource, cancellationToken)
            : [];
        return new CostScopes((await daily.ReadAsync(today, cancellationToken)).Components(today), today, by, where, owners);
    }
}
