using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;

namespace SpendTracker.ServiceDefaults;

/// <summary>What whoever runs a service may expect of it: telemetry where the standard variables say, and two health addresses.</summary>
public static class HostDefaults
{
    /// <param name="source">The name of the service's own activity source and meter.</param>
    public static void AddServiceDefaults(this WebApplicationBuilder builder, string source)
    {
        builder.Logging.AddLogExport(builder.Configuration);
        builder.Services.AddHostedService(_ => new TelemetryExport(builder.Configuration, source));
        builder.Services.AddHealthChecks();
    }

    /// <summary>Sends logs where the standard variables say, with the trace that each belongs to.</summary>
    public static ILoggingBuilder AddLogExport(this ILoggingBuilder logging, IConfiguration configuration) => !TelemetrySignal.Logs.IsWanted(configuration)
        ? logging
        : logging.AddOpenTelemetry(options =>
        {
            var resource = ResourceBuilder.CreateEmpty();
            TelemetrySignal.Describe(resource);
            options.SetResourceBuilder(resource);
            options.IncludeFormattedMessage = true;
            options.AddOtlpExporter(exporter => TelemetrySignal.Logs.Direct(exporter, configuration));
        });

    /// <summary><c>/health/live</c>: the process answers; start it anew where it does not. <c>/health/ready</c>: no check has failed; send it requests.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready").AllowAnonymous();
    }
}
