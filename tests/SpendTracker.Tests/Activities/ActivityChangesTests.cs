using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Activities;

/// <summary>What an event changed, for every type of event.</summary>
public sealed class ActivityChangesTests
{
    public static TheoryData<string> Types => [.. ActivityType.All.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_event_type_but_usage_is_an_activity_or_said_to_be_none()
    {
        var decided = ActivityType.All.Keys.Concat(ActivityType.Watches).Concat(EventTypes.UsageNames).Order(StringComparer.Ordinal);

        Assert.Equal(EventTypes.All.Select(type => type.Name).Order(StringComparer.Ordinal), decided);
        Assert.All(ActivityType.All.Values, type => Assert.All(type.Before, before => Assert.Contains(before, ActivityType.All.Keys)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_activity_of_each_type_says_which_one_it_is_about_and_what_changed_and_no_secret(string name)
    {
        var (type, clr) = (ActivityType.All[name], EventTypes.Find(name)!.Json.Type);
        var (one, other) = (SampleEvent.Of(clr, "one"), SampleEvent.Of(clr, "other"));

        Assert.NotEmpty(type.SubjectOf(one));
        var first = ActivityChanges.Between(null, one);
        Assert.All(first, change => Assert.Null(change.Before));
        Assert.All(first, change => Assert.DoesNotMatch("salt|hash|token$", change.Field.ToLowerInvariant()));
        Assert.All(first, change => Assert.DoesNotContain("-secretHash", $"{change.Before}{change.After}", StringComparison.Ordinal));
        if (type.Effect is ActivityEffect.Sets or ActivityEffect.Marks)
        {
            Assert.Empty(ActivityChanges.Between(one, one));
            var differences = ActivityChanges.Between(one, other);
            Assert.All(differences, change => Assert.NotEqual(change.Before, change.After));
            Assert.Equal(first.Where(change => change.After!.StartsWith("one-", StringComparison.Ordinal)).Select(change => change.Field), differences.Select(change => change.Field));
        }
    }

    [Fact]
    public void A_budget_that_is_set_anew_shows_the_fields_that_differ_with_both_values()
    {
        var before = Budget(100, ["chat"], new BudgetThreshold(ThresholdOn.Actual, Percent: 80));
        var after = Budget(250.5m, ["chat", "search"], new BudgetThreshold(ThresholdOn.Actual, Percent: 90)) with { Note = "more" };

        Assert.Equal(
            [
                new("amount", "100", "250.5"), new("note", null, "more"), new("scope.workload", "chat", "chat, search"), new("thresholds[0].percent", "80", "90"),
            ],
            ActivityChanges.Between(before, after).OrderBy(change => change.Field, StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_removed_shows_what_it_was_and_what_is_set_after_that_begins_from_nothing()
    {
        var budget = Budget(100, ["chat"]);
        var removed = new BudgetRemoved("b", "over");

        var changes = ActivityChanges.Between(budget, removed);
        Assert.Contains(new("amount", "100", null), changes);
        Assert.Contains(new("reason", null, "over"), changes);
        Assert.All(ActivityChanges.Between(removed, budget), change => Assert.Null(change.Before));
    }

    [Fact]
    public void A_rotation_shows_the_new_end_and_leaves_alone_what_it_does_not_name()
    {
        var end = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var issued = new ApiKeyIssued("k", "name", "salt", "hash", [Scope.Read], [], "person:Ada", ExpiresAt: end);
        var rotated = new ApiKeyRotated("k", "salt2", "hash2", end.AddDays(-9), "person:Bob", end.AddYears(1));

        Assert.Equal(
            [new("expiresAt", "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"), new("previousUntil", null, "2026-12-23T00:00:00Z")],
            ActivityChanges.Between(issued, rotated).OrderBy(change => change.Field, StringComparer.Ordinal));
    }

    [Fact]
    public void Long_values_and_many_fields_are_cut()
    {
        var tags = Enumerable.Range(0, 300).ToDictionary(i => $"tag{i}", _ => new string('x', 500));

        var changes = ActivityChanges.Between(null, new WorkloadRegistered("w", "W", "T", Approach.Hybrid, Tags: tags));

        Assert.Equal(101, changes.Count);
        Assert.Equal("and 204 more", changes[^1].After);
        Assert.All(changes, change => Assert.True(change.After!.Length <= 201));
    }

    private static BudgetSet Budget(decimal amount, string[] workloads, params BudgetThreshold[] thresholds) => new(
        "b", "B", new Dictionary<string, IReadOnlyList<string>> { ["workload"] = workloads }, new(BudgetPeriodKind.Month, "2026-01"), "USD", amount, Thresholds: thresholds);
}
