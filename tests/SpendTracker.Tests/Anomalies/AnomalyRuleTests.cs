using SpendTracker.Anomalies;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Anomalies;

public sealed class AnomalyRuleTests
{
    private static readonly DateOnly First = new(2026, 1, 1);

    [Fact]
    public void A_day_of_five_times_the_usual_is_a_spike_with_what_is_usual_and_where_the_line_is()
    {
        var found = Assert.Single(Find([.. Steady(100), 50, 10]));

        Assert.Equal((First.AddDays(100), AnomalyKind.Spike, 50m), (found.Day, found.Kind, found.Amount));
        Assert.InRange(found.Usual, 9.99m, 10.01m);
        Assert.InRange(found.Limit!.Value, 15m, 17m); // 11 × e^(5.2 × 0.08) − 1.
    }

    [Fact]
    public void Today_may_be_too_much_already_and_is_not_too_little_before_it_is_over()
    {
        Assert.Equal(First.AddDays(100), Assert.Single(Find([.. Steady(100), 50])).Day);
        Assert.Empty(Find([.. Steady(100), 0]));
        Assert.Empty(Find([.. Steady(100), 1]));
    }

    [Fact]
    public void Nothing_is_judged_before_four_weeks_and_lines_come_nearer_with_time()
    {
        Assert.Empty(Find([.. Steady(AnomalyRule.DaysNeeded - 1), 500]));
        var limits = new[] { 28, 42, 83, 84 }.Select(days => Assert.Single(Find([.. Steady(days), 500])).Limit!.Value).ToArray();
        Assert.Equal(limits.OrderDescending(), limits);
        Assert.InRange(limits[0], 21, 22); // 11 × e^(5.2 × 0.08 × 24 ÷ 14) − 1.
        Assert.InRange(limits[3], 15, 17);
        Assert.Empty(Find([.. Enumerable.Range(0, 80).Select(day => 2 + (0.1m * day))])); // What is new grows.
    }

    [Fact]
    public void A_day_of_a_tenth_of_the_usual_is_a_fall_once_it_is_over_and_is_told_once_in_four_weeks()
    {
        Assert.Empty(Find([.. Steady(100), 1]));
        var found = Assert.Single(Find([.. Steady(100), 1, 10]));

        Assert.Equal((First.AddDays(100), AnomalyKind.Fall, 1m, 9m), (found.Day, found.Kind, found.Amount, found.Excess));
        Assert.InRange(found.Limit!.Value, 4.99m, 5m); // Half: a line nearer than that is of no use.
        Assert.True(found.Score < -5.2m);
        Assert.Equal([100], Find([.. Steady(100), .. Enumerable.Repeat(1m, 32)]).Select(one => one.Day.DayNumber - First.DayNumber));
        Assert.Single(Find([.. Steady(40), 1, 10]));
    }

    [Fact]
    public void A_holiday_is_no_fall_nor_is_a_day_of_more_than_half_nor_one_without_a_price()
    {
        decimal[] weeks = [.. Enumerable.Range(0, 101).Select(day => day % 7 < 5 ? 10m : 2)];

        Assert.Empty(Find([.. weeks, 1.5m, 10])); // Like a Sunday.
        Assert.Single(Find([.. weeks, 1m, 10]));
        Assert.Empty(Find([.. Steady(100), 5.1m, 10]));
        Assert.Empty(AnomalyRule.Find(First, [.. Steady(100).Select(amount => new AnomalyDay(amount, true)), new(0, true), new(10, true)]));
    }

    [Fact]
    public void After_an_alarm_a_week_rings_no_more()
    {
        var found = Find([.. Steady(100), 50, 50, 50, 50, 50, 50, 50, 50, 50, 50]);

        Assert.Equal([First.AddDays(100), First.AddDays(108)], found.Select(finding => finding.Day));
    }

    [Fact]
    public void A_fifth_more_each_day_is_a_slow_rise()
    {
        var found = Find([.. Steady(100), .. Enumerable.Repeat(12m, 14), 12]);

        Assert.Equal(AnomalyKind.Rise, Assert.Single(found).Kind);
    }

    [Fact]
    public void A_day_without_usage_is_silence_once_it_is_over()
    {
        var found = Assert.Single(Find([.. Steady(100), 0, 0]));

        Assert.Equal((First.AddDays(100), AnomalyKind.Silence, 0m, 10m), (found.Day, found.Kind, found.Amount, found.Usual));
        Assert.Null(found.Limit);
        Assert.Equal(found, Assert.Single(Find([.. Steady(100), 0, 0, 0, 0, 0]))); // The same anomaly, on whatever day one looks.
    }

    [Fact]
    public void Whoever_rests_at_weekends_is_missed_after_twice_that_and_a_day()
    {
        decimal[] weeks = [.. Enumerable.Range(0, 105).Select(day => day % 7 < 5 ? 10m : 0)];

        Assert.Empty(Find([.. weeks, 0, 0, 0])); // 105 ends with a weekend of two: with these, four.
        Assert.Equal(First.AddDays(103), Assert.Single(Find([.. weeks, 0, 0, 0, 0])).Day);
    }

    [Fact]
    public void Usage_without_a_price_is_no_silence()
    {
        AnomalyDay[] days = [.. Steady(100).Select(amount => new AnomalyDay(amount, true)), new(0, true), new(0, true), new(0, false)];

        Assert.Empty(AnomalyRule.Find(First, days));
    }

    /// <summary>Cents or millions, one currency or another: what is unusual is so by proportion.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_size_of_amounts_does_not_matter(int seed)
    {
        var random = new Random(seed);
        decimal[] amounts = [.. Enumerable.Range(0, 300).Select(day => Math.Round((decimal)Math.Exp(random.NextDouble()) * (random.Next(60) == 0 ? 9 : 1), 4))];

        var found = Find(amounts);

        Assert.NotEmpty(found);
        Assert.Equal(found.Select(finding => (finding.Day, finding.Kind)), Find([.. amounts.Select(amount => amount * 1_000_000)]).Select(finding => (finding.Day, finding.Kind)));
        Assert.Equal(found.Select(finding => (finding.Day, finding.Kind)), Find([.. amounts.Select(amount => amount / 1_000)]).Select(finding => (finding.Day, finding.Kind)));
    }

    [Fact]
    public void Credits_and_huge_amounts_are_no_fault()
    {
        Assert.Empty(Find([.. Steady(100), -50, 10]));
        Assert.Single(Find([.. Steady(100), 1_000_000_000_000_000m, 10]));
    }

    private static IEnumerable<decimal> Steady(int days) => Enumerable.Repeat(10m, days);

    private static IReadOnlyList<AnomalyFinding> Find(decimal[] amounts) =>
        AnomalyRule.Find(First, [.. amounts.Select(amount => new AnomalyDay(amount, amount != 0))]);
}
