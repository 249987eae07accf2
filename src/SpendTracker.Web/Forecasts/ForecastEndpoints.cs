using SpendTracker.Contracts;
using SpendTracker.Forecasts;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Forecasts;

/// <summary>Forecasts over HTTP, and how good past ones were.</summary>
internal static class ForecastEndpoints
{
    public static void MapForecasts(this IEndpointRouteBuilder api)
    {
        api.MapGet("/forecast", GetAsync).RequireAuthorization(Policies.Read).WithName("GetForecast").WithMetadata(ExpensiveQuery.Always).AsFile<ForecastResponse>("forecast", ForecastSheet.Of);
        api.MapGet("/forecast/backtest", BacktestAsync).RequireAuthorization(Policies.Read).WithName("GetForecastBacktest").WithMetadata(ExpensiveQuery.Always)
            .Produces<BacktestResponse>();
    }

    /// <summary>Forecast this month, the next three and the year. With 80 % intervals, for everything or a part.</summary>
    internal static async Task<IResult> GetAsync(
        string? by, string[]? where, ForecastQuery query, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        return ForecastQuestion.Read(check, by, where ?? []) is { } question
            ? TypedResults.Ok(ForecastResponse.Of(question, await query.ByAsync(question.By, question.Where, cancellationToken), settings.ReportingCurrency, settings.ReportingTimeZone.Id))
            : Problems.Of(check.Reasons);
    }

    /// <summary>Tell how good past forecasts were. Each is made again from what was recorded until then.</summary>
    internal static async Task<IResult> BacktestAsync(
        string? from, string? to, string? by, string[]? where, ForecastQuery query, KnownOn days, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var span = BacktestSpan.Read(check, from, to, days.Today);
        return ForecastQuestion.Read(check, by, where ?? []) is { } question
            ? TypedResults.Ok(BacktestResponse.Of(question, await query.BacktestAsync(question.By, question.Where, span.First, span.Last, null, cancellationToken)))
            : Problems.Of(check.Reasons);
    }
}
