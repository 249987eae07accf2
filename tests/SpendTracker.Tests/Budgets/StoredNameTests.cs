using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Budgets;

public sealed class StoredNameTests
{
    [Fact]
    public void A_budget_in_the_log_holds_with_a_name_that_is_refused_by_now()
    {
        var terms = new BudgetSet(
            "..", "Support\u200B ", new Dictionary<string, IReadOnlyList<string>>(), new BudgetPeriod(BudgetPeriodKind.Month, "2026-01"), "USD", 1_000,
            Thresholds: [new BudgetThreshold(ThresholdOn.Actual, Percent: 80, Channels: ["ops\u200B"])], Note: "\u202Enote");
        var stored = new StoredEvent(1, Guid.NewGuid(), Tenant.Default, "budget/..", 1, "budget_set", DateTimeOffset.UnixEpoch, terms, null);

        Assert.Same(terms, BudgetState.Apply(null, stored).Terms);
        Assert.Equal(["budget", "name", "name", "note", "thresholds[0].channels"], BudgetBook.Check(terms).Select(reason => reason.Field).Order());
    }
}
