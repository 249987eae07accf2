using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Plans;

namespace SpendTracker.Tests.Plans;

/// <summary>What a plan watches, and what follows: pure.</summary>
public sealed class PlanDecisionTests
{
    private static readonly DateOnly Today = new(2026, 6, 20);

    private static readonly PlanRequest Plan = new(
        "Triage", "2026-05", 12, new(80_000, 120_000, 400_000),
        [
            new(
                "Prompts", Approach.PromptEngineering,
                [new("openai/m", new(800, 1_000, 1_200), new(90, 100, 110), Examples: 2, ExampleTokens: new(50, 100, 150), CachedShare: new(0, 0.2m, 0.5m))],
                SuccessShare: new(0.9m, 0.95m, 1), Retirement: new("2026-09", new(500))),
            new("Tuned", Approach.FineTuning, [new("own/t", new(300), new(100), Prices: [new("input-tokens", new(0.4m), 1_000_000), new("output-tokens", new(0.4m), 1_000_000)])], [new("h", new(720), Price: new(0.5m))]),
        ]);

    private static readonly PlanSubmitted Submitted = new("triage", Plan, "USD", new(2026, 5, 1), PlanArithmetic.Figures(Plan, Book(0.000002m)), new("chat", "Prompts", ["ops"]));

    [Fact]
    public void Everything_with_a_range_is_watched_and_what_is_as_planned_is_within()
    {
        var readings = Read(Requests(120_000), Input(1_200), Output(100), Cached(0.1m), Succeeded(0.95m));

        Assert.Equal(
            [
                "volume:requestsPerMonth", "break-even:Tuned", "input-tokens:options[0].routes[0].inputTokens", "output-tokens:options[0].routes[0].outputTokens",
                "cached-share:options[0].routes[0].cachedShare", "success:options[0].successShare", "price:openai/m input-tokens", "price:openai/m cached-input-tokens",
                "price:openai/m output-tokens", "retirement:options[0].retirement.month",
            ],
            readings.Select(reading => PlanDecision.KeyOf(reading.On, reading.Assumption)));
        Assert.All(readings.Where(reading => reading.On != PlanWatchOn.Retirement), reading => Assert.Equal((false, null), (reading.IsOutside, reading.Unknown)));
        Assert.Equal(73, readings[^1].Observed); // Days to 1 September.
        var volume = readings[0];
        Assert.Equal((80_000m, 400_000m, 120_000m), (volume.Low, volume.High, Math.Round(volume.Observed!.Value)));
        Assert.Equal((900m, 1_500m), (readings[2].Low, readings[2].High)); // With two examples of 50 to 150 tokens.
    }

    public static TheoryData<PlanWatchOn, decimal, bool> Edges { get; } = new()
    {
        { PlanWatchOn.Volume, 79_999, true }, { PlanWatchOn.Volume, 80_001, false }, { PlanWatchOn.Volume, 399_999, false }, { PlanWatchOn.Volume, 400_001, true },
        { PlanWatchOn.InputTokens, 899, true }, { PlanWatchOn.InputTokens, 900, false }, { PlanWatchOn.InputTokens, 1_501, true },
        { PlanWatchOn.OutputTokens, 89, true }, { PlanWatchOn.OutputTokens, 111, true }, { PlanWatchOn.OutputTokens, 110, false },
        { PlanWatchOn.CachedShare, 0.51m, true }, { PlanWatchOn.CachedShare, 0.5m, false },
        { PlanWatchOn.Success, 0.89m, true }, { PlanWatchOn.Success, 0.9m, false },
    };

    [Theory]
    [MemberData(nameof(Edges))]
    public void An_assumption_leaves_its_range_beyond_its_ends(PlanWatchOn on, decimal value, bool isOutside)
    {
        var readings = Read(
            Requests(on == PlanWatchOn.Volume ? value : 120_000), Input(on == PlanWatchOn.InputTokens ? value : 1_200), Output(on == PlanWatchOn.OutputTokens ? value : 100),
            Cached(on == PlanWatchOn.CachedShare ? value : 0.1m), Succeeded(on == PlanWatchOn.Success ? value : 0.95m));

        Assert.Equal(isOutside, readings.First(reading => reading.On == on).IsOutside);
    }

