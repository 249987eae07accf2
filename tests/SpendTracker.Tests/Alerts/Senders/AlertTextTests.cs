using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>What people read, in every channel.</summary>
public sealed class AlertTextTests
{
    [Theory]
    [InlineData(ThresholdOn.Actual, "80", "800", "812.5", "Marketing reached 80 % of its budget")]
    [InlineData(ThresholdOn.Actual, null, "800", "812.5", "Marketing reached $800.00")]
    [InlineData(ThresholdOn.Forecast, "120", "1200", "1240", "Marketing is forecast to reach 120 % of its budget")]
    [InlineData(ThresholdOn.Forecast, null, "1200", "1240", "Marketing is forecast to reach $1,200.00")]
    [InlineData(ThresholdOn.Unpriced, "5", "5", "5.239", "Marketing: some usage has no price")] // An old alert, which knows no units.
    [InlineData(ThresholdOn.Lag, null, "300", "3120.9", "Marketing: its figures are 3,120 s behind")]
    public void A_title_says_which_budget_and_what_it_reached(ThresholdOn on, string? percent, string at, string observed, string title)
    {
        var alert = Sending.Alert(on: on, percent: percent is null ? null : Number(percent), at: Number(at), observed: Number(observed));

        Assert.Equal(title, Of(NoticeKind.Crossed, alert).Subject);
    }

