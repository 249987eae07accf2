namespace SpendTracker.Contracts;

/// <summary>How good the forecasts of past months were, from what was known on each day.</summary>
/// <param name="From">The first of the span.</param>
/// <param name="To">The last of the span.</param>
/// <param name="By">The dimensions of the rows.</param>
/// <param name="Total">All of it together.</param>
/// <param name="Pooled">The rows together; null without dimensions.</param>
/// <param name="Rows">The parts, as broken down.</param>
public sealed record BacktestResponse(string From, string To, IReadOnlyList<string> By, BacktestRow Total, BacktestRow? Pooled, IReadOnlyList<BacktestRow> Rows);

/// <summary>How good the forecasts of a part were.</summary>
/// <param name="Keys">The values of the dimensions that were asked for.</param>
/// <param name="All">Of all days together.</param>
/// <param name="Days">By day of the month at whose end the month was forecast.</param>
/// <param name="WhyNoInterval">Why the scope shows no interval, though it is old enough; null if it does.</param>
public sealed record BacktestRow(
    IReadOnlyDictionary<string, string>? Keys, ForecastAccuracy All, IReadOnlyList<BacktestDay> Days, string? WhyNoInterval);

/// <summary>How good the forecasts were that were made at the end of one day of the month.</summary>
/// <param name="Day">The day.</param>
/// <param name="Accuracy">How good the forecasts were.</param>
public sealed record BacktestDay(int Day, ForecastAccuracy Accuracy);

/// <summary>How good forecasts were. Shares of what the months came to; null if that is nothing.</summary>
/// <param name="Forecasts">How many.</param>
/// <param name="Wape">Sum of the errors by size ÷ sum of the months.</param>
/// <param name="Bias">Sum of the errors ÷ sum of the months: above 0, too much was expected.</param>
/// <param name="Coverage">The share of intervals that held; null without any.</param>
/// <param name="Intervals">How many forecasts had an interval.</param>
/// <param name="RunRateWape">Of the run rate, for the same months and days.</param>
/// <param name="LastMonthWape">Of last month's cost; a month without one counts as 0.</param>
public sealed record ForecastAccuracy(int Forecasts, decimal? Wape, decimal? Bias, decimal? Coverage, int Intervals, decimal? RunRateWape, decimal? LastMonthWape);
