using SpendTracker.Forecasts;

namespace SpendTracker.Tests.Forecasts;

/// <summary>By which rule a component of a workload is expected to go on, and what each rule expects.</summary>
public sealed class HabitTests
{
    [Theory]
    [InlineData(1, "10 10 10 10 10 10 10")] // Below a week: the average day.
    [InlineData(3, "20 20 20 20 20 20 20")]
    [InlineData(7, "10 20 30 40 50 60 70")] // The last week again.
    [InlineData(8, "80 20 30 40 50 60 70")]
    [InlineData(27, "220 230 240 250 260 270 210")]
    [InlineData(28, "115 125 135 145 155 165 175")] // Four weeks: (10 + 80 + 150 + 220) ÷ 4 and so on.
    public void Days_to_come_are_expected_by_how_long_it_has_been_in_use(int days, string expected) =>
        Assert.Equal(expected, Expected([.. Enumerable.Range(1, days).Select(day => day * 10m)]));

    [Fact]
    public void Hosting_goes_on_as_on_its_last_day_even_if_that_is_a_day_or_two_ago()
    {
        Assert.Equal("5 5 5 5 5 5 5", Expected([7, 5], ComponentKind.Hosting));
        Assert.Equal("9 9 9 9 9 9 9", Expected([.. Enumerable.Repeat(7m, 40), 9, 0, 0], ComponentKind.Hosting));
        Assert.Equal("0 0 0 0 0 0 0", Expected([.. Enumerable.Repeat(7m, 40), 9, 0, 0, 0], ComponentKind.Hosting));
    }

    [Theory]
    [InlineData("5", "5 0 0 0 0 0 0")] // Once a week, as far as is known.
    [InlineData("1 2 3 4 5 6 7", "1 2 3 4 5 6 7")]
    [InlineData("4 0 0 0 0 0 0 8", "6 0 0 0 0 0 0")]
    [InlineData("4 2 0 0 0 0 0 8", "6 1 0 0 0 0 0")]
    [InlineData("3 0 0 0 0 0 0 6 0 0 0 0 0 0 9", "6 0 0 0 0 0 0")]
    public void Labour_of_less_than_four_weeks_is_expected_by_its_weeks_so_far(string costs, string expected) =>
        Assert.Equal(expected, Expected([.. costs.Split(' ').Select(cost => decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture))], ComponentKind.Labour));

    [Fact]
    public void Hosting_that_rests_at_weekends_is_expected_to_rest_at_the_next()
    {
        decimal[] week = [3, 3, 3, 3, 3, 0, 0];
        Assert.Equal("3 3 3 3 3 0 0", Expected([.. Enumerable.Repeat(week, 3).SelectMany(days => days)], ComponentKind.Hosting));
    }

    [Fact]
    public void What_has_not_cost_anything_for_a_week_or_twice_its_longest_gap_is_expected_to_be_over()
    {
        decimal[] daily = [.. Enumerable.Repeat(1m, 60)];
        Assert.NotEqual("0 0 0 0 0 0 0", Expected([.. daily, 0, 0, 0, 0, 0, 0]));
        Assert.Equal("0 0 0 0 0 0 0", Expected([.. daily, 0, 0, 0, 0, 0, 0, 0]));

        decimal[] everyTenDays = [.. Enumerable.Range(0, 61).Select(day => day % 10 == 0 ? 1m : 0)]; // Gaps of 9 days.
        Assert.NotEqual(Rule.Nothing, HabitOf([.. everyTenDays, .. new decimal[18]]).Rule);
        Assert.Equal(Rule.Nothing, HabitOf([.. everyTenDays, .. new decimal[19]]).Rule);
    }

    [Fact]
    public void What_comes_again_after_it_stopped_is_new() => Assert.Equal(new Habit(Rule.AverageDay, 71, 2), HabitOf([.. Enumerable.Repeat(1m, 60), .. new decimal[10], 5, 5]));

    [Fact]
    public void Parts_are_expected_to_cost_together_what_the_whole_is()
    {
        var random = new Random(7);
        for (var run = 0; run < 200; run++)
        {
            var days = random.Next(1, 120);
            var kind = (ComponentKind)(run % 3);
            decimal[] one = [.. Enumerable.Range(0, days).Select(_ => random.Next(3) == 0 ? random.Next(100) : 0m)];
            decimal[] other = [.. Enumerable.Range(0, days).Select(day => day > days / 2 ? random.Next(100) : 0m)];
            decimal[] whole = [.. one.Zip(other, (left, right) => left + right)];
            var habit = HabitOf(whole, kind);

            Assert.Equal(Sum(habit, whole), Sum(habit, one) + Sum(habit, other), 20);
        }
    }

    [Fact]
    public void Growth_of_a_straight_line_is_its_slope_and_of_noise_almost_nothing()
    {
        static double[] Sums(Func<int, double> cost) => [0, .. Enumerable.Range(0, 182).Select(day => Enumerable.Range(0, day + 1).Sum(cost))];

        Assert.Equal(7 / (100 + 90.5), Growth.ByWeek(Sums(day => 100 + day), 181) switch { 0.015 => 7 / 190.5, var other => other }, 6); // 3.7 % a week is cut to 1.5 %.
        Assert.Equal(0.7 / (1_000 + 9.05), Growth.ByWeek(Sums(day => 1_000 + (day / 10.0)), 181), 6);
        Assert.Equal(0, Growth.ByWeek(Sums(_ => 5), 181), 12);
        var random = new Random(3);
        Assert.InRange(Growth.ByWeek(Sums(_ => random.Next(50, 150)), 181), -0.003, 0.003);
        Assert.Equal(2 + (1.0 / 7), Growth.WeeksAt(1), 12);
        Assert.InRange(Growth.WeeksAt(400), 11, 13); // It flattens out.
    }

    private static Habit HabitOf(decimal[] costs, ComponentKind kind = ComponentKind.Other)
    {
        var use = new Use(kind);
        for (var day = 0; day < costs.Length; day++)
        {
            use.Add(day, costs[day] != 0);
        }

        return Habit.Of<decimal>(costs, use, costs.Length - 1, kind);
    }

    private static decimal Sum(Habit habit, decimal[] costs)
    {
        var byWeekday = new decimal[7];
        habit.AddTo<decimal>(costs, byWeekday);
        return byWeekday.Sum();
    }

    private static string Expected(decimal[] costs, ComponentKind kind = ComponentKind.Other)
    {
        var byWeekday = new decimal[7];
        HabitOf(costs, kind).AddTo<decimal>(costs, byWeekday);
        return string.Join(' ', byWeekday.Select(cost => cost.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)));
    }
}