    [Theory]
    [InlineData(NoticeKind.Crossed, null, "Marketing reached 80 % of its budget", "$812.50 of $1,000.00 (81.25 %) was spent in November 2026 when this was noticed. The forecast for the period's end is $1,240.00.")]
    [InlineData(NoticeKind.Reminder, null, "Reminder: Marketing reached 80 % of its budget", "This holds since 2026-11-22 10:00 UTC, and nobody has acknowledged it. $812.50 of")]
    [InlineData(NoticeKind.Escalation, null, "Not acknowledged: Marketing reached 80 % of its budget", "Nobody has acknowledged this since 2026-11-22 10:00 UTC. $812.50 of")]
    [InlineData(NoticeKind.Test, null, "Test: Marketing reached 80 % of its budget", "$812.50 of")]
    [InlineData(NoticeKind.Resolved, ResolvedBecause.BudgetChanged, "Over: Marketing reached 80 % of its budget", "The budget was changed. $812.50 of")]
    [InlineData(NoticeKind.Resolved, ResolvedBecause.BudgetRemoved, "Over: Marketing reached 80 % of its budget", "The budget was removed. $812.50 of")]
    [InlineData(NoticeKind.Resolved, ResolvedBecause.PeriodOver, "Over: Marketing reached 80 % of its budget", "The period is over. $812.50 of")]
    [InlineData(NoticeKind.Reminder, ResolvedBecause.PeriodOver, "Over: Marketing reached 80 % of its budget", "The period is over. $812.50 of")] // Resolved while it waited in a digest.
    public void Each_kind_of_message_says_what_it_is_and_why(NoticeKind kind, ResolvedBecause? resolved, string title, string sentences)
    {
        var text = Of(kind, Sending.Alert(resolved: resolved));

        Assert.Equal(title, text.Subject);
        Assert.StartsWith(sentences, text.Alerts[0].Sentences, StringComparison.Ordinal);
        Assert.Equal(kind == NoticeKind.Test, text.Opening?.StartsWith("This is a test:", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void What_is_just_below_a_threshold_does_not_read_as_if_it_had_reached_it()
    {
        var unpriced = Sending.Alert(on: ThresholdOn.Unpriced, percent: 5, at: 5, observed: 6);
        unpriced = unpriced with { Resolved = new BudgetThresholdResolved("marketing", unpriced.Id, ResolvedBecause.Below, 4.9999m, 1) };

        Assert.StartsWith("At most 4.99 % of any unit lacks a price or a part of it now, below the threshold of 5 %.", Of(NoticeKind.Resolved, unpriced).Alerts[0].Sentences, StringComparison.Ordinal);
    }

    [Fact]
    public void What_lacks_a_price_is_told_unit_by_unit()
    {
        var alert = Sending.Alert(on: ThresholdOn.Unpriced, percent: 5, at: 5, observed: 100);
        alert = alert with
        {
            Raised = (BudgetThresholdCrossed)alert.Raised with
            {
                Unpriced = new Dictionary<string, decimal> { ["hours"] = 1, ["tokens"] = 4_650_000 },
                Unconverted = new Dictionary<string, decimal> { ["GBP"] = 650, ["EUR"] = 0, ["NOK"] = 3 },
                StaleRates = new Dictionary<string, DateOnly> { ["NOK"] = new(2026, 8, 31) },
            },
        };
        const string Words = "£650.00 has no exchange rate; NOK 3.00 has a stale exchange rate, of 2026-08-31; amounts in EUR that cancel out have no exchange rate; 4.65 M tokens have no rate; 1 hour has no rate";

        var text = Of(NoticeKind.Crossed, alert);

        Assert.Equal($"Marketing: {Words}", text.Subject);
        Assert.Equal($"In November 2026: {Words}. So more is spent than the $812.50 of $1,000.00 that the figures say.", text.Alerts[0].Sentences);
        alert = alert with { Resolved = new BudgetThresholdResolved("marketing", alert.Id, ResolvedBecause.Below, 0, 1) };
        Assert.StartsWith("Everything has its whole price now.", Of(NoticeKind.Resolved, alert).Alerts[0].Sentences, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_priced_incompletely_is_told_apart_from_what_has_no_rate()
    {
        var alert = Sending.Alert(on: ThresholdOn.Unpriced, percent: 5, at: 5, observed: 100);
        var incomplete = new Dictionary<string, decimal> { ["requests"] = 1, ["tokens"] = 4_650_000 };
        alert = alert with { Raised = (BudgetThresholdCrossed)alert.Raised with { Incomplete = incomplete } };

        var text = Of(NoticeKind.Crossed, alert);

        const string Words = "4.65 M tokens are priced incompletely; 1 request is priced incompletely";
        Assert.Equal($"Marketing: {Words}", text.Subject);
        Assert.Equal($"In November 2026: {Words}. So more may be spent than the $812.50 of $1,000.00 that the figures say.", text.Alerts[0].Sentences);

        alert = alert with { Raised = (BudgetThresholdCrossed)alert.Raised with { Unpriced = new Dictionary<string, decimal> { ["tokens"] = 5 } } };
        Assert.Equal($"In November 2026: 5 tokens have no rate; {Words}. So more is spent than the $812.50 of $1,000.00 that the figures say.", Of(NoticeKind.Crossed, alert).Alerts[0].Sentences);
    }

    [Fact]
    public void Figures_come_with_their_currency_and_without_a_forecast_none_is_told()
    {
        var alert = Sending.Alert(currency: "CHF");
        alert = alert with { Raised = (BudgetThresholdCrossed)alert.Raised with { Forecast = null, PeriodStart = new(2026, 10, 1), PeriodEnd = new(2027, 1, 1), Limit = 0 } };

        var paragraph = Of(NoticeKind.Crossed, alert).Alerts[0];

        Assert.Equal("CHF 812.50 of CHF 0.00 was spent in 2026-10-01 to 2026-12-31 when this was noticed.", paragraph.Sentences);
        Assert.Equal(
            ["Spent CHF 812.50", "Budget CHF 0.00", "Threshold 80 %, CHF 800.00", "Period 2026-10-01 to 2026-12-31", "Noticed 2026-11-22 10:00 UTC", "Mostly by support-chat CHF 700.25"],
            paragraph.Facts.Select(fact => $"{fact.Label} {fact.Value}"));
    }

    [Fact]
    public void A_digest_names_some_budgets_lists_twenty_alerts_and_counts_the_rest()
    {
        var alerts = Enumerable.Range(0, 25).Select(i => Sending.Alert($"Budget {i / 5}", id: i)).ToArray();

        var text = Of(NoticeKind.Crossed, alerts);

        Assert.Equal("25 budget alerts: Budget 0, Budget 1, Budget 2 and 2 more", text.Subject);
        Assert.Equal(alerts.Take(20), text.Alerts.Select(alert => alert.Alert));
        Assert.Equal("5 more alerts are not listed here.", text.Closing);
        Assert.Equal("1 more alert is not listed here.", Of(NoticeKind.Crossed, alerts[..21]).Closing);
        Assert.Null(Of(NoticeKind.Crossed, alerts[..20]).Closing);
    }

    [Fact]
    public void A_very_long_name_is_cut_between_characters_and_stays_on_its_line()
    {
        var text = Of(NoticeKind.Crossed, Sending.Alert("a\u202e\tb\r\n" + string.Concat(Enumerable.Repeat("😀", 500))));

        Assert.Equal($"a b {string.Concat(Enumerable.Repeat("😀", 37))}… reached 80 % of its budget", text.Subject);
    }

    private static AlertText Of(NoticeKind kind, params NoticedAlert[] alerts) => AlertText.Of(Sending.Notice(kind, alerts));

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
