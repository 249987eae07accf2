using SpendTracker.Contracts;
using SpendTracker.Forecasts;

namespace SpendTracker.Tests.Forecasts;

/// <summary>Past forecasts rest on what was known when they were made, and on nothing else.</summary>
public sealed class PastForecastTests
{
    private static readonly DateOnly First = new(2025, 1, 1);

    [Fact]
    public void Nothing_that_came_later_changes_a_past_forecast()
    {
        var (random, days) = (new Random(5), 400);
        double[] costs = [.. Enumerable.Range(0, days).Select(_ => random.NextDouble() * 100)];
        var late = Enumerable.Range(0, 200).Select(_ => random.Next(days - 30)).Select(day => new LateCost(day, day + 1 + random.Next(29), random.NextDouble() * 50)).ToArray();
        var all = Run(costs, late, days);
        foreach (var until in new[] { 60, 151, 298 })
        {
            double[] cut = [.. costs[..until], .. new double[days - until]];
            var past = Scope(cut, [.. late.Where(cost => cost.KnownOn < until)], days);
            while (past.Day < until - 1)
            {
                past.MoveOn();
                Assert.Equal(all[past.Day], (past.Expected(past.Day, 20), past.HalfWidth(1, 20)));
            }
        }
    }

    [Fact]
    public void A_late_cost_counts_from_the_day_it_was_recorded_as_if_it_had_always_been_there()
    {
        double[] costs = [.. Enumerable.Repeat(10.0, 100)];
        var late = Scope(costs, [new(70, 80, 28)], 100);
        var prompt = Scope([.. costs[..70], 38, .. costs[71..]], [], 100);
        for (var day = 0; day < 100; day++)
        {
            late.MoveOn();
            prompt.MoveOn();
            if (day == 79)
            {
                Assert.Equal(70, late.Expected(79, 7), 9);
                Assert.Equal(77, prompt.Expected(79, 7), 9); // 28 ÷ 4 on its weekday.
                Assert.Equal(28, prompt.Sum(60, 79) - late.Sum(60, 79), 9);
            }
            else if (day >= 80)
            {
                Assert.Equal((prompt.Expected(day, 20), prompt.Sum(0, day)), (late.Expected(day, 20), late.Sum(0, day)));
            }
        }
    }

    [Fact]
    public void Growth_counts_as_far_as_it_served_the_total_before()
    {
        double Share(Func<int, double> cost)
        {
            double[] costs = [.. Enumerable.Range(0, 700).Select(cost)];
            var days = new KnownDays(costs, []);
            var scope = new PastForecasts([new(ComponentKind.Other, days, days)], 700, grows: true);
            double[] sums = [0, .. costs];
            for (var day = 0; day < 700; day++)
            {
                scope.MoveOn();
                sums[day + 1] += sums[day];
            }

            return scope.GrowthByWeek / Growth.ByWeek(sums, 699);
        }

        Assert.InRange(Share(day => 100 * Math.Pow(1.0005, day)), 0.85, 1); // Steady growth goes on.
        Assert.InRange(Share(day => 100 + (30 * Math.Sin(day * Math.PI / 182))), 0, 0.35); // A wave never does.
    }

    [Fact]
    public void The_backtest_compares_each_day_of_a_month_with_what_the_month_came_to()
    {
        // 10 a day, 20 from 11 March 2025 on.
        double[] costs = [.. Enumerable.Range(0, 120).Select(day => First.AddDays(day) < new DateOnly(2025, 3, 11) ? 10.0 : 20)];
        var past = Backtest.Run(Scope(costs, [], 120), First, 119, new(2025, 2), new(2025, 4), null);

        Assert.Equal(27 + 30 + 29, past.Count); // Not the last day of a month, when nothing is to come.
        var march10 = past.Single(one => one.Day == new DateOnly(2025, 3, 10));
        Assert.Equal((310, 310, 280, 100, 520), (march10.Forecast, march10.RunRate, march10.LastMonth, march10.Spent, march10.Actual));
        Assert.False(march10.IsCovered); // 2 % of the mean day is the least deviation.
        var february = ForecastAccuracy.Of([.. past.Where(one => one.Day.Month == 2)]);
        Assert.Equal((27, 0m, 0m, 0m), (february.Forecasts, february.Wape, february.Bias, february.RunRateWape));
        Assert.Equal(0.107143m, february.LastMonthWape); // January has 31 days: 310 of 280.
        Assert.Equal((17, 1m), (february.Intervals, february.Coverage)); // From the 42nd day on, which is 11 February, to the 27th.
    }

    [Fact]
    public void An_interval_is_shown_from_the_42nd_day_on_and_far_ahead_only_with_enough_days_behind()
    {
        var scope = Scope([.. Enumerable.Range(0, 400).Select(day => 100.0 + (day % 3))], [], 400);
        Assert.Equal([41, 28 + (3 * 90) - 1], new[] { 20, 90 }.Select(ahead =>
        {
            var fresh = Scope([.. Enumerable.Range(0, 400).Select(day => 100.0 + (day % 3))], [], 400);
            do
            {
                fresh.MoveOn();
            }
            while (fresh.HalfWidth(1, ahead) is null);
            return fresh.Day;
        }));
        for (var day = 0; day < 30; day++)
        {
            scope.MoveOn();
        }

        Assert.Equal("In use for 30 days; an interval needs 42.", scope.WhyNone(10));
    }

    [Fact]
    public void A_scope_whose_intervals_do_not_hold_shows_none_and_says_why()
    {
        // Quiet for seven weeks, then a burst of seven days: no interval of quiet weeks covers it.
        double[] costs = [.. Enumerable.Range(0, 500).Select(day => (day % 56) < 49 ? 1.0 : 60)];
        var past = Backtest.Run(Scope(costs, [], 500), First, 499, new(2025, 3), new(2199, 12), Backtest.Days);
        var coverage = ForecastAccuracy.Of(past).Coverage!.Value;

        Assert.Equal(coverage < Backtest.LeastCoverage, Backtest.WhyNoInterval(past) is not null);
        PastForecast Point(bool holds) => new(First, 100, 1, 0, null, 0, holds ? 100 : 110);
        Assert.Null(Backtest.WhyNoInterval([.. Enumerable.Range(0, 30).Select(at => Point(at < 18))]));
        Assert.Equal("Of its past 80 % intervals 57 % held: its costs do not repeat enough.", Backtest.WhyNoInterval([.. Enumerable.Range(0, 30).Select(at => Point(at < 17))]));
        Assert.Null(Backtest.WhyNoInterval([.. Enumerable.Range(0, 19).Select(_ => Point(false))])); // Too few to tell.
    }

    private static PastForecasts Scope(double[] costs, IReadOnlyList<LateCost> late, int days)
    {
        var known = new KnownDays(costs, late);
        return new([new(ComponentKind.Other, known, known)], days, grows: false);
    }

    private static List<(double Expected, double? Half)> Run(double[] costs, IReadOnlyList<LateCost> late, int days)
    {
        var scope = Scope(costs, late, days);
        List<(double, double?)> all = [];
        while (scope.Day < days - 1)
        {
            scope.MoveOn();
            all.Add((scope.Expected(scope.Day, 20), scope.HalfWidth(1, 20)));
        }

        return all;
    }
}
