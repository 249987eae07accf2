using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Estimates;
using SpendTracker.Web.Estimates;

namespace SpendTracker.Tests.Estimates;

public sealed class EstimateDraftTests
{
    private static readonly BillingPeriod January = new(2027, 1), February = new(2027, 2), March = new(2027, 3);
    private static readonly EstimateRow Usage = new("chat", Approach.FineTuning, Component.Usage), Labour = new("chat", Approach.FineTuning, Component.Labour);

    private static readonly MonthlyEstimate[] Stored =
    [
        .. new[] { January, February }.SelectMany(month => new MonthlyEstimate[]
        {
            new(month.ToString(), "chat", Approach.FineTuning, Component.Usage, null, null, null, 100),
            new(month.ToString(), "chat", Approach.FineTuning, Component.Labour, "labour/engineer", "labour-hours", 3, 285),
        }),
    ];

    [Fact]
    public void A_changed_component_is_submitted_with_the_others_of_its_month_as_they_are()
    {
        var draft = new EstimateDraft(Stored);
        draft.Set(Usage, January, 120);
        draft.Set(Usage, February, 120);
        draft.Set(Usage, March, 120);

        EstimateLine labour = new(Component.Labour, 285, "labour/engineer", "labour-hours", 3), usage = new(Component.Usage, 120);
        var submissions = draft.Submissions("USD");
        Assert.Equal([("2027-01", "2027-02"), ("2027-03", "2027-03")], submissions.Select(submission => (submission.From, submission.To)));
        Assert.Equal([labour, usage], submissions[0].Lines);
        Assert.Equal([usage], submissions[1].Lines);
        Assert.All(submissions, submission => Assert.Empty(EstimateBook.Check(submission, "USD")));
        Assert.Equal((770, 930), draft.Totals([January, February, March]));
    }

    [Fact]
    public void What_is_written_as_it_was_is_no_change_and_what_is_taken_out_leaves_the_rest_or_nothing()
    {
        var draft = new EstimateDraft(Stored);
        draft.Set(Usage, January, 120);
        draft.Set(Usage, January, 100);
        Assert.Equal(0, draft.Changes);

        draft.Set(Labour, January, null);
        Assert.Equal([new EstimateLine(Component.Usage, 100)], draft.Submissions("USD").Single().Lines);
        draft.Set(Usage, January, null);
        Assert.Equal(0, draft.Submissions("USD").Single().Lines.Sum(line => line.Amount));
        Assert.Equal((1, null), (draft.Details(Labour, January), draft.Amount(Labour, January)));
    }

    [Fact]
    public void A_month_that_somebody_else_submitted_meanwhile_is_noticed()
    {
        var draft = new EstimateDraft(Stored);
        draft.Set(Usage, January, 120);

        Assert.Empty(draft.Overtaken(Stored));
        Assert.Empty(draft.Overtaken([.. Stored.Select(line => line.Month == "2027-02" ? line with { Amount = 1 } : line)]));
        Assert.Equal([(Usage, January)], draft.Overtaken([.. Stored.Select(line => line.Month == "2027-01" ? line with { Amount = line.Amount + 1 } : line)]));
    }

    [Fact]
    public void Actuals_are_averaged_over_the_months_since_the_workload_first_cost_anything()
    {
        MonthlyCost[] costs =
        [
            Cost("2026-10", "new", 60, Component.Usage), Cost("2026-11", "new", 40, Component.Usage), Cost("2026-11", "new", 9, Component.Training),
            Cost("2026-09", "old", 0, Component.Usage), Cost("2026-11", "old", 10, Component.Usage, unpriced: true),
            Cost("2026-09", "corrected", 5, Component.Usage) with { Corrections = 5 },
        ];

        var averages = ActualAverages.Of(costs, new(2026, 11));
        Assert.Equal(
            [("new", Component.Usage, 50.00m, false), ("new", Component.Training, 4.5m, false), ("old", Component.Usage, 10, true)],
            averages.Select(average => (average.Key.Workload, average.Key.Component, average.Value.Amount, average.Value.Lacks)).OrderBy(average => average.Workload).ThenBy(average => average.Component));
    }

    private static MonthlyCost Cost(string month, string workload, decimal actual, Component component, bool unpriced = false) => new(
        month, new Dictionary<string, string> { ["workload"] = workload, ["approach"] = "hybrid", ["component"] = EnumName.Of(component) }, actual, actual, 0, 0,
        unpriced ? new Dictionary<string, decimal> { ["tokens"] = 1 } : new Dictionary<string, decimal>(), new Dictionary<string, decimal>(), new Dictionary<string, decimal>());
}
