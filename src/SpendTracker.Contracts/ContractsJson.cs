using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>
/// The JSON of every event, strictly: camelCase; a missing member, an unknown one, a null where none may be and a member
/// given twice are errors, never defaults. So a misspelt field cannot lose money, and a prompt's text is never stored.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(TokenUsageRecorded))]
[JsonSerializable(typeof(HostingHoursRecorded))]
[JsonSerializable(typeof(DatasetPrepRecorded))]
[JsonSerializable(typeof(TrainingRunRecorded))]
[JsonSerializable(typeof(LabourRecorded))]
[JsonSerializable(typeof(EvaluationRecorded))]
[JsonSerializable(typeof(ChargeRecorded))]
[JsonSerializable(typeof(WorkloadRegistered))]
[JsonSerializable(typeof(WorkloadChanged))]
[JsonSerializable(typeof(WorkloadRequest))]
[JsonSerializable(typeof(RatePublished))]
[JsonSerializable(typeof(DiscountPublished))]
[JsonSerializable(typeof(AliasPublished))]
[JsonSerializable(typeof(ExchangeRatePublished))]
[JsonSerializable(typeof(PublicationWithdrawn))]
[JsonSerializable(typeof(UsageCorrected))]
[JsonSerializable(typeof(BillingPeriodClosed))]
[JsonSerializable(typeof(CostsFrozen))]
[JsonSerializable(typeof(BillingPeriodReopened))]
[JsonSerializable(typeof(EstimateSubmitted))]
[JsonSerializable(typeof(PlanRequest))]
[JsonSerializable(typeof(PlanSubmission))]
[JsonSerializable(typeof(PlanEstimateRequest))]
[JsonSerializable(typeof(PlanSubmitted))]
[JsonSerializable(typeof(PlanRetired))]
[JsonSerializable(typeof(ViewSaved))]
[JsonSerializable(typeof(ViewRemoved))]
[JsonSerializable(typeof(ViewRequest))]
[JsonSerializable(typeof(ReportScheduleSet))]
[JsonSerializable(typeof(ReportScheduleRemoved))]
[JsonSerializable(typeof(ReportScheduleRequest))]
[JsonSerializable(typeof(ReportMade))]
[JsonSerializable(typeof(PlanAlertRaised))]
[JsonSerializable(typeof(PlanAlertResolved))]
[JsonSerializable(typeof(CounterfactualRequest))]
[JsonSerializable(typeof(BudgetSet))]
[JsonSerializable(typeof(BudgetRequest))]
[JsonSerializable(typeof(BudgetRemoved))]
[JsonSerializable(typeof(BudgetThresholdCrossed))]
[JsonSerializable(typeof(BudgetThresholdResolved))]
[JsonSerializable(typeof(ChannelSet))]
[JsonSerializable(typeof(ChannelRemoved))]
[JsonSerializable(typeof(ChannelPaused))]
[JsonSerializable(typeof(ChannelResumed))]
[JsonSerializable(typeof(AlertAcknowledged))]
[JsonSerializable(typeof(AlertDelivered))]
[JsonSerializable(typeof(AlertDeliveryFailed))]
[JsonSerializable(typeof(AnomalyDetected))]
[JsonSerializable(typeof(AnomalyCleared))]
[JsonSerializable(typeof(SettingsChanged))]
[JsonSerializable(typeof(ApiKeyIssued))]
[JsonSerializable(typeof(ApiKeyRotated))]
[JsonSerializable(typeof(ApiKeyRevoked))]
[JsonSerializable(typeof(SignInLinkIssued))]
[JsonSerializable(typeof(SignInLinkUsed))]
[JsonSerializable(typeof(PersonRoleChanged))]
[JsonSerializable(typeof(PersonSessionsEnded))]
[JsonSerializable(typeof(PersonErased))]
[JsonSerializable(typeof(SessionStarted))]
[JsonSerializable(typeof(SessionEnded))]
[JsonSerializable(typeof(ExportRead))]
[JsonSerializable(typeof(ChannelTested))]
[JsonSerializable(typeof(SetAsideRetried))]
[JsonSerializable(typeof(ReadModelsRebuilt))]
[JsonSerializable(typeof(ActivityEntry))]
[JsonSerializable(typeof(UsageResponse))]
[JsonSerializable(typeof(CorrectionResponse))]
public sealed partial class ContractsJson : JsonSerializerContext;
