using SpendTracker.Contracts;
using SpendTracker.Plans;

namespace SpendTracker.Tests.Plans;

/// <summary>Each figure that the guide of 2025 gives comes out of the planner, from its presets.</summary>
public sealed class GuideFigureTests
{
    private static readonly IReadOnlyList<PlanPreset> Presets = PlanPresets.All(new BillingPeriod(2025, 1));

    public static TheoryData<string, decimal, decimal, decimal> Figures { get; } = new()
    {
        // What the guide says; its least and most; what the planner says.
        { "An API from $0.002 per 1,000 tokens", 0.002m, 0.002m, PerThousandTokens(0.002m) },
        { "An API to $0.12 per 1,000 tokens", 0.12m, 0.12m, PerThousandTokens(0.12m) },
        { "Hosting at $7 an hour", 7, 7, Lines("small-project", "Fine-tuned", Component.Hosting) is var hosting ? hosting.Sum(line => line.Amount!.Value) / hosting.Sum(line => line.Quantity) : 0 },
        { "A training run from $10", 10, 10, Training(run => run.Low) },
        { "A training run to $100", 100, 100, Training(run => run.High) },
        { "A training run in between", 10, 100, Lines("small-project", "Fine-tuned", Component.Training).Single().Amount!.Value },
        { "A dataset from $1,000", 1_000, 1_000, Dataset(amount => amount.Low) },
        { "A dataset to $10,000", 10_000, 10_000, Dataset(amount => amount.High) },
        { "A dataset in between", 1_000, 10_000, Lines("small-project", "Fine-tuned", Component.DatasetPreparation).Single().Amount!.Value },
        { "Fine-tuning takes 4 weeks to set up at least", 28, 28, Days("Fine-tuned", ready => ready.Low) },
        { "Fine-tuning takes 8 weeks to set up at most", 56, 56, Days("Fine-tuned", ready => ready.High) },
        { "Prompts take days", 1, 7, Days("Prompts", ready => ready.High) },
        { "A small project with prompts costs $50 a month at least", 50, 50, Monthly("small-project", "Prompts").Low },
        { "A small project with prompts costs $200 a month at most", 200, 200, Monthly("small-project", "Prompts").High },
        { "A small project fine-tuned costs over $5,000 a month", 5_000, 6_000, Running("small-project", "Fine-tuned") },
        { "An enterprise with prompts costs $500 a month at least", 500, 500, Monthly("enterprise", "Prompts").Low },
        { "An enterprise with prompts costs $2,000 a month at most", 2_000, 2_000, Monthly("enterprise", "Prompts").High },
        { "An enterprise fine-tuned costs over $10,000 a month", 10_000, 12_000, Running("enterprise", "Fine-tuned") },
    };

    [Theory]
    [MemberData(nameof(Figures))]
    public void A_figure_of_the_guide_is_what_the_planner_says(string figure, decimal least, decimal most, decimal planned) =>
        Assert.True(planned >= least && planned <= most, $"{figure}: {planned}");

    /// <summary>Hours of maintenance have no price in the guide, so that they are named and not counted as nothing.</summary>
    [Fact]
    public void What_the_guide_gives_no_price_for_is_named()
    {
        var tuned = Option("enterprise", "Fine-tuned");

        Assert.Equal([new UnpricedPlanLine("labour/engineer", "labour-hours")], tuned.Unpriced);
        Assert.All(tuned.Lines.Where(line => line.Sku == "labour/engineer"), line => Assert.Null(line.Amount));
        Assert.Empty(Option("small-project", "Fine-tuned").Unpriced);
    }

    [Fact]
    public void All_presets_may_be_planned() => Assert.All(Presets, preset => Assert.Empty(PlanRules.Check(preset.Plan)));

    private static OptionFigures Option(string preset, string option) =>
        PlanArithmetic.Figures(Presets.Single(p => p.Id == preset).Plan, NoBook).Options.Single(o => o.Name == option);

    private static PlanPrice? NoBook(string sku, string meter, int aboveTokens) => null;

    private static PlanLine[] Lines(string preset, string option, Component component) => [.. Option(preset, option).Lines.Where(line => line.Component == component)];

    /// <summary>Without growth, each month is a twelfth.</summary>
    private static PlanRange Monthly(string preset, string option) => Option(preset, option).Cash is var year ? new(year.Low / 12, year.Expected / 12, year.High / 12) : null!;

    private static decimal Running(string preset, string option) => Option(preset, option).Months[0].Running;

    private static decimal Days(string option, Func<ReadyRange, DateOnly> end) => end(Option("small-project", option).Ready!).DayNumber - new DateOnly(2025, 1, 1).DayNumber;

    private static decimal Training(Func<Assumption, decimal> end) => Moved(plan => plan.Options[1].Training!.Amount!, end, Component.Training);

    private static decimal Dataset(Func<Assumption, decimal> end) => Moved(plan => plan.Options[1].Datasets![0].Amount!, end, Component.DatasetPreparation);

    /// <summary>The small project, fine-tuned, with one assumption at an end of its range.</summary>
    private static decimal Moved(Func<PlanRequest, Assumption> assumption, Func<Assumption, decimal> end, Component component)
    {
        var plan = Presets.Single(p => p.Id == "small-project").Plan;
        var moved = assumption(plan);
        return PlanTerms.Of(plan, plan.Options[1], a => ReferenceEquals(a, moved) ? end(a) : a.Expected, NoBook).InMonths.Single(paid => paid.Term.Component == component).Term.Amount;
    }

    private static decimal PerThousandTokens(decimal price)
    {
        var plan = new PlanRequest("1,000 tokens", "2025-01", 1, new(1), [new("Prompts", Approach.PromptEngineering, [new("api", new(800), new(200), Prices: [new("input-tokens", new(price), 1_000), new("output-tokens", new(price), 1_000)])])]);
        return PlanArithmetic.Figures(plan, NoBook).Options[0].Cash.Expected;
    }
}
