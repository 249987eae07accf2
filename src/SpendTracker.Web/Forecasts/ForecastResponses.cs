using SpendTracker.Contracts;
using SpendTracker.Forecasts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Forecasts;

/// <summary>How forecasts become answers. Amounts to 6 decimals: what is to come is a mean, which may have endless ones.</summary>
internal static class ForecastAnswers
{
    private static T[]? OrNull<T>(IEnumerable<T> rows) => rows.ToArray() is { Length: > 0 } some ? some : null;

    extension(ForecastResponse)
    {
        public static ForecastResponse Of(ForecastQuestion question, ForecastAnswer answer, string currency, string zone) => new(
            answer.Today, [.. question.By.Select(dimension => dimension.Name)], currency, zone,
            ForecastRow.Of(answer.Total) is var total && question.By.Count > 0 ? total with { Estimated = null, Scheduled = null } : total, [.. answer.Rows.Select(ForecastRow.Of)]);
    }

    extension(ForecastRow)
    {
        public static ForecastRow Of(ScopeForecast forecast) => new(
            forecast.Keys.Count == 0 ? null : forecast.Keys, SpanRow.Of(forecast.Month), [.. forecast.Next.Select(SpanRow.Of)], SpanRow.Of(forecast.Year),
            SpanRow.Rounded(forecast.Rough), forecast.GrowthByWeek is { } growth ? Math.Round(growth, 6) : null, forecast.Costs.Unpriced, forecast.Costs.Unconverted, forecast.Costs.Incomplete,
            OrNull(forecast.Planned.Where(line => line.Plan is not null).Select(PlannedRow.Of)), OrNull(forecast.Planned.Where(line => line.Plan is null).Select(EstimatedRow.Of)),
            OrNull(forecast.Scheduled.Select(ScheduledRow.Of)));
    }

    extension(SpanRow)
    {
        public static SpanRow Of(ForecastSpan span) => new(
            span.First, span.Last, span.Spent, Rounded(span.Expected), span.Low is { } low ? Rounded(low) : null, span.High is { } high ? Rounded(high) : null, span.WhyNoInterval,
            span.Planned == 0 ? null : Rounded(span.Planned), span.Estimated == 0 ? null : Rounded(span.Estimated), span.Scheduled == 0 ? null : Rounded(span.Scheduled));

        public static decimal Rounded(decimal amount) => Math.Round(amount, 6);
    }

    extension(PlannedRow)
    {
        public static PlannedRow Of(PlannedLine line) => new(
            line.Plan!, line.Version!.Value, line.Option!, line.Month.ToString(), line.Workload, line.Component, line.Amount, line.ToCome);
    }
}

/// <summary>How charges to come become an answer.</summary>
internal static class ScheduledAnswers
{
    extension(ScheduledRow)
    {
        public static ScheduledRow Of(ScheduledCharge charge) => new(
            charge.Day, charge.Workload, charge.Approach, charge.Component, SpanRow.Rounded(charge.Amount), charge.EveryMonths, charge.Last);
    }
}

/// <summary>How what is estimated becomes an answer: as what is planned, which is of the same class.</summary>
internal static class EstimatedAnswers
{
    extension(EstimatedRow)
    {
        public static EstimatedRow Of(PlannedLine line) => new(line.Month.ToString(), line.Workload, line.Approach, line.Component, line.Amount ?? 0, line.ToCome);
    }
}

/// <summary>How backtests become answers.</summary>
internal static class BacktestAnswers
{
    extension(BacktestResponse)
    {
        public static BacktestResponse Of(ForecastQuestion question, BacktestAnswer answer) => new(
            answer.From.ToString(), answer.To.ToString(), [.. question.By.Select(dimension => dimension.Name)], BacktestRow.Of(answer.Total),
            answer.Pooled is { } pooled ? BacktestRow.Of(pooled) : null, [.. answer.Rows.Select(BacktestRow.Of)]);
    }

    extension(BacktestRow)
    {
        public static BacktestRow Of(ScopeBacktest scope) => new(
            scope.Keys.Count == 0 ? null : scope.Keys, scope.All, [.. scope.Days.Select(day => new BacktestDay(day.Key, day.Value))], scope.WhyNoInterval);
    }
}
