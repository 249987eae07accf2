using System.Net;

namespace SpendTracker.Tests.Forecasts;

/// <summary>Questions about forecasts that cannot be answered.</summary>
public sealed class ForecastQuestionTests(OneHost shared) : IClassFixture<OneHost>
{
    [Theory]
    [InlineData("forecast?by=month", "by")]
    [InlineData("forecast?by=workload,team,component,approach", "by")]
    [InlineData("forecast?where=team", "where")]
    [InlineData("forecast?where=origin=2026-01", "where")]
    [InlineData("forecast/backtest?from=2026-13", "from")]
    [InlineData("forecast/backtest?from=2199-01&to=2199-01", "to")]
    [InlineData("forecast/backtest?from=2023-01&to=2023-02", "from")]
    [InlineData("forecast/backtest?from=2026-05&to=2026-04", "to")]
    public async Task What_cannot_be_asked_is_named(string question, string field)
    {
        using var response = await shared.Host.Client.GetAsync(new Uri($"/api/v1/{question}", UriKind.Relative), TestContext.Current.CancellationToken);
        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(problem.GetProperty("errors").EnumerateObject(), error => error.Name == field);
    }
}
