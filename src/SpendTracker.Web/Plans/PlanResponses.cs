using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Explorer;
using SpendTracker.Plans;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Plans;

/// <summary>What a plan comes to.</summary>
/// <param name="Currency">Of all amounts.</param>
/// <param name="PricesOn">The day whose prices were used.</param>
internal sealed record PlanResponse(string Currency, DateOnly PricesOn, PlanFigures Figures);

/// <summary>A recorded plan, as a list shows it: without its lines and months.</summary>
/// <param name="OpenAlerts">How many of its alerts hold.</param>
internal sealed record PlanListResponse(
    string Plan, int Version, DateTimeOffset SubmittedAt, string SubmittedBy, string Name, string From, int Months, string Currency, DateOnly PricesOn,
    IReadOnlyList<PlanTotalResponse> Options, IReadOnlyList<BreakEven> BreakEvens, PlanWatch? Watch, int OpenAlerts)
{
    public static PlanListResponse Of(RecordedPlan plan) => new(
        plan.Submitted.Plan, plan.Version, plan.SubmittedAt, plan.SubmittedBy, plan.Submitted.Assumptions.Name, plan.Submitted.Assumptions.From, plan.Submitted.Assumptions.Months,
        plan.Submitted.Currency, plan.Submitted.PricesOn, [.. plan.Submitted.Figures.Options.Select(PlanTotalResponse.Of)], plan.Submitted.Figures.BreakEvens, plan.Submitted.Watch, plan.OpenAlerts);
}

/// <summary>What an option comes to in all months; what is unpriced is in neither amount.</summary>
internal sealed record PlanTotalResponse(string Name, Approach Approach, PlanRange Cash, PlanRange Effective, IReadOnlyList<UnpricedPlanLine> Unpriced)
{
    public static PlanTotalResponse Of(OptionFigures option) => new(option.Name, option.Approach, option.Cash, option.Effective, option.Unpriced);
}

/// <summary>A version of a recorded plan.</summary>
internal sealed record PlanVersionResponse(int Version, DateTimeOffset SubmittedAt, string SubmittedBy, PlanEnd? Retired, string? Note)
{
    public static PlanVersionResponse Of(PlanVersion version) => new(version.Version, version.SubmittedAt, version.SubmittedBy, version.Retired, version.Submitted.Note);
}

/// <summary>A recorded plan in full.</summary>
/// <param name="Figures">As they were frozen.</param>
/// <param name="Readings">Where what it watches stands now.</param>
/// <param name="Alerts">The latest first, also those that are over.</param>
/// <param name="Versions">All of them, the newest first.</param>
internal sealed record PlanDetailsResponse(
    string Plan, int Version, DateTimeOffset SubmittedAt, string SubmittedBy, PlanEnd? Retired, PlanRequest Assumptions, string Currency, DateOnly PricesOn, PlanFigures Figures,
    PlanWatch? Watch, string? Note, IReadOnlyList<PlanReading> Readings, IReadOnlyList<Alert> Alerts, IReadOnlyList<PlanVersionResponse> Versions);

/// <summary>What was recorded.</summary>
internal sealed record PlanSubmitResponse(string Plan, int Version, PlanResponse Result);

/// <summary>Estimates that were taken from a plan.</summary>
/// <param name="Ids">The ids of the estimates, in their order.</param>
internal sealed record PlanEstimateResponse(string Plan, int Version, string Option, IReadOnlyList<EstimateSubmitted> Estimates, IReadOnlyList<Guid> Ids);

/// <summary>A plan from what a workload used.</summary>
/// <param name="Plan">To be changed, previewed or submitted.</param>
/// <param name="Sources">Where each assumption is from.</param>
/// <param name="Unknown">What the events do not tell.</param>
internal sealed record ActualPlanResponse(
    string Workload, IReadOnlyList<string> Months, PlanRequest Plan, IReadOnlyList<SourceResponse> Sources, IReadOnlyList<UnknownAssumption> Unknown)
{
    public static ActualPlanResponse Of(ActualPlan actual) => new(
        actual.Workload, actual.Months, actual.Plan, [.. actual.Sources.Select(source => SourceResponse.Of(source, actual.Months))], actual.Unknown);
}

/// <summary>Where an assumption is from.</summary>
/// <param name="ByMonth">The value of each month.</param>
/// <param name="Events">The addresses of the events of each month, as a page and over the API.</param>
internal sealed record SourceResponse(string Field, Assumption Value, string From, IReadOnlyDictionary<string, decimal> ByMonth, IReadOnlyDictionary<string, string> Events)
{
    public static SourceResponse Of(AssumptionSource source, IReadOnlyList<string> months) =>
        new(source.Field, source.Value, source.From, source.ByMonth, months.ToDictionary(month => month, month => EventLink.ToList(FilterOf(source.Events, month))));

    /// <summary>The events that a quantity is the sum of, in a month.</summary>
    public static UsageFilter FilterOf(QuantityPlace place, string month) => new(place.Workload, BillingPeriod.TryParse(month, out var period) ? period : default)
    {
        Approach = place.Approach, Component = place.Component, Sku = place.Sku, Meter = place.Meter,
    };
}
