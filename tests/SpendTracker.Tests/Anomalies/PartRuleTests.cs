using SpendTracker.Anomalies;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Anomalies;

/// <summary>Unusual days of a SKU's meter, and what of all findings is told.</summary>
public sealed class PartRuleTests
{
    private static readonly DateOnly First = new(2026, 1, 1);
    private static readonly SkuMeter Input = new("openai/large", "input-tokens"), Output = new("openai/large", "output-tokens");

    [Fact]
    public void A_meter_that_trebles_in_a_large_workload_is_found_where_the_workload_is_not()
    {
        var (input, output) = (Steady(100, 20), Steady(100, 80));

        var found = Assert.Single(Find([.. input, 70], [.. output, 80]));

        Assert.Equal((First.AddDays(100), AnomalyKind.Spike, 70m, Input), (found.Day, found.Kind, found.Amount, found.Part));
        Assert.InRange(found.Usual, 19.99m, 20.01m);
        Assert.InRange(found.Limit!.Value, 43m, 44m); // 22 × e^(9 × 0.08) − 2.
        Assert.Empty(AnomalyRule.Find(First, Whole([.. input, 60], [.. output, 80]))); // 140 instead of 100.
    }

    [Fact]
    public void What_is_a_small_part_of_the_workload_or_only_moves_within_it_is_nothing_unusual()
    {
        Assert.Empty(Find([.. Steady(100, 2), 11], [.. Steady(100, 98), 98])); // 9 more of 100.
        Assert.Empty(Find([.. Steady(100, 20), 70], [.. Steady(100, 80), 40])); // 50 more, of which 10 show.
    }

    [Fact]
    public void A_meter_that_is_new_or_not_used_on_such_a_weekday_is_not_judged()
    {
        Assert.Empty(Find([.. Steady(73, 0), .. Steady(27, 20), 90], [.. Steady(101, 80)]));
        Assert.Single(Find([.. Steady(73, 0), .. Steady(28, 20), 120], [.. Steady(102, 80)]));
        decimal[] weekly = [.. Enumerable.Range(0, 100).Select(day => day % 7 == 3 ? 40m : 0)];
        Assert.Empty(Find([.. weekly, 90], [.. Steady(101, 80)])); // 100 is another weekday than 3.
    }

    [Fact]
    public void A_meter_that_is_gone_is_a_fall_once_the_day_is_over_unless_all_of_the_workload_is()
    {
        var found = Assert.Single(Find([.. Steady(100, 20), 0, 0], [.. Steady(102, 80)]));

        Assert.Equal((First.AddDays(100), AnomalyKind.Fall, 0m, Input), (found.Day, found.Kind, found.Amount, found.Part));
        Assert.Empty(Find([.. Steady(100, 20), 0], [.. Steady(101, 80)]));
        Assert.Empty(Find([.. Steady(100, 20), 0, 0], [.. Steady(100, 80), 100, 100])); // It moved to the other.
        AnomalyDay[] silent = [.. Steady(100, 100).Select(amount => new AnomalyDay(amount, true)), new(0, false), new(0, false)];
        Assert.Empty(PartRule.Find(First, silent, [(Input, [.. Steady(100, 20), 0, 0]), (Output, [.. Steady(100, 80), 0, 0])]));
    }

    [Fact]
    public void A_part_that_stays_twice_as_dear_is_found_once() =>
        Assert.Equal([101], Find([.. Steady(100, 20), .. Steady(60, 33)], Steady(160, 80)).Select(finding => finding.Day.DayNumber - First.DayNumber)); // The second day of two.

    [Fact]
    public void One_event_is_told_once()
    {
        AnomalyFinding Workload(int day, decimal excess = 40) => new(First.AddDays(day), AnomalyKind.Spike, 100 + excess, 100, 150, 6);
        AnomalyFinding Part(int day, SkuMeter part, decimal excess = 30) => new(First.AddDays(day), AnomalyKind.Spike, 20 + excess, 20, 40, 9, part);
        static IReadOnlyList<AnomalyFinding> Told(AnomalyFinding[] found, params AnomalyFinding[] known) => AnomalyJudgement.ToTell(found, known);

        Assert.Equal([Workload(10)], Told([Part(10, Input), Workload(10), Part(12, Output)])); // Its parts are its causes.
        Assert.Equal([Part(10, Input, 31)], Told([Part(10, Output), Part(10, Input, 31)])); // The dearer of two.
        Assert.Equal([Part(10, Input), Part(18, Output)], Told([Part(10, Input), Part(17, Output), Part(18, Output), Part(38, Input)]));
        Assert.Equal([Part(39, Input)], Told([Part(39, Input)], Part(10, Input)));

        // In the morning it was the part, in the evening it is the workload by the same event; or by much more.
        Assert.Empty(Told([Workload(10, 60)], Part(10, Input)));
        Assert.Equal([Workload(10, 61)], Told([Workload(10, 61)], Part(10, Input)));
        Assert.Equal([Workload(9)], Told([Workload(9)], Part(10, Input))); // Usage that came late for a day before.
        Assert.Empty(Told([Part(3, Input)], Workload(10)));
        Assert.Single(Told([new(First.AddDays(11), AnomalyKind.Silence, 0, 100, null, null)], Part(10, Input), Workload(10)));
        AnomalyFinding Fall(SkuMeter? part) => new(First.AddDays(11), AnomalyKind.Fall, 1, 100, 50, -9, part);
        Assert.Equal([Fall(null)], Told([Fall(Input), Fall(null)], Part(10, Input), Workload(10))); // Whatever was too dear before.
    }

    [Fact]
    public void A_meter_that_was_unusual_is_cleared_by_its_own_cost()
    {
        var usage = new WatchedUsage(First, 200);
        usage.Add(Input, First.AddDays(100), 70, true);
        usage.Add(Output, First.AddDays(100), 80, true);
        var anomaly = new Anomaly(
            Guid.NewGuid(), AnomalyState.Open, 1, default, new AnomalyDetected("chat", First.AddDays(100), AnomalyKind.Spike, "USD", 70, 20, 1, Sku: Input.Sku, Meter: Input.Meter), null, null, null);

        Assert.Null(AnomalyJudgement.Cleared(anomaly, [], usage, 2));
        Assert.True(usage.Forget(First.AddDays(100)));
        usage.Add(Input, First.AddDays(100), 25, true);
        usage.Add(Output, First.AddDays(100), 800, true);
        Assert.Equal((AnomalyClearedBecause.UsualAgain, 25m), AnomalyJudgement.Cleared(anomaly, [], usage, 2) is { } cleared ? (cleared.Because, cleared.Amount) : default);
        var fall = anomaly with { Detected = anomaly.Detected with { Kind = AnomalyKind.Fall, Amount = 20, Usual = 70 } };
        Assert.NotNull(AnomalyJudgement.Cleared(fall, [], usage, 2)); // Usage came late.
        Assert.Null(AnomalyJudgement.Cleared(fall with { Detected = fall.Detected with { Amount = 25 } }, [], usage, 2));
        Assert.False(usage.Forget(First.AddDays(101)));
        Assert.False(usage.Forget(First.AddDays(-1)));
    }

    private static decimal[] Steady(int days, decimal amount) => [.. Enumerable.Repeat(amount, days)];

    private static AnomalyDay[] Whole(decimal[] input, decimal[] output) => [.. input.Zip(output, (one, other) => new AnomalyDay(one + other, true))];

    private static IReadOnlyList<AnomalyFinding> Find(decimal[] input, decimal[] output) => PartRule.Find(First, Whole(input, output), [(Input, input), (Output, output)]);
}
