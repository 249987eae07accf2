using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SpendTracker.Events;

namespace SpendTracker.Web.Telemetry;

/// <summary>
/// Sends traces and metrics to the OTLP endpoint that the standard <c>OTEL_*</c> variables name; to none where they name
/// none. The framework, Npgsql and this service have activity sources and meters of their own, so nothing is instrumented.
/// </summary>
internal sealed class TelemetryExport(IConfiguration configuration) : IHostedService, IDisposable
{
    private OpenTelemetrySdk? _sdk;

    public static bool IsWanted(IConfiguration configuration) =>
        !configuration.GetValue<bool>("OTEL_SDK_DISABLED") &&
        configuration.AsEnumerable().Any(setting => setting.Key.StartsWith("OTEL_EXPORTER_OTLP_", StringComparison.Ordinal) && setting.Key.EndsWith("ENDPOINT", StringComparison.Ordinal) && !string.IsNullOrEmpty(setting.Value));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsWanted(configuration))
        {
            _sdk = OpenTelemetrySdk.Create(builder => builder
                .ConfigureResource(resource => resource.AddService(configuration["OTEL_SERVICE_NAME"] ?? "spendtracker"))
                .WithTracing(tracing => tracing.AddSource("Microsoft.AspNetCore", EventMetrics.Name, "Npgsql", "System.Net.Http").AddProcessor(new ServerSpanNames()).AddOtlpExporter())
                .WithMetrics(metrics => metrics.AddMeter(EventMetrics.Name, "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddOtlpExporter()));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _sdk?.Dispose();
}
