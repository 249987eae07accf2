using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Radzen;
using SpendTracker.Access;
using SpendTracker.Log;
using SpendTracker.ServiceDefaults;
using SpendTracker.Web.Access;
using SpendTracker.Web.Activities;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Alerts.Senders;
using SpendTracker.Web.Anomalies;
using SpendTracker.Web.Assistants;
using SpendTracker.Web.Budgets;
using SpendTracker.Web.Closing;
using SpendTracker.Web.Comparison;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Estimates;
using SpendTracker.Web.Events;
using SpendTracker.Web.Explorer;
using SpendTracker.Web.Forecasts;
using SpendTracker.Web.Gaps;
using SpendTracker.Web.Health;
using SpendTracker.Web.Ingest;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Plans;
using SpendTracker.Web.Rates;
using SpendTracker.Web.Reference;
using SpendTracker.Web.Reports;
using SpendTracker.Web.Requests;
using SpendTracker.Web.SetAside;
using SpendTracker.Web.Views;
using SpendTracker.Web.Workloads;

namespace SpendTracker.Web.Hosting;

/// <summary>The one host: ingest API, query API, dashboard and daemon over an opened database. Read it from top to bottom.</summary>
public static class SpendTrackerHost
{
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Bytes that a connection takes in before anybody asks for them. The default of a megabyte, times hundreds of callers, is memory.</summary>
    private const int ReadAhead = 128 * 1024;

    public static WebApplication Build(WebApplicationBuilder builder, SpendDatabase database)
    {
        var services = builder.Services;
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Limits.MaxRequestBodySize = RequestBody.MostOtherBytes;
            server.Limits.MinRequestBodyDataRate = new(RequestBody.LeastBytesPerSecond, gracePeriod: TimeSpan.FromSeconds(5));
            server.Limits.MaxRequestBufferSize = server.Limits.Http2.InitialConnectionWindowSize = server.Limits.Http2.InitialStreamWindowSize = ReadAhead;
            server.AddServerHeader = false;
        });

        var settings = SpendTrackerSettings.Of(builder.Configuration);
        services.AddSettings(builder.Configuration);
        builder.AddServiceDefaults(settings.Telemetry.Prometheus, EventMetrics.Name, "Marten");
        services.AddSpendTracker(database);
        services.AddSingleton<DaemonService>();
        services.AddHostedService(provider => provider.GetRequiredService<DaemonService>());
        services.AddSingleton<LinkCounts>();
        services.AddHostedService(provider => provider.GetRequiredService<LinkCounts>());
        services.AddHostedService<BudgetService>();
        services.AddHostedService<PlanService>();
        if (settings.Anomalies.Watch)
        {
            services.AddHostedService<AnomalyService>();
        }

        services.AddSingleton<BodyBudget>();
        services.AddSingleton<ExpensiveQueries>();
        services.AddSingleton<ApiQueries>();
        services.AddSingleton<UsageRecorder>();
        services.AddMemoryCache(options => options.SizeLimit = 10_000);
        services.AddSingleton<OverviewFeed>();
        services.AddSingleton<OutlookFeed>();
        services.AddSingleton<FilterChoices>();
        services.AddSingleton<SearchQuery>();
        services.AddSingleton<KnownOn>();
        services.AddSingleton(new TraceLink(string.IsNullOrEmpty(settings.Telemetry.TraceUrl) ? null : settings.Telemetry.TraceUrl));
        services.AddSingleton<HealthService>();
        services.AddReports();
        services.AddHostedService(provider => provider.GetRequiredService<HealthService>());
        services.AddAlerts();
        services.AddChannelSenders();
        services.AddAccess();
        services.AddProviderSignIn(settings.OpenIdConnect);
        services.AddAssistantTokens(settings.OpenIdConnect);
        services.AddDataProtection().SetApplicationName("SpendTracker");
        services.AddSingleton<KeyRing>();
        services.AddOptions<KeyManagementOptions>().Configure<KeyRing>((options, ring) => options.XmlRepository = ring);

        services.AddProblemDetails();
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddExceptionHandler<Problems>();
        services.AddHealthChecks().AddCheck<ReadyCheck>("ready");
        services.ConfigureHttpJsonOptions(options => AnswerJson.Configure(options.SerializerOptions));
        services.AddOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>().PostConfigure<PersonNames>((options, names) => AnswerJson.Named(options.SerializerOptions, names));

        services.AddAssistants();
        ApiReference.Add(services);

        services.AddPageCompression();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddSingleton(provider => new OpenPages(provider.GetRequiredService<IOptions<SpendTrackerSettings>>().Value.OpenPages));
        services.AddScoped<CircuitHandler, OpenPage>();
        services.AddCascadingAuthenticationState();
        services.AddRadzenComponents();

        var app = builder.Build();
        app.UseTrustedProxies(settings.Proxies);
        app.Use(EarlierShapes.RouteAsync);
        app.Use(AnswerHeaders.AddAsync);
        app.UseHostNames(settings.AllowedHosts);
        app.UseWhen(context => !IsApi(context), pages => pages.UsePageCompression());
        app.UseExceptionHandler();
        app.UseWhen(IsPage, pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
        app.UseWhen(context => !IsPage(context), api => api.UseStatusCodePages());
        app.UseRouting();
        var limits = app.Services.GetRequiredService<RequestLimits>();
        app.Use(limits.OfAddressAsync);
        app.Use(Origins.CheckAsync);
        var known = app.Services.GetRequiredService<KnownKeys>();
        app.UseWhen(context => !ApiKeyAuthentication.Recognize(context, known), others => others.UseAuthentication());
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true; // The framework does not see it there, and would put one before everything.
        app.Use(limits.OfKeyAsync);
        app.UseAuthorization();
        app.Use(BoundKeys.CheckAsync);
        app.UseAntiforgery();
        app.Use(QueryTexts.CheckAsync);
        app.Use(EarlierShapes.AnswerAsync);
        app.Use(app.Services.GetRequiredService<ApiQueries>().RunAsync);
        app.Use(app.Services.GetRequiredService<OpenPages>().AdmitAsync);
        app.UseWhen(IsApi, api => api.Use(app.Services.GetRequiredService<BodyBudget>().HoldAsync));

        app.MapServiceDefaults(settings.Telemetry.Prometheus, Policies.Read);
        app.MapSignIn(settings.OpenIdConnect);
        app.MapAssistantTokens(settings.OpenIdConnect);
        app.MapAcknowledge();
        ApiReference.Map(app);

        var api = app.MapGroup("/api/v1").WithMetadata(new RequestSizeLimitAttribute(RequestBody.MostBytes));
        api.MapUsage();
        api.MapCorrections();
        api.MapCosts();
        api.MapExplain();
        api.MapChanges();
        api.MapForecasts();
        api.MapEvents();
        api.MapClosing();
        api.MapWorkloads();
        api.MapRates();
        api.MapRateImports();
        api.MapPublishing();
        api.MapEstimates();
        api.MapPlans();
        api.MapComparisons();
        api.MapAdvice();
        api.MapBudgets();
        api.MapAllowance();
        api.MapSetAside();
        api.MapGaps();
        api.MapAlerts();
        api.MapAnomalies();
        api.MapActivities();
        api.MapHealth();
        api.MapReport();
        api.MapReportSchedules();
        api.MapViews();
        app.MapAssistants();

        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }

    private static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api");

    /// <summary>Whether a person looks: they get a page that says what is wrong, where a program gets problem details.</summary>
    private static bool IsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && !IsApi(context) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
