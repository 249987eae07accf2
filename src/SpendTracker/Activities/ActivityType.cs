using System.Collections.Frozen;
using SpendTracker.Contracts;

namespace SpendTracker.Activities;

/// <summary>How an event changes what it is about.</summary>
internal enum ActivityEffect
{
    /// <summary>All terms are those of the event.</summary>
    Sets,

    /// <summary>Something more, beside what there is.</summary>
    Adds,

    /// <summary>The fields of the event change or are added; others stay.</summary>
    Marks,

    /// <summary>Nothing is left of the terms.</summary>
    Removes,
}

/// <summary>An event type as an activity.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Did">What was done, in words.</param>
/// <param name="SubjectOf">Which one it is about.</param>
/// <param name="Before">The types that have what held before, in the same stream.</param>
internal sealed record ActivityType(string Kind, string Did, ActivityEffect Effect, Func<IEvent, string> SubjectOf, params string[] Before)
{
    private static readonly string[] Workload = ["workload_registered", "workload_changed"];
    private static readonly string[] Plan = ["plan_submitted", "plan_retired"];
    private static readonly string[] Budget = ["budget_set", "budget_removed"];
    private static readonly string[] Channel = ["channel_set", "channel_removed"];
    private static readonly string[] View = ["view_saved", "view_removed"];
    private static readonly string[] ReportSchedule = ["report_schedule_set", "report_schedule_removed"];
    private static readonly string[] Key = ["api_key_issued", "api_key_rotated"];

