using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Comparison;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Comparison;

/// <summary>The arithmetic of comparisons, against values of textbooks, and by properties.</summary>
public sealed class ComparisonArithmeticTests
{
    /// <summary>Newcombe (Statistics in Medicine 17, 1998, 857-872, table I) gives these intervals of Wilson's method without continuity correction.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilsons_interval_is_that_of_the_literature(int successes, int samples, double low, double high)
    {
        var interval = new Proportion(successes, samples).Interval()!;

        Assert.Equal(((decimal)low, (decimal)high), (Math.Round(interval.Low, 4), Math.Round(interval.High, 4)));
        Assert.Null(new Proportion(0, 0).Interval());
    }

    /// <summary>Of a normal distribution: 1.96, 2.5758 and 3.8906 deviations. The last is in the continued fraction, the others in the series.</summary>
    [Theory]
    [InlineData(1.959963985, 0.05)]
    [InlineData(2.575829304, 0.01)]
    [InlineData(3.890591886, 0.0001)]
    [InlineData(0, 1)]
    public void The_tails_of_the_normal_distribution_are_right(double deviations, double p) =>
        Assert.Equal(p, ProportionTest.ComplementaryError(deviations / Math.Sqrt(2)), 1e-10);

    /// <summary>By hand: 45 of 50 against 35 of 50 have z = 0.2 ÷ √(0.8 × 0.2 × 0.04) = 2.5, whose two tails have 0.012419.</summary>
    [Fact]
    public void Two_shares_are_tested_by_the_pooled_z()
    {
        Assert.Equal(0.012419, ProportionTest.PValue(new(45, 50), new(35, 50))!.Value, 1e-6);
        Assert.Equal(1, ProportionTest.PValue(new(50, 50), new(20, 20)));
        Assert.Null(ProportionTest.PValue(new(0, 0), new(1, 2)));
    }

    [Fact]
    public void A_share_lies_in_its_interval_which_shrinks_with_samples()
    {
        var all = from samples in Gen.Choose(1, 500) from part in Gen.Choose(0, 500) select new Proportion(part % (samples + 1), samples);
        foreach (var counted in all.Sample(300))
        {
            var (once, often) = (counted.Interval()!, new Proportion(counted.Successes * 100, counted.Samples * 100).Interval()!);
            Assert.True(once.Low >= 0 && once.High <= 1 && once.Low <= once.Expected && once.Expected <= once.High, once.ToString());
            Assert.True(often.High - often.Low < once.High - once.Low, $"{once} {often}");
        }
    }

    /// <summary>
    /// Ten clusters of 50 that succeed or fail as a whole are worth ten samples: the design effect is 50 × 10/9, since one in ten deviates from the
    /// mean.
    /// </summary>
    [Fact]
    public void Requests_that_fail_together_count_as_few_samples()
    {
        var whole = Enumerable.Range(0, 10).Select(i => Clusters.Of(new(i < 9 ? 50 : 0, 50))).Aggregate((sum, cluster) => sum + cluster);
        var mixed = Enumerable.Repeat(Clusters.Of(new(45, 50)), 10).Aggregate((sum, cluster) => sum + cluster);

        Assert.Equal(50 * 10 / 9d, whole.DesignEffect, 1e-9);
        Assert.Equal(9, (double)whole.Effective.Samples, 1e-9);
        Assert.Equal(500, whole.Interval()!.Samples);
        Assert.Equal(1, mixed.DesignEffect);
        Assert.Equal(new Proportion(450, 500).Interval(), mixed.Interval());
        var never = Enumerable.Repeat(Clusters.Of(new(50, 50)), 10).Aggregate((sum, cluster) => sum + cluster);
        Assert.Equal(new Proportion(10, 10).Interval()!.Low, never.Interval()!.Low);
    }

    [Fact]
    public void A_successful_request_costs_more_than_a_request_by_the_share_that_failed()
    {
        var success = new Proportion(90, 100).Interval()!;

        Assert.Equal(50, UnitCosts.Per1000(10, 200));
        var cost = UnitCosts.PerSuccess(10, 200, success)!;
        Assert.Equal(0.05m / 0.9m, cost.Expected, 12);
        Assert.Equal((0.05m / success.High, 0.05m / success.Low), (cost.Low, cost.High!.Value), new WithinPrecision());
        Assert.Null(UnitCosts.PerSuccess(10, 200, null));
        Assert.Null(UnitCosts.PerSuccess(10, 200, new Proportion(0, 5).Interval()));
        Assert.Null(UnitCosts.Per1000(10, 0));
        var back = UnitCosts.PerSuccess(-10, 200, success)!;
        Assert.True(back.Low < back.Expected && back.Expected < back.High);
    }

    private sealed class WithinPrecision : IEqualityComparer<(decimal Low, decimal High)>
    {
        public bool Equals((decimal Low, decimal High) x, (decimal Low, decimal High) y) => Math.Abs(x.Low - y.Low) < 1e-11m
            && Math.Abs(x.High - y.High) < 1e-11m;