    [Theory]
    [InlineData("2026-06-02", false)]
    [InlineData("2026-06-03", true)]
    [InlineData("2026-09-10", true)]
    public void A_base_model_s_end_is_told_ninety_days_before(string today, bool isNear)
    {
        var day = DateOnly.ParseExact(today, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var reading = PlanReadings.Of(Submitted, new PlanActuals(day, day.AddDays(-28), day.AddDays(-1), []), Book(0.000002m)).Single(r => r.On == PlanWatchOn.Retirement);

        Assert.Equal(isNear, reading.IsOutside);
    }

    [Fact]
    public void A_price_of_the_book_may_move_by_five_per_cent_and_one_that_is_gone_is_not_known()
    {
        Assert.False(Price(Book(0.0000021m)).IsOutside);
        Assert.True(Price(Book(0.00000211m)).IsOutside);
        Assert.Equal("The price book has no price today.", Price((_, _, _) => null).Unknown);

        static PlanReading Price(PlanPriceOf book) => PlanReadings.Of(Submitted, Actuals([]), book).First(reading => reading.On == PlanWatchOn.Price);
    }

    /// <summary>By hand: prompts cost 1,200 tokens, a fifth cached at a tenth, and 100 tokens of output; tuned 400 tokens at $0.40 a million, and $360 a month.</summary>
    [Fact]
    public void Crossing_the_break_even_is_told_from_either_side()
    {
        const decimal Prompts = ((1_200 * 0.8m) + (1_200 * 0.2m * 0.1m) + 100) * 0.000002m;
        const decimal BreakEven = 360 / (Prompts - (400 * 0.0000004m));
        var pair = Submitted.Figures.BreakEvens.Single();
        Assert.Equal(BreakEven + (500m / 12 / -(Prompts - (400 * 0.0000004m))), pair.Volume.Expected!.Value, 3); // Moving is paid for the option with prompts.

        var volume = pair.Volume.Expected.Value;
        Assert.False(Crossed(Submitted, volume - 1).IsOutside);
        Assert.True(Crossed(Submitted, volume + 1).IsOutside);
        var large = Plan with { RequestsPerMonth = new(1_000_000) };
        var above = Submitted with { Assumptions = large, Figures = PlanArithmetic.Figures(large, Book(0.000002m)) };
        Assert.True(above.Figures.BreakEvens.Single().IsReached);
        Assert.False(Crossed(above, volume + 1).IsOutside);
        Assert.True(Crossed(above, volume - 1).IsOutside);

        static PlanReading Crossed(PlanSubmitted plan, decimal requests) =>
            PlanReadings.Of(plan, Actuals([Quantity("requests", requests * 28 * 12 / 365)]), Book(0.000002m)).Single(reading => reading.On == PlanWatchOn.BreakEven);
    }

    [Fact]
    public void What_cannot_be_told_is_said_and_decides_nothing()
    {
        var few = PlanReadings.Of(Submitted, new PlanActuals(Today, Today.AddDays(-6), Today.AddDays(-1), [Quantity("requests", 9)]), Book(0.000002m));
        Assert.Equal("There are fewer than 7 full days of usage.", few.Single(reading => reading.On == PlanWatchOn.Volume).Unknown);
        Assert.Equal("No outcome is recorded.", Read(Requests(120_000), Input(1_200)).Single(reading => reading.On == PlanWatchOn.Success).Unknown);
        Assert.Equal("There is no usage of openai/m.", Read().First(reading => reading.On == PlanWatchOn.InputTokens).Unknown);
        Assert.Equal(0, Read().Single(reading => reading.On == PlanWatchOn.Volume).Observed); // Nothing in four weeks is a volume, too.

        var open = Apply(null, Submitted, Raise(Reading(2)));
        Assert.Empty(PlanDecision.Decide(open, [Reading(null)], isOver: false));
        Assert.Empty(PlanDecision.Decide(Apply(null, Submitted), [Reading(null)], isOver: false));
    }

    [Fact]
    public void An_alert_is_raised_once_is_over_when_the_value_is_back_and_comes_again()
    {
        var state = Apply(null, Submitted);
        Assert.Empty(PlanDecision.Decide(state, [Reading(1)], isOver: false));
        var raised = Raise(Reading(2));
        Assert.Equal(raised, Assert.Single(PlanDecision.Decide(state, [Reading(2)], isOver: false)), Alike);

        state = Apply(state, raised);
        Assert.Empty(PlanDecision.Decide(state, [Reading(3)], isOver: false));
        var resolved = Assert.IsType<PlanAlertResolved>(Assert.Single(PlanDecision.Decide(state, [Reading(1)], isOver: false)));
        Assert.Equal((PlanResolvedBecause.Back, 1m, PlanState.AlertId("t", raised)), (resolved.Because, resolved.Observed!.Value, resolved.Alert));

        state = Apply(state, resolved);
        var again = Assert.IsType<PlanAlertRaised>(Assert.Single(PlanDecision.Decide(state, [Reading(2)], isOver: false)));
        Assert.Equal(2, again.Occurrence);
        Assert.NotEqual(PlanState.AlertId("t", raised), PlanState.AlertId("t", again));
    }

    [Fact]
    public void A_new_version_a_retired_plan_and_one_that_is_over_resolve_what_holds()
    {
        var open = Apply(null, Submitted, Raise(Reading(2)));
        var second = Apply(open, Submitted with { Note = "another" });
        var decided = PlanDecision.Decide(second, [Reading(2)], isOver: false);
        Assert.Equal(PlanResolvedBecause.PlanChanged, Assert.IsType<PlanAlertResolved>(decided[0]).Because);
        Assert.Equal((2, 1), Assert.IsType<PlanAlertRaised>(decided[1]) is var raised ? (raised.Version, raised.Occurrence) : default);

        Assert.Equal(PlanResolvedBecause.PlanChanged, Because(second, []));
        Assert.Equal(PlanResolvedBecause.PlanRetired, Because(Apply(open, new PlanRetired("triage", "done")), []));
        Assert.Equal(PlanResolvedBecause.PlanOver, Because(open, [Reading(2)], isOver: true));
        Assert.False(PlanReadings.IsOver(Plan, new(2027, 4, 30)));
        Assert.True(PlanReadings.IsOver(Plan, new(2027, 5, 1)));

        static PlanResolvedBecause Because(PlanState state, IReadOnlyList<PlanReading> readings, bool isOver = false) =>
            Assert.IsType<PlanAlertResolved>(Assert.Single(PlanDecision.Decide(state, readings, isOver))).Because;
    }

    /// <summary>With a range of 0 to 1.</summary>
    private static PlanReading Reading(decimal? observed) => new(PlanWatchOn.Success, "options[0].successShare", 0, 1, observed, "share", Today, Today);

    private static PlanAlertRaised Raise(PlanReading reading) =>
        new("triage", 1, "Triage", "chat", reading.On, reading.Assumption, reading.Observed!.Value, "share", Today, Today, 1, ["ops"], reading.Low, reading.High);

    private static bool Alike(object? left, object? right) => left is PlanAlertRaised one && right is PlanAlertRaised other && one with { Channels = [] } == other with { Channels = [] };

    private static PlanState Apply(PlanState? state, params IEvent[] events)
    {
        foreach (var data in events)
        {
            var id = data is PlanAlertRaised raised ? PlanState.AlertId("t", raised) : Guid.CreateVersion7();
            state = PlanState.Apply(state, new StoredEvent(1, id, "t", "plan/triage", (state?.Length ?? 0) + 1, EventTypes.Of(data).Name, Given.At(Today), data, null, "test"));
        }

        return state!;
    }

    private static IReadOnlyList<PlanReading> Read(params Func<IEnumerable<WorkloadQuantity>, IEnumerable<WorkloadQuantity>>[] parts) =>
        PlanReadings.Of(Submitted, Actuals([.. parts.Aggregate(Enumerable.Empty<WorkloadQuantity>(), (quantities, part) => part(quantities))]), Book(0.000002m));

    private static PlanActuals Actuals(IReadOnlyList<WorkloadQuantity> quantities) => new(Today, Today.AddDays(-28), Today.AddDays(-1), quantities);

    private static Func<IEnumerable<WorkloadQuantity>, IEnumerable<WorkloadQuantity>> Requests(decimal aMonth) => _ => [Quantity("requests", aMonth * 28 * 12 / 365)];

    private static Func<IEnumerable<WorkloadQuantity>, IEnumerable<WorkloadQuantity>> Input(decimal aRequest) => all => all.Append(Quantity("input-tokens", aRequest * all.First().Quantity));

    private static Func<IEnumerable<WorkloadQuantity>, IEnumerable<WorkloadQuantity>> Output(decimal aRequest) => all => all.Append(Quantity("batch-output-tokens", aRequest * all.First().Quantity));

    private static Func<IEnumerable<WorkloadQuantity>, IEnumerable<WorkloadQuantity>> Cached(decimal share) => all => all.Select(q => q.Meter == "input-tokens" ? q with { Quantity = q.Quantity * (1 - share) } : q)
        .Append(Quantity("cached-input-tokens", all.Single(q => q.Meter == "input-tokens").Quantity * share));

    private static Func<IEnumerable<WorkloadQuantity>, IEnumerable<WorkloadQuantity>> Succeeded(decimal share) => all => all.Append(Quantity("requests", 1_000 * share) with { Part = "succeeded" })
        .Append(Quantity("requests", 1_000 * (1 - share)) with { Part = "failed" });

    private static WorkloadQuantity Quantity(string meter, decimal quantity) =>
        new(new(2026, 6, 1), Approach.PromptEngineering, Component.Usage, "openai/m", meter, "", "", quantity);

    /// <summary>Of input and output alike; of cached input a tenth.</summary>
    private static PlanPriceOf Book(decimal token) => (sku, meter, _) => sku == "openai/m" && meter != "requests" ? new(meter == "cached-input-tokens" ? token / 10 : token, "list") : null;
}
