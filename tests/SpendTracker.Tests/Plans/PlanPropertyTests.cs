using SpendTracker.Contracts;
using SpendTracker.Plans;

namespace SpendTracker.Tests.Plans;

/// <summary>What must hold for any plan; the plans are random, by seed.</summary>
public sealed class PlanPropertyTests
{
    private const int Plans = 60;
    private const int PlansOfASeed = 10;

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, Plans / PlansOfASeed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lines_add_up_to_months_and_months_to_totals(int seed) => ForEach(seed, (plan, _) =>
    {
        Assert.Empty(PlanRules.Check(plan));
        foreach (var option in PlanArithmetic.Figures(plan, Price).Options)
        {
            var paid = 0m;
            Assert.Equal(plan.Months, option.Months.Count);
            foreach (var month in option.Months)
            {
                var lines = option.Lines.Where(line => line.Month == month.Month).ToArray();
                Assert.Equal(month.Cash, lines.Sum(line => line.Amount ?? 0));
                Assert.Equal(month.Once, lines.Where(line => line.IsOnce).Sum(line => line.Amount ?? 0));
                Assert.Equal(paid += month.Cash, month.CumulativeCash.Expected);
            }

            Assert.Equal(paid, option.Cash.Expected);
            Assert.Equal(option.Months.Sum(month => month.Effective), option.Effective.Expected);
            Assert.All(option.Lines, line => Assert.Equal(line.Price is null, line.Amount is null));
        }
    });

