using System.Collections.Immutable;
using SpendTracker.Budgets;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Budgets;

/// <summary>What follows from a budget's stream and its figures, without a database.</summary>
public sealed class DecisionTests
{
    private const string Line = "actual:50%";
    private static readonly BudgetSpan June = new(new(2026, 6), new(2026, 6));
    private static readonly BudgetSet Terms = WatchedBudgets.Monthly("b", 100, WatchedBudgets.Actual(50));

    [Theory]
    [InlineData(2, 3)] // One more of this version.
    [InlineData(1, 1)] // The first of this version.
    public void Crossings_are_counted_within_a_version_of_the_budget(int versionBefore, int occurrence)
    {
        var state = StateOf(new(Guid.NewGuid(), versionBefore, 2, IsOpen: false));
        var crossed = Assert.IsType<BudgetThresholdCrossed>(Assert.Single(BudgetDecision.Decide(state, [FiguresOf(60)], 7)));
        Assert.Equal((occurrence, null), (crossed.Occurrence, crossed.Replaces));
    }

    [Fact]
    public void An_open_alert_of_an_earlier_version_is_replaced_where_the_line_is_reached_and_resolved_where_not()
    {
        var before = new RaisedAlert(Guid.NewGuid(), 1, 2, IsOpen: true);
        Assert.Equal(before.Id, Assert.IsType<BudgetThresholdCrossed>(Assert.Single(BudgetDecision.Decide(StateOf(before), [FiguresOf(60)], 7))).Replaces);
        var resolved = Assert.IsType<BudgetThresholdResolved>(Assert.Single(BudgetDecision.Decide(StateOf(before), [FiguresOf(40)], 7)));
        Assert.Equal((before.Id, ResolvedBecause.BudgetChanged), (resolved.Alert, resolved.Because));
    }

    [Fact]
    public void Figures_of_the_place_that_was_decided_on_are_decided_on_again_and_older_ones_are_not()
    {
        var state = StateOf(new(Guid.NewGuid(), 2, 1, IsOpen: true)) with { Position = 7 };
        Assert.Empty(BudgetDecision.Decide(state, [FiguresOf(40)], 6));
        Assert.IsType<BudgetThresholdResolved>(Assert.Single(BudgetDecision.Decide(state, [FiguresOf(40)], 7)));
    }

    [Fact]
    public void The_same_terms_again_are_no_version_and_a_removed_budget_is_expected_as_none()
    {
        var held = StateOf(null);
        Assert.Equal((2, false, 0), VersionOf(held, Terms, null));
        Assert.Equal((3, false, 1), VersionOf(held, Terms with { Amount = 200 }, 2));
        Assert.Null(BudgetBook.DecideSet(held, Terms, 1).Answer);
        Assert.Equal((3, true, 1), VersionOf(held with { IsRemoved = true }, Terms, 0));
        Assert.Null(BudgetBook.DecideSet(held with { IsRemoved = true }, Terms, 2).Answer);
    }

    private static (int Version, bool IsNew, int Events) VersionOf(BudgetState state, BudgetSet terms, int? expected) =>
        BudgetBook.DecideSet(state, terms, expected) is { Answer: { } answer } decision ? (answer.Version, answer.IsNew, decision.Events.Count) : default;

    private static BudgetState StateOf(RaisedAlert? alert) => BudgetState.Of([]) with
    {
        Terms = Terms, Version = 2,
        Alerts = alert is null ? [] : ImmutableDictionary<(DateOnly, string), RaisedAlert>.Empty.Add((June.Start, Line), alert),
    };

    private static BudgetFigures FiguresOf(decimal spent) =>
        new("b", 2, June, "USD", 100, 0, spent, null, [], 0, 7, [new(Terms.Thresholds![0], Line, 50, spent)]) { Name = "Budget" };
}
