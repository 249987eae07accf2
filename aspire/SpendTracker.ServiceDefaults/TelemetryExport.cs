using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace SpendTracker.ServiceDefaults;

/// <summary>
/// Sends traces and metrics to the OTLP endpoints that the standard <c>OTEL_*</c> variables name; to none where they name
/// none. The framework, Npgsql and this service have activity sources and meters of their own, so nothing is instrumented.
/// </summary>
internal sealed class TelemetryExport(IConfiguration configuration, string source) : IHostedService, IDisposable
{
    private OpenTelemetrySdk? _sdk;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var (traces, metrics) = (TelemetrySignal.Traces.IsWanted(configuration), TelemetrySignal.Metrics.IsWanted(configuration));
        if (traces || metrics)
        {
            _sdk = OpenTelemetrySdk.Create(builder =>
            {
                builder.ConfigureResource(TelemetrySignal.Describe);
                if (traces)
                {
                    builder.WithTracing(tracing => tracing
                        .AddSource("Microsoft.AspNetCore", source, "Npgsql", "System.Net.Http")
                        .AddProcessor(new ServerSpanNames())
                        .AddOtlpExporter(options => TelemetrySignal.Traces.Direct(options, configuration)));
                }

                if (metrics)
                {
                    builder.WithMetrics(meters => meters
                        .AddMeter(source, "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                        .AddOtlpExporter(options => TelemetrySignal.Metrics.Direct(options, configuration)));
                }
            });
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _sdk?.Dispose();
}
