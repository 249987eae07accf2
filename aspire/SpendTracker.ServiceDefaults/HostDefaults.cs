using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace SpendTracker.ServiceDefaults;

/// <summary>Telemetry by OpenTelemetry's standard variables, health addresses, and metrics for Prometheus by a setting.</summary>
public static class HostDefaults
{
    /// <summary>Tag of a health check that is false only if the process cannot get back by itself.</summary>
    public const string Live = "live";

    /// <summary>A signal without a destination is not instrumented, so that it costs nothing.</summary>
    /// <param name="prometheus">Whether metrics are kept for Prometheus.</param>
    /// <param name="sources">Activity sources and meters besides those of the framework and Npgsql.</param>
    public static void AddServiceDefaults(this WebApplicationBuilder builder, bool prometheus, params string[] sources)
    {
        var (traces, metrics) = (Otlp(builder.Configuration, "TRACES"), Otlp(builder.Configuration, "METRICS"));
        var telemetry = builder.Services.AddHealthChecks().Services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource));
        builder.Logging.AddLogExport(builder.Configuration);
        if (traces is not null)
        {
            telemetry.WithTracing(tracing => tracing.AddSource(sources).AddNpgsql().AddHttpClientInstrumentation().AddOtlpExporter(traces)
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !context.Request.Path.StartsWithSegments("/health")));
        }

        if (metrics is not null || prometheus)
        {
            telemetry.WithMetrics(meters => (metrics is null ? meters : meters.AddOtlpExporter(metrics)).AddMeter(sources)
                .AddNpgsqlInstrumentation().AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation());
            _ = prometheus ? telemetry.WithMetrics(meters => meters.AddPrometheusExporter()) : telemetry;
        }
    }

    /// <summary>Sends logs, each with its trace.</summary>
    public static ILoggingBuilder AddLogExport(this ILoggingBuilder logging, IConfiguration configuration) =>
        Otlp(configuration, "LOGS") is not { } otlp ? logging : logging.AddOpenTelemetry(options =>
            options.SetResourceBuilder(Describe(ResourceBuilder.CreateDefault())).AddOtlpExporter(otlp).IncludeFormattedMessage = true);

    /// <summary><c>/health/live</c>: no check tagged <see cref="Live"/> failed; else restart the process. <c>/health/ready</c>: no check failed; send requests.</summary>
    /// <param name="prometheus">Whether <c>/metrics</c> is served.</param>
    /// <param name="policy">Who may read <c>/metrics</c>, which names models.</param>
    public static void MapServiceDefaults(this WebApplication app, bool prometheus, string policy)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = check => check.Tags.Contains(Live) }).AllowAnonymous();
        app.MapHealthChecks("/health/ready").AllowAnonymous();
        _ = prometheus ? app.MapPrometheusScrapingEndpoint().RequireAuthorization(policy) : null;
    }

    /// <summary>Null without an endpoint: the exporter's own is this machine. A signal's variables override the general ones.</summary>
    private static Action<OtlpExporterOptions>? Otlp(IConfiguration configuration, string signal)
    {
        string? Own(string name) => configuration[$"OTEL_EXPORTER_OTLP_{signal}_{name}"] is { Length: > 0 } value ? value : null;
        var hasEndpoint = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || Own("ENDPOINT") is not null;
        return !hasEndpoint || configuration[$"OTEL_{signal}_EXPORTER"] is not (null or "" or "otlp") ? null : o =>
        {
            o.Headers = Own("HEADERS") ?? o.Headers;
            o.Protocol = Own("PROTOCOL") switch { null => o.Protocol, "grpc" => OtlpExportProtocol.Grpc, _ => OtlpExportProtocol.HttpProtobuf };
            _ = Own("ENDPOINT") is { } endpoint ? o.Endpoint = new(endpoint) : null; // A set endpoint is used without /v1/….
        };
    }

    private static ResourceBuilder Describe(ResourceBuilder all) => all.AddService("spendtracker").AddEnvironmentVariableDetector();
}
