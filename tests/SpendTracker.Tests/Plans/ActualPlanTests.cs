using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Plans;
using SpendTracker.Settings;

namespace SpendTracker.Tests.Plans;

/// <summary>A plan that is filled from usage is what an auditor adds up from the events.</summary>
public sealed class ActualPlanTests : IAsyncLifetime
{
    private readonly FixedClock _clock = new(Given.At(new(2026, 6, 20)));
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(clock: _clock);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Each_assumption_is_the_mean_of_the_full_months_with_the_least_and_the_largest_month_as_its_range()
    {
        DateOnly april = new(2026, 4, 1), may = new(2026, 5, 1), june = new(2026, 6, 1);
        await _database.RecordAsync(
            Used(april, 100, 100_000, 20_000, 9_000) with { Outcome = Outcome.Succeeded }, Used(may, 300, 360_000, 0, 33_000) with { Outcome = Outcome.Failed },
            Used(may.AddDays(3), 100, 80_000, 0, 11_000) with { Outcome = Outcome.Succeeded }, Used(june, 5_000, 5, 0, 5), // Of the month that is not over.
            Used(may, 100, 40_000, 0, 10_000) with { Approach = Approach.FineTuning, Model = "ft" },
            new HostingHoursRecorded("chat", Approach.FineTuning, "azure/h", 700, Given.At(may), Given.At(may).AddDays(30), 2),
            new LabourRecorded("chat", Approach.PromptEngineering, "engineer", 6, LabourActivity.PromptCrafting, Given.At(april)),
            new LabourRecorded("chat", Approach.PromptEngineering, "engineer", 2, LabourActivity.Maintenance, Given.At(may)),
            new DatasetPrepRecorded("chat", "tickets", DatasetActivity.Label, Given.At(may), Approach.FineTuning, Items: 400),
            new TrainingRunRecorded("chat", "openai", "ft-base", "r1", Given.At(may), Approach.FineTuning, TrainedTokens: 1_000, Epochs: 3),
            new TrainingRunRecorded("chat", "openai", "ft-base", "r2", Given.At(may), Approach.FineTuning, TrainedTokens: 2_000, Epochs: 3),
            new ChargeRecorded("chat", Approach.PromptEngineering, Component.Infrastructure, 24, "USD", Given.At(may)),
            new ChargeRecorded("chat", Approach.PromptEngineering, Component.Other, 7, "EUR", Given.At(may)));
        await _database.RecordAsync(("wrong", Used(april, 9_999, 1, 0, 1)));
        await _database.CorrectAsync("wrong");
        await _database.ProjectAsync();

        var actual = (await Query.ReadAsync("chat", 2, Cancel))!;

        Assert.Equal(["2026-04", "2026-05"], actual.Months);
        Assert.Empty(PlanRules.Check(PlanRules.AsPlanned(actual.Plan)));
        Assert.Equal(("2026-06", new Assumption(100, 300, 500)), (actual.Plan.From, actual.Plan.RequestsPerMonth));
        var prompts = actual.Plan.Options.Single(option => option.Approach == Approach.PromptEngineering);
        var route = Assert.Single(prompts.Routes);
        Assert.Equal(new Assumption(1_000, 1_080, 1_100), route.InputTokens); // 540,000 ÷ 500; 100,000 ÷ 100; 440,000 ÷ 400.
        Assert.Equal(new Assumption(90, 106, 110), route.OutputTokens);
        Assert.Equal(new Assumption(0, 0.037037m, 0.2m), route.CachedShare);
        Assert.Equal(new Assumption(0.25m, 0.4m, 1), prompts.SuccessShare);
        Assert.Equal(
            [(LabourActivity.PromptCrafting, new Assumption(0, 3, 6)), (LabourActivity.Maintenance, new Assumption(0, 1, 2))], prompts.Labour!.Select(work => (work.Activity, work.Hours)));
        Assert.Equal(new Assumption(0, 12, 24), prompts.InfrastructurePerMonth);

        var tuned = actual.Plan.Options.Single(option => option.Approach == Approach.FineTuning);
        Assert.Equal((1_400m, new Assumption(2)), (tuned.Hosting![0].HoursPerMonth.High * tuned.Hosting[0].Units!.Expected, tuned.Hosting[0].Units!));
        Assert.Equal(("tickets", new Assumption(400), DatasetActivity.Label), (tuned.Datasets![0].Name, tuned.Datasets[0].Items, tuned.Datasets[0].Activity));
        Assert.Equal((new Assumption(3_000, 4_500, 6_000), new Assumption(2), null), (tuned.Training!.Tokens, tuned.Training.Runs, tuned.Training.EveryMonths));
        Assert.Null(tuned.SuccessShare);

        Assert.Contains(actual.Unknown, unknown => unknown is { What: "options[1].successShare", Because: "No outcome of a request is recorded." });
        Assert.Contains(actual.Unknown, unknown => unknown.Because.Contains("7 EUR", StringComparison.Ordinal));
        var source = actual.Sources.Single(s => s.Field == "options[0].routes[0].inputTokens");
        Assert.Equal("540,000 input tokens ÷ 500 requests", source.From);
        Assert.Equal(new Dictionary<string, decimal> { ["2026-04"] = 1_000, ["2026-05"] = 1_100 }, source.ByMonth);
        Assert.Equal(
            PlanAssumptions.Of(actual.Plan).Select(named => named.Field).Where(field => !field.EndsWith("units", StringComparison.Ordinal)).Order(), actual.Sources.Select(s => s.Field).Order());
    }

    [Fact]
    public async Task A_month_that_the_workload_began_in_is_not_full_and_nothing_is_made_of_nothing()
    {
        await _database.RecordAsync(Used(new(2026, 4, 2), 10, 10, 0, 10), Used(new(2026, 5, 2), 20, 10, 0, 10));
        await _database.ProjectAsync();

        var actual = (await Query.ReadAsync("chat", 3, Cancel))!;

        Assert.Equal(["2026-05"], actual.Months);
        Assert.Equal(new Assumption(20), actual.Plan.RequestsPerMonth);
        Assert.Contains(actual.Unknown, unknown => unknown is { What: "months", Because: "The workload began on 2026-04-02: 1 of 3 months are full." });
        Assert.Null(await Query.ReadAsync("nobody", 3, Cancel));
    }

    private ActualPlanQuery Query => _database.Get<ActualPlanQuery>();

    private static TokenUsageRecorded Used(DateOnly day, long requests, long input, long cached, long output) =>
        Given.Tokens(Given.At(day), "chat", input: input, output: output) with { Requests = requests, CachedInputTokens = cached };
}
