using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts;

namespace SpendTracker.Tests.Alerts;

/// <summary>Alerts of one budget and period are one thing to deal with.</summary>
public sealed class AlertGroupTests
{
    [Fact]
    public void Steps_of_a_budget_and_period_are_together_and_what_nobody_deals_with_comes_first()
    {
        var groups = AlertGroup.Of(
        [
            Alert(1, "support", 10, 80), Alert(5, "support", 10, 100, AlertState.Acknowledged), Alert(2, "support", 11, 80, AlertState.Acknowledged),
            Alert(6, "risk", 11, 80, AlertState.Acknowledged), Alert(3, "risk", 10, 80),
        ]);

        Assert.Equal(
            ["support October 2026: 5 1", "risk October 2026: 3", "risk November 2026: 6", "support November 2026: 2"],
            groups.Select(group => $"{group.Name} {group.About}: {string.Join(' ', group.Alerts.Select(alert => alert.SeqId))}"));
        Assert.Equal([1, 1, 0, 0], groups.Select(group => group.Open.Count));
        Assert.Equal([true, true, false, false], groups.Select(group => group.IsPast(new(2026, 11, 1))));
    }

    private static Alert Alert(long seqId, string budget, int month, decimal percent, AlertState state = AlertState.Open)
    {
        var start = new DateOnly(2026, month, 1);
        BudgetThresholdCrossed crossed = new(budget, 1, budget, start, start.AddMonths(1), new(ThresholdOn.Actual, Percent: percent), 1, "USD", 100, percent, percent, percent, null, seqId, []);
        return new(Guid.NewGuid(), state, seqId, DateTimeOffset.UnixEpoch, crossed, null, null, null, null);
    }
}