    /// <summary>The same from the beginning, without the product's terms: month by month, assumption by assumption.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_is_paid_is_what_an_auditor_recomputes(int seed) => ForEach(seed, (plan, _) =>
    {
        foreach (var (option, figures) in plan.Options.Zip(PlanArithmetic.Figures(plan, Price).Options))
        {
            var total = 0m;
            for (var month = 0; month < plan.Months; month++)
            {
                var requests = plan.RequestsPerMonth.Expected;
                for (var i = 0; i < month; i++)
                {
                    requests += requests * (plan.GrowthPercent?.Expected ?? 0) / 100;
                }

                var attempts = requests * (option.AttemptsPerRequest?.Expected ?? 1);
                foreach (var route in option.Routes)
                {
                    var input = route.InputTokens.Expected + (route.Examples * (route.ExampleTokens?.Expected ?? 0));
                    var cached = input * (route.CachedShare?.Expected ?? 0);
                    var step = input > 200_000 ? 2m : 1;
                    total += attempts * (route.Share?.Expected ?? 1) * step * (((input - cached) * 0.000002m) + (cached * 0.0000005m) + (route.OutputTokens.Expected * 0.000008m));
                }

                total += (option.Hosting ?? []).Sum(h => h.HoursPerMonth.Expected * (h.Units?.Expected ?? 1) * 3);
                total += (option.Labour ?? []).Where(l => l.EveryMonth || month == 0).Sum(l => l.Hours.Expected * 90);
                var trained = option.Training is { } t && (month == 0 || (t.EveryMonths is { } every && month % every == 0));
                total += trained ? option.Training!.Amount!.Expected * (option.Training.Runs?.Expected ?? 1) : 0;
                total += month == 0 ? (option.Datasets ?? []).Sum(d => d.Amount!.Expected) : trained ? (option.Datasets ?? []).Sum(d => d.Amount!.Expected * (d.RefreshShare?.Expected ?? 0)) : 0;
            }

            AssertSame(total * (1 + ((plan.TaxPercent?.Expected ?? 0) / 100)), figures.Cash.Expected);
        }
    });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_the_assumptions_are_within_their_ranges_the_cost_is_within_its_range(int seed) => ForEach(seed, (plan, random) =>
    {
        foreach (var (option, figures) in plan.Options.Zip(PlanArithmetic.Figures(plan, Price).Options))
        {
            for (var i = 0; i < 20; i++)
            {
                var chosen = PlanAssumptions.Of(plan).ToDictionary(a => a.Value, a => Within(random, a.Value), (IEqualityComparer<Assumption>)ReferenceEqualityComparer.Instance);
                var cost = PlanArithmetic.Effective(plan, option, a => chosen[a], Price);
                Assert.InRange(cost, figures.Effective.Low - 0.001m, figures.Effective.High + 0.001m);
            }

            Assert.InRange(figures.Effective.Expected, figures.Effective.Low, figures.Effective.High);
        }
    });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_the_assumptions_are_within_their_ranges_the_break_even_is_within_its_band(int seed) => ForEach(seed, (plan, random) =>
    {
        var pairs = PlanArithmetic.Figures(plan, Price).BreakEvens;
        for (var i = 0; i < 10; i++)
        {
            var chosen = PlanAssumptions.Of(plan).ToDictionary(a => a.Value, a => i % 2 == 0 ? Within(random, a.Value) : random.Next(2) == 0 ? a.Value.Low : a.Value.High, (IEqualityComparer<Assumption>)ReferenceEqualityComparer.Instance);
            foreach (var pair in pairs)
            {
                var (few, many) = (plan.Options.Single(o => o.Name == pair.Few), plan.Options.Single(o => o.Name == pair.Many));
                var (one, other) = (PlanTerms.Of(plan, few, a => chosen[a], Price), PlanTerms.Of(plan, many, a => chosen[a], Price));
                var saved = one.Variable - other.Variable;
                var more = other.Fixed(plan) - one.Fixed(plan);
                var volume = saved <= 0 ? decimal.MaxValue : more <= 0 ? 0 : more / saved;
                Assert.InRange(volume, (pair.Volume.Low ?? decimal.MaxValue) - 0.001m, pair.Volume.High is { } high ? high + 0.001m : decimal.MaxValue);
                var (first, later) = pair.First == few.Name ? (few, many) : (many, few);
                var month = PlanArithmetic.Months(plan, first, a => chosen[a], Price).Zip(PlanArithmetic.Months(plan, later, a => chosen[a], Price))
                    .FirstOrDefault(month => month.Second.CumulativeCash.Expected < month.First.CumulativeCash.Expected - 0.001m).First?.Month ?? "never";
                Assert.True(string.CompareOrdinal(month, pair.Month.Low ?? "never") >= 0, $"{month} {pair.Month}");
                var crossed = PlanArithmetic.Months(plan, first, a => chosen[a], Price).Zip(PlanArithmetic.Months(plan, later, a => chosen[a], Price))
                    .FirstOrDefault(month => month.Second.CumulativeCash.Expected <= month.First.CumulativeCash.Expected + 0.001m).First?.Month ?? "never";
                Assert.True(string.CompareOrdinal(crossed, pair.Month.High ?? "never") <= 0, $"{crossed} {pair.Month}");
            }
        }
    });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void At_the_break_even_volume_a_month_of_both_options_costs_the_same(int seed) => ForEach(seed, (plan, _) =>
    {
        foreach (var pair in PlanArithmetic.Figures(plan, Price).BreakEvens)
        {
            var (few, many) = (plan.Options.Single(o => o.Name == pair.Few), plan.Options.Single(o => o.Name == pair.Many));
            if (pair.Volume.Expected is { } volume and > 0)
            {
                AssertSame(MonthOf(few, volume), MonthOf(many, volume));
                Assert.True(MonthOf(few, volume / 2) < MonthOf(many, volume / 2));
                Assert.True(MonthOf(few, volume * 2) > MonthOf(many, volume * 2));
            }
            else
            {
                // Always or never: as many requests as there are in the world change nothing.
                Assert.Equal(pair.Volume.Expected is 0, MonthOf(many, 1_000_000_000) < MonthOf(few, 1_000_000_000));
            }

            Assert.Equal(pair.IsReached, pair.Volume.Expected <= plan.RequestsPerMonth.Expected);
            Assert.True(pair.Volume.Low is null || pair.Volume.Expected is null || pair.Volume.Low <= pair.Volume.Expected);
            Assert.True(pair.Volume.High is null || pair.Volume.High >= pair.Volume.Expected);
        }

        decimal MonthOf(PlanOption option, decimal requests) =>
            PlanTerms.Of(plan, option, a => a.Expected, Price) is var terms ? terms.Fixed(plan) + (requests * terms.Variable) : 0;
    });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Less_is_paid_for_one_option_until_the_month_of_crossing(int seed) => ForEach(seed, (plan, _) =>
    {
        var figures = PlanArithmetic.Figures(plan, Price);
        foreach (var pair in figures.BreakEvens)
        {
            var first = figures.Options.Single(o => o.Name == pair.First);
            var later = figures.Options.Single(o => o.Name != pair.First && (o.Name == pair.Few || o.Name == pair.Many));
            var crossed = first.Months.Zip(later.Months).SkipWhile(month => month.First.CumulativeCash.Expected < month.Second.CumulativeCash.Expected).Select(month => month.First.Month).FirstOrDefault();
            Assert.Equal(crossed, pair.Month.Expected);
        }
    });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Where_an_assumption_turns_the_answer_both_options_cost_the_same(int seed) => ForEach(seed, (plan, _) =>
    {
        foreach (var pair in PlanArithmetic.Figures(plan, Price).BreakEvens.Where(pair => pair.Cheaper is not null))
        {
            var (cheap, dear) = (plan.Options.Single(o => o.Name == pair.Cheaper), plan.Options.Single(o => o.Name != pair.Cheaper && (o.Name == pair.Few || o.Name == pair.Many)));
            AssertSame(pair.Difference, Difference(_ => null));
            foreach (var moved in pair.Sensitivity.Where(moved => moved.TurnsAt is not null))
            {
                var named = PlanAssumptions.Of(plan).Single(a => a.Field == moved.Field);
                var (before, after) = (At(moved.TurnsAt!.Value - 0.00001m), At(moved.TurnsAt.Value + 0.00001m));
                Assert.True(before * after <= 0 || Math.Min(Math.Abs(before), Math.Abs(after)) < 0.01m * pair.Difference, $"{moved} {before} {after}");

                decimal At(decimal value) => Difference(a => ReferenceEquals(a, named.Value) ? value : null);
            }

            decimal Difference(Func<Assumption, decimal?> value) =>
                PlanArithmetic.Effective(plan, dear, a => value(a) ?? a.Expected, Price) - PlanArithmetic.Effective(plan, cheap, a => value(a) ?? a.Expected, Price);
        }
    });

    /// <summary>By hand: $360 a month to keep it running, and $0.40 against $0.51 for 1,000 requests.</summary>
    [Fact]
    public void A_model_that_saves_eleven_cents_a_thousand_requests_pays_for_360_dollars_a_month_at_3_million()
    {
        PlanRoute Costing(decimal perThousand) => new("a", new(1_000), new(0), Prices: [new("input-tokens", new(perThousand), 1_000_000)]);
        var plan = new PlanRequest(
            "Triage", "2026-12", 12, new(119_255),
            [
                new("Prompts", Approach.PromptEngineering, [Costing(0.51m)]),
                new("Fine-tuned", Approach.FineTuning, [Costing(0.40m)], [new("h", new(720), Price: new(0.5m))]),
            ]);

        var pair = PlanArithmetic.Figures(plan, Price).BreakEvens.Single();

        Assert.Equal(("Prompts", "Fine-tuned", false), (pair.Few, pair.Many, pair.IsReached));
        Assert.Equal(3_272_727.272727m, pair.Volume.Expected);
        Assert.Equal(("Prompts", "Prompts", null), (pair.First, pair.Cheaper, pair.Month.Expected));
        Assert.Equal(12 * (360 - (119.255m * 0.11m)), pair.Difference, 6);
        Assert.Equal(3_272_727.272727m, pair.Sensitivity.Single(moved => moved.Field == "requestsPerMonth").TurnsAt!.Value, 3);
    }

    [Fact]
    public void What_is_paid_once_is_written_off_in_equal_parts_and_no_longer()
    {
        var plan = new PlanRequest(
            "Training", "2026-11", 8, new(0),
            [new("Tuned", Approach.FineTuning, [new("a", new(0), new(0))], Training: new(Amount: new(60), EveryMonths: 6))], AmortisationMonths: 3);

        var months = PlanArithmetic.Figures(plan, Price).Options[0].Months;

        Assert.Equal([20, 20, 20, 0, 0, 0, 20, 20], months.Select(month => month.Effective));
        Assert.Equal([60, 0, 0, 0, 0, 0, 60, 0], months.Select(month => month.Cash));
        Assert.Equal("2027-06", months[^1].Month);
    }

    [Fact]
    public void Of_a_run_that_is_repeated_a_month_costs_what_its_months_come_to_in_the_long_run()
    {
        var plan = new PlanRequest(
            "Training", "2026-11", 24, new(0), [new("Tuned", Approach.FineTuning, [new("a", new(0), new(0))], Training: new(Amount: new(60), EveryMonths: 6))], AmortisationMonths: 12);

        Assert.All(PlanArithmetic.Figures(plan, Price).Options[0].Months.Skip(12), month => Assert.Equal(10, month.Effective));
        Assert.Equal(10, PlanTerms.Of(plan, plan.Options[0], assumption => assumption.Expected, Price).Fixed(plan)); // The first run is none besides.
    }

    /// <summary>But for what rounding each line to 6 decimals leaves.</summary>
    private static void AssertSame(decimal expected, decimal actual) => Assert.InRange(actual, expected - 0.001m, expected + 0.001m);

    private static PlanPrice? Price(string sku, string meter, int aboveTokens) => meter switch
    {
        "input-tokens" => new(0.000002m * (aboveTokens >= 200_000 ? 2 : 1), "test"),
        "cached-input-tokens" => new(0.0000005m * (aboveTokens >= 200_000 ? 2 : 1), "test"),
        "output-tokens" => new(0.000008m * (aboveTokens >= 200_000 ? 2 : 1), "test"),
        "hosting-hours" => new(3, "test"),
        "labour-hours" => new(90, "test"),
        _ => null,
    };

    private static void ForEach(int seed, Action<PlanRequest, Random> check)
    {
        for (var i = 0; i < PlansOfASeed; i++)
        {
            var random = new Random((seed * 1_000) + i);
            check(Plan(random), random);
        }
    }

    private static PlanRequest Plan(Random random) => new(
        "Random", "2026-11", random.Next(1, 30), Between(random, 0, 2_000_000),
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => Option(random, $"Option {i}"))],
        random.Next(2) == 0 ? null : Between(random, -20, 20), random.Next(1, 25), random.Next(2) == 0 ? null : Between(random, 0, 30));

    private static PlanOption Option(Random random, string name)
    {
        var share = random.Next(1, 100) / 100m;
        return new(
            name, Approach.Hybrid, random.Next(2) == 0 ? [Route(random, null)] : [Route(random, random.Next(2) == 0 ? new(share) : new(share / 2, share, (1 + share) / 2)), Route(random, new(1 - share))],
            random.Next(2) == 0 ? null : [new("hosted", Between(random, 0, 730), random.Next(2) == 0 ? null : Between(random, 0, 4))],
            random.Next(2) == 0 ? null : [new("data", Amount: Between(random, 0, 10_000), RefreshShare: random.Next(2) == 0 ? null : Between(random, 0, 1))],
            random.Next(2) == 0 ? null : new(Amount: Between(random, 0, 100), Runs: Between(random, 1, 10), EveryMonths: random.Next(2) == 0 ? null : random.Next(1, 10)),
            random.Next(2) == 0 ? null : [new("engineer", Between(random, 0, 100), LabourActivity.Maintenance, EveryMonth: random.Next(2) == 0)],
            AttemptsPerRequest: random.Next(2) == 0 ? null : Between(random, 1, 3), SuccessShare: random.Next(2) == 0 ? null : Between(random, 0.5m, 1));
    }

    /// <summary>Ranges on one side of a price step: what lies across is not exact, and the product says so.</summary>
    private static PlanRoute Route(Random random, Assumption? share)
    {
        var isLong = random.Next(4) == 0;
        return new(
            "model", isLong ? Between(random, 210_000, 250_000) : Between(random, 0, 100_000), Between(random, 0, 2_000), share,
            Examples: random.Next(0, 4), ExampleTokens: Between(random, 0, 1_000), CachedShare: random.Next(2) == 0 ? null : Between(random, 0, 1));
    }

    private static Assumption Between(Random random, decimal least, decimal most)
    {
        if (random.Next(3) == 0)
        {
            return new(Some(random, least, most));
        }

        var sorted = new[] { Some(random, least, most), Some(random, least, most), Some(random, least, most) }.Order().ToArray();
        return new(sorted[0], sorted[1], sorted[2]);
    }

    private static decimal Some(Random random, decimal least, decimal most) => Math.Round(least + ((most - least) * (decimal)random.NextDouble()), 4);

    private static decimal Within(Random random, Assumption assumption) => assumption.Low + ((assumption.High - assumption.Low) * random.Next(0, 11) / 10);
}
