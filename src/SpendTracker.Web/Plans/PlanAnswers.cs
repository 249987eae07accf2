using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Explorer;
using SpendTracker.Plans;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Plans;

/// <summary>How plans become answers.</summary>
internal static class PlanAnswers
{
    extension(PlanListResponse)
    {
        public static PlanListResponse Of(RecordedPlan plan) => new(
            plan.Submitted.Plan, plan.Version, plan.SubmittedAt, plan.SubmittedBy, plan.Submitted.Assumptions.Name, plan.Submitted.Assumptions.From, plan.Submitted.Assumptions.Months,
            plan.Submitted.Currency, plan.Submitted.PricesOn, [.. plan.Submitted.Figures.Options.Select(PlanTotalResponse.Of)], plan.Submitted.Figures.BreakEvens, plan.Submitted.Watch, plan.OpenAlerts);
    }

    extension(PlanTotalResponse)
    {
        public static PlanTotalResponse Of(OptionFigures option) => new(option.Name, option.Approach, option.Cash, option.Effective, option.Unpriced);
    }

    extension(PlanVersionResponse)
    {
        public static PlanVersionResponse Of(PlanVersion version) => new(version.Version, version.SubmittedAt, version.SubmittedBy, version.Retired, version.Submitted.Note);
    }

    extension(ActualPlanResponse)
    {
        public static ActualPlanResponse Of(ActualPlan actual) => new(
            actual.Workload, actual.Months, actual.Plan, [.. actual.Sources.Select(source => SourceResponse.Of(source, actual.Months))], actual.Unknown);
    }

    extension(SourceResponse)
    {
        public static SourceResponse Of(AssumptionSource source, IReadOnlyList<string> months) =>
            new(source.Field, source.Value, source.From, source.ByMonth, months.ToDictionary(month => month, month => EventLink.ToList(FilterOf(source.Events, month))));

        /// <summary>The events that a quantity is the sum of, in a month.</summary>
        public static UsageFilter FilterOf(QuantityPlace place, string month) => new(place.Workload, BillingPeriod.TryParse(month, out var period) ? period : default)
        {
            Approach = place.Approach, Component = place.Component, Sku = place.Sku, Meter = place.Meter,
        };
    }
}
