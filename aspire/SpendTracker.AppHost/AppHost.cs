// Runs SpendTracker with a PostgreSQL of its own and the Aspire dashboard:
//   dotnet run --project aspire/SpendTracker.AppHost
// Describes both for a deployment tool:
//   dotnet run --project aspire/SpendTracker.AppHost -- --publisher manifest --output-path aspire-manifest.json
using SpendTracker.AppHost;

const int PublishedPort = 8080;

var builder = DistributedApplication.CreateBuilder(args);
// The web host ends before its PostgreSQL does. Otherwise the AppHost ends at once, and its orchestrator ends the rest later.
builder.Configuration["DcpPublisher:WaitForResourceCleanup"] = "true";
var publishes = builder.ExecutionContext.IsPublishMode;
var database = await builder.AddDatabaseAsync();

var web = builder.AddProject<Projects.SpendTracker_Web>("web")
    .WithHttpEndpoint(targetPort: publishes ? PublishedPort : null)
    .WithExternalHttpEndpoints()
    .WithReference(database)
    .WaitFor(database)
    // Others read what a published host prints. Here, the sign-in link is in the resource's console log.
    .WithArgs(publishes ? ["serve", "--no-sign-in-link"] : ["serve"])
    .WithHttpHealthCheck("/health/ready", endpointName: "http")
    // Aspire's way trusts every proxy. SpendTracker__Proxies names the trusted ones.
    .DisableForwardedHeaders();

if (!publishes)
{
    // The dashboard ends before the web host, which would otherwise try for 10 seconds to send it the last spans.
    web.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "")
        // An event's trace is a link to the dashboard, which has it.
        .WithEnvironment("SpendTracker__Telemetry__TraceUrl", builder.Configuration["ASPNETCORE_URLS"]?.Split(';') is [{ Length: > 0 } dashboard, ..] ? $"{dashboard.TrimEnd('/')}/traces/detail/{{traceId}}" : "")
        // Start and end are in the dashboard's logs.
        .WithEnvironment("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information");
}

await using var app = builder.Build();
await app.RunAsync();
