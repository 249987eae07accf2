using SpendTracker.Comparison;

namespace SpendTracker.Tests.Comparison;

/// <summary>
/// Simulations of people who look every day, always the same. A test that keeps its error rate calls two shares that are the same different in at
/// most 5 % of the runs, whenever it is looked at.
/// </summary>
public sealed class SequentialTestTests
{
    private const int Runs = 1_000;
    private const int Days = 60;

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    public void Samples_that_are_the_same_are_seldom_called_different_however_often_one_looks(double share)
    {
        var random = new Random(1);
        var (sequential, naive) = (0, 0);
        for (var run = 0; run < Runs; run++)
        {
            var blocks = Blocks(random, share, share, samples: 20);
            sequential += SequentialTest.OfSamples(blocks) <= 0.05 ? 1 : 0;
            naive += LooksDifferentOnSomeDay(blocks) ? 1 : 0;
        }

        Assert.InRange(sequential, 0, 0.05 * Runs);
        Assert.InRange(naive, 0.2 * Runs, Runs); // Why there is another test: the one for one look, looked at daily.
    }

    /// <summary>Each day has six events of 50 requests that succeed or fail together.</summary>
    [Theory]
    [InlineData(0.7)]
    [InlineData(0.95)]
    public void Days_that_are_the_same_are_seldom_called_different_also_where_requests_fail_together(double share)
    {
        var random = new Random(2);
        var different = Enumerable.Range(0, Runs).Count(_ => SequentialTest.OfDays(Blocks(random, share, share, samples: 6, each: 50)) <= 0.05);

        Assert.InRange(different, 0, 0.05 * Runs);
    }

    [Fact]
    public void Real_differences_are_found()
    {
        var random = new Random(3);
        var samples = Enumerable.Range(0, 200).Count(_ => SequentialTest.OfSamples(Blocks(random, 0.8, 0.9, samples: 20)) <= 0.05);
        var days = Enumerable.Range(0, 200).Count(_ => SequentialTest.OfDays(Blocks(random, 0.8, 0.95, samples: 20, each: 50)) <= 0.05);

        Assert.InRange(samples, 180, 200);
        Assert.InRange(days, 180, 200);
    }

    /// <summary>
    /// By hand: after the first block, which expects half of both, 10 of 10 against 0 of 10 are expected as 10.5/11 and 0.5/11, and both together as
    /// a half.
    /// </summary>
    [Fact]
    public void The_evidence_of_samples_is_what_the_formula_says()
    {
        ComparedBlock block = new(new(10, 10), new(0, 10));

        Assert.Equal(1, SequentialTest.OfSamples([block]));
        Assert.Equal(Math.Pow(0.5 / (10.5 / 11), 20), SequentialTest.OfSamples([block, block]), 1e-15);
        Assert.Equal(1, SequentialTest.OfSamples([new(new(10, 10), default)]));
    }

    /// <summary>By hand: differences 0.2, 0.3 and 0.4 have t² = 0.09 × 3 ÷ 0.01 = 27, so E = 4^(−1/2) × ((1 + 27/2) ÷ (1 + 27/8))^(3/2) = 3.0167.</summary>
    [Fact]
    public void The_evidence_of_days_is_what_the_formula_says()
    {
        ComparedBlock Day(decimal difference) => new(new(50, 100), new(50 + (100 * difference), 100));

        Assert.Equal(1 / (0.5 * Math.Pow(14.5 / 4.375, 1.5)), SequentialTest.OfDays([Day(0.2m), Day(0.3m), Day(0.4m)]), 1e-12);
        Assert.Equal(1, SequentialTest.OfDays([Day(0.2m), Day(0.3m)]));
    }

    [Fact]
    public void Versions_that_were_in_use_one_after_the_other_are_compared_day_by_day() =>
        Assert.Equal(
            [new ComparedBlock(new(1, 2), new(3, 4)), new ComparedBlock(new(5, 6), new(7, 8))],
            SequentialTest.Pair([new(1, 2), default, new(5, 6), new(9, 9)], [new(3, 4), new(7, 8)]));

    private static ComparedBlock[] Blocks(Random random, double one, double other, int samples, int each = 1)
    {
        return [.. Enumerable.Range(0, Days).Select(_ => new ComparedBlock(Counted(one), Counted(other)))];

        Proportion Counted(double share) => new(Enumerable.Range(0, samples).Count(_ => random.NextDouble() < share) * each, samples * each);
    }

    private static bool LooksDifferentOnSomeDay(IEnumerable<ComparedBlock> blocks)
    {
        var (one, other) = (default(Proportion), default(Proportion));
        foreach (var block in blocks)
        {
            (one, other) = (one + block.One, other + block.Other);
            if (ProportionTest.PValue(one, other) <= 0.05)
            {
                return true;
            }
        }

        return false;
    }
}