        public int GetHashCode((decimal Low, decimal High) obj) => 0;
    }

    [Fact]
    public void What_is_written_off_over_all_months_is_what_was_paid()
    {
        var (paid, now) = (BillingPeriod.Of(new DateOnly(2020, 3, 1)), new DateTime(2031, 1, 1));
        var (early, late) = (BillingPeriod.Of(new DateOnly(2019, 1, 1)), BillingPeriod.Of(new DateOnly(2030, 6, 1)));
        foreach (var (months, cents) in (from months in Gen.Choose(1, 120) from cents in Gen.Choose(-1_000, 1_000_000) select (months, cents)).Sample(100))
        {
            var amount = cents / 100m;
            var last = BillingPeriod.Of(paid.Start.AddMonths(months - 1));
            Assert.Equal((double)amount, (double)Amortisation.WrittenOff(paid, amount, months, early, late, now), 1e-9);
            Assert.Equal(0, Amortisation.WrittenOff(paid, amount, months, early, paid.Previous, now));
            Assert.Equal((double)amount / months, (double)Amortisation.WrittenOff(paid, amount, months, last, late, now), 1e-9);
        }
    }

    [Fact]
    public void Of_a_month_that_runs_the_days_that_passed_are_written_off()
    {
        var june = BillingPeriod.Of(new DateOnly(2026, 6, 1));

        Assert.Equal(60m, Amortisation.WrittenOff(june, 1_200, 10, june, june, new DateTime(2026, 6, 16)));
    }

    private static Gen<FrontierPoint> PointGen => from quality in Gen.Choose(-1, 6) from cost in Gen.Choose(-1, 6)
        select new FrontierPoint($"{quality}/{cost}", quality < 0 ? null : quality, cost < 0 ? null : cost);

    [Fact]
    public void The_frontier_is_what_no_other_point_beats()
    {
        foreach (var points in PointGen.ArrayOf(8).Sample(100))
        {
            foreach (var point in points)
            {
                var beaten = points.Any(other => other.Quality >= point.Quality && other.Cost <= point.Cost && (other.Quality, other.Cost) != (point.Quality,
                    point.Cost));
                Assert.Equal(point is { Quality: not null, Cost: not null } && !beaten, Frontier.IsOn(point, points));
                Assert.Equal(beaten, Frontier.BeatenBy(point, points) is not null);
            }
        }
    }

    [Theory]
    [InlineData("1.5 1.2 1.0", 3, false, 3, 0)]
    [InlineData("1.5 1.0 1.1 1.2", 2, true, 3, 0.25)]
    [InlineData("1.5 1.0 1.1 0.9 1.3 1.4", 4, true, 3, 0.5)]
    [InlineData("1.0 1.0 0.9", 3, false, 3, 0)]
    [InlineData("1.0 1.0", 1, false, 2, 0)]
    public void Validation_turns_after_its_lowest_loss_and_early_stopping_ends_at_the_first_worse_epoch(string losses, int best, bool turned, int stop,
        double saved)
    {
        var curve = TrainingCurve.Of([.. losses.Split(' ').Select(loss => decimal.Parse(loss, System.Globalization.CultureInfo.InvariantCulture))])!;

        Assert.Equal((best, turned, stop, (decimal)saved), (curve.BestEpoch, curve.Turned, curve.EarlyStopEpoch, curve.SavedShare));
        Assert.Null(TrainingCurve.Of([1]));
    }

    [Fact]
    public void Hosting_tells_what_was_busy_and_what_stopping_at_night_or_half_of_it_would_save()
    {
        // Two units for a day: 2 hours of each hour of the day. In daytime half busy, at night idle; of the last hour nothing is known, and it has no price.
        HostedHour[] hours = [.. Enumerable.Range(0, 23).Select(hour => new HostedHour(hour, 2, 2, hour is >= 6 and < 22 ? 1 : 2, hour is >= 6 and < 22 ? 0.5m
            : 0, 7)), new(23, 2, 0, 0, null, null)];

        var figures = HostingArithmetic.Figures(hours, 22, 6);

        Assert.Equal((48, 46, 16, 2), (figures.Hours, figures.Measured, figures.Busy, figures.Unpriced));
        Assert.Equal((46 * 7, 16 * 7m, 30 * 7m), (figures.Available, figures.Used, figures.Idle));
        Assert.Equal((16, 14 * 7, 0), (figures.Night.Hours, figures.Night.Saves, figures.Night.Busy));
        Assert.Equal((0.5m, 161m), (figures.PeakShare, figures.HalfSaves));
        Assert.Null(HostingArithmetic.Figures([.. hours, new(3, 1, 1, 0, 1, 7)], 22, 6).HalfSaves);
        Assert.Null(HostingArithmetic.Figures([new(3, 1, 0, 0, null, 7)], 22, 6).BusyShare);
    }
}