    /// <summary>Each event type that is an activity. Usage is none: it is millions, and has its own explorer.</summary>
    public static FrozenDictionary<string, ActivityType> All { get; } = new Dictionary<string, ActivityType>
    {
        ["workload_registered"] = new("workload", "registered", ActivityEffect.Sets, data => ((WorkloadRegistered)data).Workload, Workload),
        ["workload_changed"] = new("workload", "changed", ActivityEffect.Sets, data => ((WorkloadChanged)data).Workload, Workload),
        ["rate_published"] = new("rate", "published", ActivityEffect.Sets, data => ((RatePublished)data).Sku, "rate_published"),
        ["discount_published"] = new("discount", "published", ActivityEffect.Sets, data => ((DiscountPublished)data).Sku, "discount_published"),
        ["alias_published"] = new("alias", "published", ActivityEffect.Sets, data => ((AliasPublished)data).Model, "alias_published"),
        ["exchange_rate_published"] = new("exchange-rate", "published", ActivityEffect.Sets, data => ((ExchangeRatePublished)data).Currency, "exchange_rate_published"),
        ["publication_withdrawn"] = new("publication", "withdrawn", ActivityEffect.Removes, data => $"{((PublicationWithdrawn)data).Publication}"),
        ["usage_corrected"] = new("usage", "corrected", ActivityEffect.Adds, data => $"{((UsageCorrected)data).Corrects}"),
        ["billing_period_closed"] = new("month", "closed", ActivityEffect.Adds, data => ((BillingPeriodClosed)data).Month),
        ["billing_period_reopened"] = new("month", "reopened", ActivityEffect.Removes, data => ((BillingPeriodReopened)data).Month, "billing_period_closed"),
        ["estimate_submitted"] = new("estimate", "submitted", ActivityEffect.Adds, data => ((EstimateSubmitted)data).Workload),
        ["plan_submitted"] = new("plan", "recorded", ActivityEffect.Sets, data => ((PlanSubmitted)data).Plan, Plan),
        ["plan_retired"] = new("plan", "retired", ActivityEffect.Removes, data => ((PlanRetired)data).Plan, Plan),
        ["budget_set"] = new("budget", "set", ActivityEffect.Sets, data => ((BudgetSet)data).Budget, Budget),
        ["budget_removed"] = new("budget", "removed", ActivityEffect.Removes, data => ((BudgetRemoved)data).Budget, Budget),
        ["channel_set"] = new("channel", "set", ActivityEffect.Sets, data => ((ChannelSet)data).Channel, Channel),
        ["channel_removed"] = new("channel", "removed", ActivityEffect.Removes, data => ((ChannelRemoved)data).Channel, Channel),
        ["channel_paused"] = new("channel", "paused", ActivityEffect.Marks, data => ((ChannelPaused)data).Channel),
        ["channel_resumed"] = new("channel", "resumed", ActivityEffect.Marks, data => ((ChannelResumed)data).Channel),
        ["channel_tested"] = new("channel", "tested", ActivityEffect.Marks, data => ((ChannelTested)data).Channel),
        ["alert_acknowledged"] = new("alert", "acknowledged", ActivityEffect.Marks, data => $"{((AlertAcknowledged)data).Alert}"),
        ["settings_changed"] = new("settings", "changed", ActivityEffect.Sets, _ => "organisation", "settings_changed"),
        ["api_key_issued"] = new("key", "issued", ActivityEffect.Sets, data => ((ApiKeyIssued)data).KeyId),
        ["api_key_rotated"] = new("key", "rotated", ActivityEffect.Marks, data => ((ApiKeyRotated)data).KeyId, Key),
        ["api_key_revoked"] = new("key", "revoked", ActivityEffect.Marks, data => ((ApiKeyRevoked)data).KeyId),
        ["sign_in_link_issued"] = new("sign-in-link", "issued", ActivityEffect.Adds, data => ((SignInLinkIssued)data).Person),
        ["sign_in_link_used"] = new("sign-in-link", "used", ActivityEffect.Marks, data => ((SignInLinkUsed)data).LinkId),
        ["person_role_changed"] = new("person", "role changed", ActivityEffect.Sets, data => ((PersonRoleChanged)data).Person, "person_role_changed"),
        ["person_sessions_ended"] = new("person", "sessions ended", ActivityEffect.Adds, data => ((PersonSessionsEnded)data).Person),
        ["person_erased"] = new("person", "erased", ActivityEffect.Adds, data => ((PersonErased)data).Person),
        ["session_started"] = new("session", "signed in", ActivityEffect.Adds, data => ((SessionStarted)data).Person),
        ["session_ended"] = new("session", "signed out", ActivityEffect.Marks, data => ((SessionEnded)data).SessionId),
        ["export_read"] = new("export", "read", ActivityEffect.Adds, data => ((ExportRead)data).What),
        ["set_aside_retried"] = new("read-model", "retried", ActivityEffect.Adds, data => ((SetAsideRetried)data).Projection ?? "all"),
        ["view_saved"] = new("view", "saved", ActivityEffect.Sets, data => $"{((ViewSaved)data).View}", View),
        ["view_removed"] = new("view", "removed", ActivityEffect.Removes, data => $"{((ViewRemoved)data).View}", View),
        ["report_schedule_set"] = new("report-schedule", "set", ActivityEffect.Sets, data => ((ReportScheduleSet)data).Schedule, ReportSchedule),
        ["report_schedule_removed"] = new("report-schedule", "removed", ActivityEffect.Removes, data => ((ReportScheduleRemoved)data).Schedule, ReportSchedule),
        ["read_models_rebuilt"] = new("read-model", "rebuilt", ActivityEffect.Adds, _ => "all"),
    }.ToFrozenDictionary();

    /// <summary>What the product itself finds and does, in thousands: alerts and anomalies have their own pages. And the lines of a closing.</summary>
    public static IReadOnlyList<string> Watches { get; } =
    [
        "costs_frozen", "plan_alert_raised", "plan_alert_resolved", "budget_threshold_crossed", "budget_threshold_resolved", "alert_delivered", "alert_delivery_failed",
        "anomaly_detected", "anomaly_cleared", "report_made",
    ];

    public static IReadOnlyList<string> Kinds { get; } = [.. All.Values.Select(type => type.Kind).Distinct().Order(StringComparer.Ordinal)];
}
