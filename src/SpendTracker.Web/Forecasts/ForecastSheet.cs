using SpendTracker.Contracts;
using SpendTracker.Web.Exports;

namespace SpendTracker.Web.Forecasts;

/// <summary>A forecast as a sheet: of all together and of each part this month, the next ones and the year, a line each.</summary>
internal static class ForecastSheet
{
    public static Sheet Of(ForecastResponse forecast) => Sheet.Of(
        $"forecast-{forecast.Today:yyyy-MM-dd}", new[] { forecast.Total }.Concat(forecast.Rows).SelectMany(Lines),
        [
            .. forecast.By.Select(name => new SheetColumn<(ForecastRow Row, SpanRow Span)>(name, line => line.Row.Keys?.GetValueOrDefault(name) ?? "(all)")),
            new("from", line => line.Span.From),
            new("to", line => line.Span.To),
            new("spent", line => line.Span.Spent, Sheet.Amount),
            new("forecast", line => line.Span.Forecast, Sheet.Amount),
            new("low", line => line.Span.Low, Sheet.Amount),
            new("high", line => line.Span.High, Sheet.Amount),
            new("planned", line => line.Span.Planned, Sheet.Amount),
            new("scheduled", line => line.Span.Scheduled, Sheet.Amount),
            new("currency", _ => forecast.Currency),
            new("unpriced", line => Sheet.Text(line.Row.Unpriced)),
            new("unconverted", line => Sheet.Text(line.Row.Unconverted)),
            new("incomplete", line => Sheet.Text(line.Row.Incomplete)),
            new("why_no_interval", line => line.Span.WhyNoInterval),
        ]);

    private static IEnumerable<(ForecastRow Row, SpanRow Span)> Lines(ForecastRow row) => new[] { row.Month }.Concat(row.Next).Append(row.Year).Select(span => (row, span));
}
