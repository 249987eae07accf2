using SpendTracker.Forecasts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Forecasts;

/// <summary>Forecasts of one moment. Amounts to 6 decimals: what is to come is a mean, which may have endless ones.</summary>
/// <param name="Today">The day that they are of, in the reporting time zone.</param>
internal sealed record ForecastResponse(
    DateOnly Today, IReadOnlyList<string> By, string Currency, string ReportingTimeZone, ForecastRow Total, IReadOnlyList<ForecastRow> Rows)
{
    public static ForecastResponse Of(ForecastQuestion question, ForecastAnswer answer, string currency, string zone) => new(
        answer.Today, [.. question.By.Select(dimension => dimension.Name)], currency, zone,
        ForecastRow.Of(answer.Total) is var total && question.By.Count > 0 ? total with { Estimated = null } : total, [.. answer.Rows.Select(ForecastRow.Of)]);
}

/// <param name="Month">This month.</param>
/// <param name="Next">Each of the next three months.</param>
/// <param name="Year">This calendar year.</param>
/// <param name="Rough">The part of this month's forecast that is a guess by less than a week of use.</param>
/// <param name="GrowthByWeek">The growth that the total is expected to have, as a share; null if there is none, and of parts.</param>
/// <param name="Unpriced">Quantities of this month that no rate covers, by unit; they are in no amount, and nothing is expected of them.</param>
/// <param name="Unconverted">The same of amounts that no exchange rate covers, by currency.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit; they are in the amounts in part.</param>
/// <param name="Planned">What plans say of the months to come; null if nothing.</param>
/// <param name="Estimated">The same of estimates, of what history says nothing of; of the total only without rows.</param>
internal sealed record ForecastRow(
    IReadOnlyDictionary<string, string>? Keys, SpanRow Month, IReadOnlyList<SpanRow> Next, SpanRow Year, decimal Rough, decimal? GrowthByWeek,
    IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Unconverted, IReadOnlyDictionary<string, decimal> Incomplete,
    IReadOnlyList<PlannedRow>? Planned, IReadOnlyList<EstimatedRow>? Estimated)
{
    public static ForecastRow Of(ScopeForecast forecast) => new(
        forecast.Keys.Count == 0 ? null : forecast.Keys, SpanRow.Of(forecast.Month), [.. forecast.Next.Select(SpanRow.Of)], SpanRow.Of(forecast.Year),
        SpanRow.Rounded(forecast.Rough), forecast.GrowthByWeek is { } growth ? Math.Round(growth, 6) : null, forecast.Costs.Unpriced, forecast.Costs.Unconverted, forecast.Costs.Incomplete,
        OrNull(forecast.Planned.Where(line => line.Plan is not null).Select(PlannedRow.Of)), OrNull(forecast.Planned.Where(line => line.Plan is null).Select(EstimatedRow.Of)));

    private static T[]? OrNull<T>(IEnumerable<T> rows) => rows.ToArray() is { Length: > 0 } some ? some : null;
}

/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="Spent">Booked until now.</param>
/// <param name="Forecast">Spent, and what is expected of the days to come.</param>
/// <param name="Low">8 of 10 times it will be between this and <c>high</c>; null if that cannot be said.</param>
/// <param name="WhyNoInterval">Why not.</param>
/// <param name="Planned">The part of the forecast that is there only because a plan says so; null if none is.</param>
/// <param name="Estimated">The same of estimates.</param>
internal sealed record SpanRow(DateOnly From, DateOnly To, decimal Spent, decimal Forecast, decimal? Low, decimal? High, string? WhyNoInterval, decimal? Planned, decimal? Estimated)
{
    public static SpanRow Of(ForecastSpan span) => new(
        span.First, span.Last, span.Spent, Rounded(span.Expected), span.Low is { } low ? Rounded(low) : null, span.High is { } high ? Rounded(high) : null, span.WhyNoInterval,
        span.Planned == 0 ? null : Rounded(span.Planned), span.Estimated == 0 ? null : Rounded(span.Estimated));

    public static decimal Rounded(decimal amount) => Math.Round(amount, 6);
}

/// <summary>A line of the plan that a workload follows.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Version">Of the plan.</param>
/// <param name="Option">The option that the workload runs.</param>
/// <param name="Amount">As planned; null where the plan had no price for it, or its currency has no exchange rate.</param>
/// <param name="ToCome">What of it is neither recorded yet nor expected anyhow: it is in the forecast.</param>
internal sealed record PlannedRow(string Plan, int Version, string Option, string Month, string Workload, string Component, decimal? Amount, decimal ToCome)
{
    public static PlannedRow Of(PlannedLine line) => new(
        line.Plan!, line.Version!.Value, line.Option!, line.Month.ToString(), line.Workload, line.Component, line.Amount, line.ToCome);
}

/// <summary>A line of a workload's estimate, where history says nothing of the component.</summary>
/// <param name="Approach">The approach that the estimate is of.</param>
/// <param name="Amount">As estimated.</param>
/// <param name="ToCome">What of it is not recorded yet, of this month at most for the days left: it is in the forecast.</param>
internal sealed record EstimatedRow(string Month, string Workload, string Approach, string Component, decimal Amount, decimal ToCome)
{
    public static EstimatedRow Of(PlannedLine line) => new(line.Month.ToString(), line.Workload, line.Approach, line.Component, line.Amount ?? 0, line.ToCome);
}

/// <summary>How good the forecasts of past months were, from what was known on each day.</summary>
/// <param name="Pooled">The rows together; null without dimensions.</param>
internal sealed record BacktestResponse(string From, string To, IReadOnlyList<string> By, BacktestRow Total, BacktestRow? Pooled, IReadOnlyList<BacktestRow> Rows)
{
    public static BacktestResponse Of(ForecastQuestion question, BacktestAnswer answer) => new(
        answer.From.ToString(), answer.To.ToString(), [.. question.By.Select(dimension => dimension.Name)], BacktestRow.Of(answer.Total),
        answer.Pooled is { } pooled ? BacktestRow.Of(pooled) : null, [.. answer.Rows.Select(BacktestRow.Of)]);
}

/// <param name="All">Of all days together.</param>
/// <param name="Days">By day of the month at whose end the month was forecast.</param>
/// <param name="WhyNoInterval">Why the scope shows no interval, though it is old enough; null if it does.</param>
internal sealed record BacktestRow(
    IReadOnlyDictionary<string, string>? Keys, ForecastAccuracy All, IReadOnlyList<BacktestDay> Days, string? WhyNoInterval)
{
    public static BacktestRow Of(ScopeBacktest scope) => new(
        scope.Keys.Count == 0 ? null : scope.Keys, scope.All, [.. scope.Days.Select(day => new BacktestDay(day.Key, day.Value))], scope.WhyNoInterval);
}

internal sealed record BacktestDay(int Day, ForecastAccuracy Accuracy);
