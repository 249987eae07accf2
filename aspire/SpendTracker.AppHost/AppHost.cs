// Runs SpendTracker with a PostgreSQL of its own:  dotnet run --project aspire/SpendTracker.AppHost
// Publishes it to Compose, or to a Helm chart:     aspire publish   |   PublishTo=kubernetes aspire publish
using SpendTracker.AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var publishes = builder.ExecutionContext.IsPublishMode;

// One target at a time: with two, each resource would have to say where it goes.
if (builder.Configuration["PublishTo"] == "kubernetes")
{
    // The default is a folder that is gone with its pod.
    builder.AddKubernetesEnvironment("kubernetes").WithProperties(cluster => cluster.DefaultStorageType = "pvc");
}
else
{
    builder.AddDockerComposeEnvironment("compose");
}

var postgres = builder.AddPostgres("postgres")
    .WithImageTag("18.3") // Before the volume, whose place depends on it.
    .WithDataVolume("spendtracker-postgres")
    .WithEnvironment("POSTGRES_DB", Publishing.Database) // AddDatabase creates it where it runs, not where it is published to.
    .PublishAsDockerComposeService((_, service) => Publishing.CheckPostgres(service));

// The name is that of the connection string.
var database = postgres.AddDatabase(Publishing.Database);

builder.AddProject<Projects.SpendTracker_Web>("web")
    .WithHttpEndpoint(targetPort: publishes ? Publishing.Port : null)
    .WithExternalHttpEndpoints()
    .WithReference(database)
    .WaitFor(database)
    // Where it is published, others read what is printed. Where it runs, the link is in the resource's console log.
    .WithArgs(publishes ? ["serve", "--no-sign-in-link"] : ["serve"])
    // A page stays with the host that drew it. Aspire's own proxy takes turns, so it is one host here, and several behind a sticky one.
    .WithReplicas(publishes ? 2 : 1)
    .WithHttpHealthCheck("/health/ready", endpointName: "http")
    // Probes take https unless told otherwise.
    .WithHttpProbe(ProbeType.Startup, "/health/live", periodSeconds: 2, failureThreshold: 60, endpointName: "http")
    .WithHttpProbe(ProbeType.Liveness, "/health/live", periodSeconds: 10, timeoutSeconds: 5, endpointName: "http")
    .WithHttpProbe(ProbeType.Readiness, "/health/ready", periodSeconds: 5, timeoutSeconds: 4, endpointName: "http")
    // Aspire's way believes everybody. SpendTracker__Proxies names who is believed.
    .DisableForwardedHeaders()
    .PublishAsDockerComposeService((_, service) => Publishing.CheckHost(service))
    .PublishAsKubernetesService(Publishing.CheckHost);

builder.Build().Run();
