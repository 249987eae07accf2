using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;

namespace SpendTracker.ServiceDefaults;

/// <summary>One of OpenTelemetry's signals, and whether the standard <c>OTEL_*</c> variables want it sent anywhere.</summary>
internal sealed record TelemetrySignal(string Name)
{
    public static readonly TelemetrySignal Traces = new("TRACES");
    public static readonly TelemetrySignal Metrics = new("METRICS");
    public static readonly TelemetrySignal Logs = new("LOGS");

    /// <summary>Without an endpoint nothing is sent. The exporter's own default, a collector on this machine, is a wish that nobody expressed.</summary>
    public bool IsWanted(IConfiguration configuration) =>
        !configuration.GetValue<bool>("OTEL_SDK_DISABLED") &&
        configuration[$"OTEL_{Name}_EXPORTER"] is null or "" or "otlp" &&
        !(string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) && string.IsNullOrEmpty(configuration[$"OTEL_EXPORTER_OTLP_{Name}_ENDPOINT"]));

    /// <summary>Where a signal has variables of its own, they hold instead of the general ones. The exporter by itself heeds only these.</summary>
    public void Direct(OtlpExporterOptions options, IConfiguration configuration)
    {
        if (configuration[$"OTEL_EXPORTER_OTLP_{Name}_PROTOCOL"] is { Length: > 0 } protocol)
        {
            options.Protocol = protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        }

        if (configuration[$"OTEL_EXPORTER_OTLP_{Name}_ENDPOINT"] is { Length: > 0 } endpoint)
        {
            options.Endpoint = new Uri(endpoint);
        }

        if (configuration[$"OTEL_EXPORTER_OTLP_{Name}_HEADERS"] is { Length: > 0 } headers)
        {
            options.Headers = headers;
        }
    }

    /// <summary>Who tells all this. The variables come last, so that an orchestrator's names hold.</summary>
    public static void Describe(ResourceBuilder resource) =>
        resource.Clear().AddService("spendtracker").AddTelemetrySdk().AddEnvironmentVariableDetector();
}
