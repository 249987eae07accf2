using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SpendTracker.Access;
using SpendTracker.Activities;
using SpendTracker.Alerts;
using SpendTracker.Anomalies;
using SpendTracker.Budgets;
using SpendTracker.Closing;
using SpendTracker.Comparison;
using SpendTracker.Costs;
using SpendTracker.Estimates;
using SpendTracker.Explorer;
using SpendTracker.Forecasts;
using SpendTracker.Gaps;
using SpendTracker.Log;
using SpendTracker.Plans;
using SpendTracker.Rates;
using SpendTracker.Reports;
using SpendTracker.Settings;
using SpendTracker.Usage;
using SpendTracker.Views;
using SpendTracker.Workloads;

namespace SpendTracker;

/// <summary>The composition root: the one place that says which objects work on a database. Host, commands and tests use it.</summary>
public static class SpendTrackerServices
{
    /// <summary>
    /// Adds all that works on an opened database, one object of each. The database itself stays its opener's to dispose of.
    /// Channels and acknowledgement of alerts also need an <see cref="AddressProtection"/>, which the host adds.
    /// </summary>
    public static IServiceCollection AddSpendTracker(this IServiceCollection services, SpendDatabase database)
    {
        services.TryAddSingleton(database.Options.LoggerFactory);
        services.TryAddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.TryAddSingleton(new AnomalyOptions([])); // A host says whom to tell.
        services.TryAddSingleton(new SessionLimits()); // And how long sessions last.
        return services
            .AddSingleton(database)
            .AddSingleton(database.DataSource)
            .AddSingleton(database.Marten)
            .AddSingleton(database.Store)
            .AddSingleton(database.HighWaterMark)
            .AddSingleton(database.Settings)
            .AddSingleton(database.Options.Clock)
            .AddSingleton<ReportingClock>()
            .AddSingleton(database.Options.Events)
            .AddSingleton(_ => database.CreateDaemon())
            .AddSingleton(_ => database.CreateRebuild())
            .AddSingleton(_ => database.CreateSetAside())
            .AddSingleton(_ => database.CreateHealth())
            .AddSingleton<EventLog>()
            .AddSingleton<ApiKeys>()
            .AddSingleton<PersonNames>()
            .AddSingleton<ApiKeyUses>()
            .AddSingleton<ActivityLog>()
            .AddSingleton<ActivityQuery>()
            .AddSingleton<People>()
            .AddSingleton<SignInLinks>()
            .AddSingleton<Sessions>()
            .AddSingleton<ProviderSessions>()
            .AddSingleton<ReportSchedules>()
            .AddSingleton<WorkloadRegistry>()
            .AddSingleton<SavedViews>()
            .AddSingleton<EstimateBook>()
            .AddSingleton<UsageCorrections>()
            .AddSingleton<PriceBook>()
            .AddSingleton<PublicationChanges>()
            .AddSingleton<RateImport>()
            .AddSingleton<ExchangeRateImport>()
            .AddSingleton<MonthlyCostQuery>()
            .AddSingleton<RequestCountQuery>()
            .AddSingleton<CostValuesQuery>()
            .AddSingleton<WorkloadQuantityQuery>()
            .AddSingleton<WorkloadUseQuery>()
            .AddSingleton<UnpricedQuery>()
            .AddSingleton<PricedSkuQuery>()
            .AddSingleton<ReportedCostQuery>()
            .AddSingleton<ExplainQuery>()
            .AddSingleton<MonthChangeQuery>()
            .AddSingleton<RatePreview>()
            .AddSingleton<ComparisonQuery>()
            .AddSingleton<HostingQuery>()
            .AddSingleton<ModelQuery>()
            .AddSingleton<CounterfactualQuery>()
            .AddSingleton<AdviceQuery>()
            .AddSingleton<DailyCostReading>()
            .AddSingleton<ForecastQuery>()
            .AddSingleton<DailyCostQuery>()
            .AddSingleton<BillingPeriods>()
            .AddSingleton<CorrectionQuery>()
            .AddSingleton<CostLineQuery>()
            .AddSingleton<UsageEventQuery>()
            .AddSingleton<NewestEventQuery>()
            .AddSingleton<ChannelAddresses>()
            .AddSingleton<Channels>()
            .AddSingleton<AlertQuery>()
            .AddSingleton<AlertQueue>()
            .AddSingleton<AlertLedger>()
            .AddSingleton<Acknowledgements>()
            .AddSingleton<BudgetBook>()
            .AddSingleton<BudgetImport>()
            .AddSingleton<BudgetContributors>()
            .AddSingleton<BudgetOutlook>()
            .AddSingleton<BudgetWatch>()
            .AddSingleton<DailySpendQuery>()
            .AddSingleton<AnomalyBook>()
            .AddSingleton<AnomalyWatch>()
            .AddSingleton<GapQuery>()
            .AddSingleton<PlanBook>()
            .AddSingleton<PlanWatching>()
            .AddSingleton<ActualPlanQuery>();
    }
}
