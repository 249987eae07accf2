using SpendTracker.Access;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Alerts;

/// <summary>Alerts and channels as a page says them.</summary>
internal static class AlertWords
{
    private static readonly Dictionary<string, decimal> None = [];
    private static readonly Dictionary<string, DateOnly> NoneStale = [];

    /// <summary>The name of the budget, or the plan, when it happened.</summary>
    public static string NameOf(Alert alert) => alert.Crossed?.Name ?? alert.Plan!.Name;

    public static string Link(Guid alert) => $"/alerts/{alert}";

    /// <summary>What happened: <c>Spent: 80 % of the limit, reached with $812.50 at a line of $800.00</c>.</summary>
    public static string Of(BudgetThresholdCrossed crossed) => crossed.Threshold.On == ThresholdOn.Unpriced
        ? $"{BudgetWords.Threshold(crossed.Threshold, crossed.Currency)}: {Unpriced(crossed)}"
        : $"{BudgetWords.Threshold(crossed.Threshold, crossed.Currency)}, reached with {BudgetWords.Observed(crossed.Threshold.On, crossed.Observed, crossed.Currency)} at a line of {BudgetWords.Observed(crossed.Threshold.On, crossed.At, crossed.Currency)}";

    /// <summary>What lacked a price, or a part of it, each unit by itself. Old alerts know only that something did.</summary>
    public static string Unpriced(BudgetThresholdCrossed crossed) => crossed is { Unpriced: null, Unconverted: null, Incomplete: null }
        ? "some usage has no price"
        : BudgetWords.Unpriced(crossed.Unconverted ?? None, crossed.Unpriced ?? None, crossed.Incomplete ?? None, crossed.StaleRates ?? NoneStale);

    public static string Of(AlertState state) => state switch
    {
        AlertState.Open => "Open",
        AlertState.Acknowledged => "Acknowledged",
        AlertState.Resolved => "Over",
        _ => "Goes on under the budget’s new terms",
    };

    public static string Tone(AlertState state) => state switch
    {
        AlertState.Open => "over",
        AlertState.Acknowledged => "warn",
        _ => "faint",
    };

    public static string Of(ResolvedBecause because) => because switch
    {
        ResolvedBecause.Below => "the figures are below the line again",
        ResolvedBecause.BudgetChanged => "the budget was changed and does not reach it any more",
        ResolvedBecause.BudgetRemoved => "the budget was removed",
        _ => "its period, and the one after it, are over",
    };

    public static string Of(NoticeKind kind) => kind switch
    {
        NoticeKind.Crossed => "That it was reached",
        NoticeKind.Resolved => "That it is over",
        NoticeKind.Reminder => "A reminder",
        NoticeKind.Escalation => "An escalation",
        NoticeKind.Made => "A report",
        _ => "A test",
    };

    public static string Of(MessageState state) => state switch
    {
        MessageState.Pending => "Waits",
        MessageState.Sent => "Sent",
        MessageState.Failed => "Given up",
        MessageState.Carried => "Told before",
        _ => "Not needed",
    };

    public static string Tone(MessageState state) => state switch
    {
        MessageState.Failed => "over",
        MessageState.Pending => "warn",
        MessageState.Sent => "good",
        _ => "faint",
    };

    public static string Of(ChannelKind kind) => kind switch
    {
        ChannelKind.Webhook => "Webhook",
        ChannelKind.Slack => "Slack",
        ChannelKind.Teams => "Microsoft Teams",
        ChannelKind.Email => "E-mail",
        _ => "Alertmanager",
    };

    /// <summary>Who acknowledged: a person or key, or somebody who had the link that went to a channel.</summary>
    public static string By(PersonNames names, string by) => by.StartsWith("link:", StringComparison.Ordinal) ? $"the link sent to {by["link:".Length..]}" : Label.By(names, by);
}
