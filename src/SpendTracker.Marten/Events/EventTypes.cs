using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SpendTracker.Contracts;

namespace SpendTracker.Events;

/// <summary>An event type's name in the log, and how its JSON is read and written.</summary>
/// <param name="Name">The stored name, snake_case: Marten's alias. Written by hand, never renamed.</param>
/// <param name="DotNetName">What Marten keeps beside it, to find the type in .NET: <c>Full.Name, Assembly</c>.</param>
public sealed record EventType(string Name, string DotNetName, JsonTypeInfo Json)
{
    /// <summary>The event from its stored JSON.</summary>
    /// <exception cref="JsonException">The JSON is not what this version of the type looks like.</exception>
    public IEvent Read(ReadOnlySpan<byte> data) =>
        (Json.Type == typeof(TokenUsageRecorded) ? TokenUsageJson.Read(data) : null)
        ?? JsonSerializer.Deserialize(data, Json) as IEvent ?? throw new JsonException("The event is null.");

    public byte[] Write(IEvent data) => JsonSerializer.SerializeToUtf8Bytes(data, Json);
}

/// <summary>Every event type that this version knows.</summary>
public static class EventTypes
{
    /// <summary>Those that <c>POST /api/v1/usage</c> takes.</summary>
    public static IReadOnlyList<EventType> Usage { get; } =
    [
        Named("token_usage_recorded", ContractsJson.Default.TokenUsageRecorded),
        Named("hosting_hours_recorded", ContractsJson.Default.HostingHoursRecorded),
        Named("dataset_prep_recorded", ContractsJson.Default.DatasetPrepRecorded),
        Named("training_run_recorded", ContractsJson.Default.TrainingRunRecorded),
        Named("labour_recorded", ContractsJson.Default.LabourRecorded),
        Named("charge_recorded", ContractsJson.Default.ChargeRecorded),
        Named("evaluation_recorded", ContractsJson.Default.EvaluationRecorded),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> UsageNames { get; } = [.. Usage.Select(type => type.Name)];

    public static IReadOnlyList<EventType> All { get; } =
    [
        .. Usage,
        Named("workload_registered", ContractsJson.Default.WorkloadRegistered),
        Named("workload_changed", ContractsJson.Default.WorkloadChanged),
        Named("rate_published", ContractsJson.Default.RatePublished),
        Named("discount_published", ContractsJson.Default.DiscountPublished),
        Named("alias_published", ContractsJson.Default.AliasPublished),
        Named("exchange_rate_published", ContractsJson.Default.ExchangeRatePublished),
        Named("publication_withdrawn", ContractsJson.Default.PublicationWithdrawn),
        Named("usage_corrected", ContractsJson.Default.UsageCorrected),
        Named("billing_period_closed", ContractsJson.Default.BillingPeriodClosed),
        Named("costs_frozen", ContractsJson.Default.CostsFrozen),
        Named("billing_period_reopened", ContractsJson.Default.BillingPeriodReopened),
        Named("estimate_submitted", ContractsJson.Default.EstimateSubmitted),
        Named("plan_submitted", ContractsJson.Default.PlanSubmitted),
        Named("plan_retired", ContractsJson.Default.PlanRetired),
        Named("plan_alert_raised", ContractsJson.Default.PlanAlertRaised),
        Named("plan_alert_resolved", ContractsJson.Default.PlanAlertResolved),
        Named("budget_set", ContractsJson.Default.BudgetSet),
        Named("budget_removed", ContractsJson.Default.BudgetRemoved),
        Named("budget_threshold_crossed", ContractsJson.Default.BudgetThresholdCrossed),
        Named("budget_threshold_resolved", ContractsJson.Default.BudgetThresholdResolved),
        Named("channel_set", ContractsJson.Default.ChannelSet),
        Named("channel_removed", ContractsJson.Default.ChannelRemoved),
        Named("channel_paused", ContractsJson.Default.ChannelPaused),
        Named("channel_resumed", ContractsJson.Default.ChannelResumed),
        Named("alert_acknowledged", ContractsJson.Default.AlertAcknowledged),
        Named("alert_delivered", ContractsJson.Default.AlertDelivered),
        Named("alert_delivery_failed", ContractsJson.Default.AlertDeliveryFailed),
        Named("anomaly_detected", ContractsJson.Default.AnomalyDetected),
        Named("anomaly_cleared", ContractsJson.Default.AnomalyCleared),
        Named("settings_changed", ContractsJson.Default.SettingsChanged),
        Named("api_key_issued", ContractsJson.Default.ApiKeyIssued),
        Named("api_key_rotated", ContractsJson.Default.ApiKeyRotated),
        Named("api_key_revoked", ContractsJson.Default.ApiKeyRevoked),
        Named("sign_in_link_issued", ContractsJson.Default.SignInLinkIssued),
        Named("sign_in_link_used", ContractsJson.Default.SignInLinkUsed),
        Named("person_role_changed", ContractsJson.Default.PersonRoleChanged),
        Named("person_sessions_ended", ContractsJson.Default.PersonSessionsEnded),
        Named("person_erased", ContractsJson.Default.PersonErased),
        Named("session_started", ContractsJson.Default.SessionStarted),
        Named("session_ended", ContractsJson.Default.SessionEnded),
        Named("export_read", ContractsJson.Default.ExportRead),
        Named("channel_tested", ContractsJson.Default.ChannelTested),
        Named("set_aside_retried", ContractsJson.Default.SetAsideRetried),
        Named("read_models_rebuilt", ContractsJson.Default.ReadModelsRebuilt),
        Named("view_saved", ContractsJson.Default.ViewSaved),
        Named("view_removed", ContractsJson.Default.ViewRemoved),
        Named("report_schedule_set", ContractsJson.Default.ReportScheduleSet),
        Named("report_schedule_removed", ContractsJson.Default.ReportScheduleRemoved),
        Named("report_made", ContractsJson.Default.ReportMade),
    ];

    /// <summary>
    /// What Marten itself appends: a tombstone under a number that a failed save had drawn, and the last event of an archived
    /// stream. They say nothing about usage, and are passed by.
    /// </summary>
    public static IReadOnlyList<string> OfMarten { get; } = ["tombstone", "archived"];

    private static readonly FrozenDictionary<string, EventType> UsageByName = Usage.ToFrozenDictionary(type => type.Name);
    private static readonly FrozenDictionary<string, EventType> ByName = All.ToFrozenDictionary(type => type.Name);
    private static readonly FrozenDictionary<Type, EventType> ByClrType = All.ToFrozenDictionary(type => type.Json.Type);

    /// <summary>The type of that name that <c>POST /api/v1/usage</c> takes; null where there is none.</summary>
    public static EventType? FindUsage(string? name) => name is null ? null : UsageByName.GetValueOrDefault(name);

    public static EventType? Find(string name) => ByName.GetValueOrDefault(name);

    public static EventType Of(IEvent data) => ByClrType[data.GetType()];

    /// <summary>An event's JSON as text, for a read model that keeps it.</summary>
    public static string TextOf(IEvent data) => Encoding.UTF8.GetString(Of(data).Write(data));

    private static EventType Named(string name, JsonTypeInfo json) =>
        new(name, $"{json.Type.FullName}, {json.Type.Assembly.GetName().Name}", json);
}
