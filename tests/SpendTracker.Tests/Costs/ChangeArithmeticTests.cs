using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Contracts;
using SpendTracker.Costs;

namespace SpendTracker.Tests.Costs;

/// <summary>The split of a month's difference, by hand and by properties.</summary>
public sealed class ChangeArithmeticTests
{
    private static readonly HashSet<string> Nobody = [];

    /// <summary>
    /// By hand: 100 requests of 10 tokens become 150 of 12, so 1,000 tokens become 1,800; 30 days become 15, so requests a day
    /// triple. Input goes from 800 at $1 to 1,200 at $2, output from 200 at $3 to 600 at $3.
    /// </summary>
    [Fact]
    public void Days_volume_size_price_and_mix_are_as_by_hand()
    {
        var steps = Steps(
            30, 15, Line(meter: "requests", before: (100, 0), after: (150, 0)),
            Line(meter: "input-tokens", before: (800, 800), after: (1_200, 2_400)), Line(meter: "output-tokens", before: (200, 600), after: (600, 1_800)));

        // C0 = 1,400. Days (0.5 - 1) C0; volume (1.5 - 0.5) C0; size (1.8 - 1.5) C0; price 2,400 - 1,200; mix 1,200 + 1,800 - 1.8 C0.
        Assert.Equal([("Days", -700m), ("Volume", 1_400m), ("RequestSize", 420m), ("Price", 1_200m), ("Mix", 480m)], steps);
    }

    [Fact]
    public void What_moves_to_a_cheaper_model_is_mix_and_costs_no_volume()
    {
        var steps = Steps(
            30, 30, Line(sku: "dear", before: (100, 100), after: (40, 40)), Line(sku: "cheap", before: (0, 0), after: (60, 6)));

        Assert.Equal([("Mix", -54m)], steps);
    }

    [Fact]
    public void Whatever_is_no_usage_has_a_step_of_its_own_and_prices_go_to_price()
    {
        var steps = Steps(
            30, 15,
            Line(component: Component.Hosting, meter: "hosting-hours", before: (720, 1_440), after: (360, 1_080)),
            Line(component: Component.Labour, meter: "labour-hours", before: (10, 500), after: (20, 1_000)),
            Line(component: Component.Training, meter: "training-tokens", before: (0, 0), after: (5, 5)),
            Line(origin: BillingPeriod.Of(new DateOnly(2026, 1, 1)), before: (0, 0), after: (1, 3)));

        Assert.Equal([("Days", -720m), ("Price", 360m), ("Training", 5m), ("Labour", 500m), ("Corrections", 3m)], steps);
    }

    [Fact]
    public void Workloads_that_began_or_ended_are_apart_whatever_they_used()
    {
        LineChange[] lines = [Line(workload: "new", before: (0, 0), after: (5, 50)), Line(workload: "old", component: Component.Labour, meter: "labour-hours", before: (5, 70), after: (0, 0))];

        var steps = ChangeArithmetic.Of(lines, 31, 30, new HashSet<string> { "new" }, new HashSet<string> { "old" });

        Assert.Equal([(ChangeStep.NewWorkloads, 50m), (ChangeStep.EndedWorkloads, -70m)], steps.Select(step => (step.Step, step.Amount)));
    }

    [Fact]
    public void Growth_that_no_decimal_holds_is_volume()
    {
        var steps = Steps(30, 30, Line(before: (0.000001m, 1_000_000_000_000_000m), after: (1_000_000_000_000_000, 2)));

        Assert.Equal([("Volume", 2m - 1_000_000_000_000_000m)], steps);
    }

    /// <summary>An auditor adds up: to the last decimal, whatever the months were.</summary>
    [Fact]
    public void The_steps_are_the_whole_difference_and_no_line_gives_more_than_it_has()
    {
        var numbers = Gen.OneOf(Gen.Constant(0m), from whole in Gen.Choose(-3, 1_000_000) from digits in Gen.Choose(0, 999_999) select whole + (digits / 7_000_000m));
        var sides = from quantity in numbers from amount in numbers select (Math.Round(quantity, 6), Math.Round(amount, 12));
        var line = from workload in Gen.Elements("a", "b", "c")
                   from sku in Gen.Elements("x", "y")
                   from meter in Gen.Elements("input-tokens", "output-tokens", "requests", "hosting-hours", "amount")
                   from component in Gen.Elements(Enum.GetValues<Component>())
                   from corrects in Gen.Elements(true, false, false)
                   from before in sides
                   from after in sides
                   select Line(workload, sku, meter, component, corrects ? BillingPeriod.Of(new DateOnly(2026, 1, 1)) : null, before, after);
        foreach (var lines in line.ListOf(12).Sample(300))
        {
            var steps = ChangeArithmetic.Of([.. lines], 31, 28.5m, new HashSet<string> { "b" }, Nobody);

            Assert.Equal(lines.Sum(part => part.Amount), steps.Sum(step => step.Amount));
            foreach (var (part, amount) in steps.SelectMany(step => step.Lines).GroupBy(part => part.Line, ReferenceEqualityComparer.Instance).Select(group => ((LineChange)group.Key!, group.Sum(part => part.Amount))))
            {
                Assert.Equal(part.Amount, amount);
            }

            Assert.DoesNotContain(steps, step => step.Lines.Any(part => part.Amount == 0));
        }
    }

    private static IEnumerable<(string, decimal)> Steps(decimal before, decimal after, params LineChange[] lines) =>
        ChangeArithmetic.Of(lines, before, after, Nobody, Nobody).Select(step => (step.Step.ToString(), step.Amount));

    private static LineChange Line(
        string workload = "chat", string sku = "model", string meter = "input-tokens", Component component = Component.Usage, BillingPeriod? origin = null,
        (decimal Quantity, decimal Amount) before = default, (decimal Quantity, decimal Amount) after = default) => new(
        workload, Approach.PromptEngineering, component, sku, meter, 0, origin, new(before.Quantity, before.Quantity, before.Amount), new(after.Quantity, after.Quantity, after.Amount));
}
