using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;
using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace SpendTracker.AppHost;

/// <summary>What the publishers leave out, or say in a way that their targets do not take.</summary>
internal static class Publishing
{
    public const string Database = "spendtracker";
    public const int Port = 8080;

    /// <summary>Over TCP: while it initialises, the server listens on its socket only. Two hosts hold up to 108 connections.</summary>
    public static void CheckPostgres(Aspire.Hosting.Docker.Resources.ComposeNodes.Service service)
    {
        service.Command = ["postgres", "-c", "max_connections=200"];
        service.Restart = "unless-stopped";
        service.StopGracePeriod = "60s";
        service.Healthcheck = new Healthcheck
        {
            Test = ["CMD", "pg_isready", "-h", "127.0.0.1", "-d", Database],
            Interval = "5s",
            Timeout = "4s",
            StartPeriod = "60s",
            Retries = 12,
        };
    }

    /// <summary>Compose gets neither replicas nor health checks, and waits only for PostgreSQL's start, unless it is said here.</summary>
    public static void CheckHost(Aspire.Hosting.Docker.Resources.ComposeNodes.Service service)
    {
        service.DependsOn["postgres"] = new ServiceDependency { Condition = "service_healthy" };
        service.Deploy = new Deploy { Replicas = 2 };
        service.Restart = "unless-stopped";
        service.StopGracePeriod = "30s";
        service.Healthcheck = new Healthcheck
        {
            Test = ["CMD", "dotnet", "/app/SpendTracker.Web.dll", "health"], // The image need not have a shell or curl.
            Interval = "10s",
            Timeout = "4s",
            StartPeriod = "60s",
            Retries = 3,
        };
    }

    /// <summary>Kubernetes takes a probe's scheme in capitals only, and the publisher writes it small.</summary>
    public static void CheckHost(KubernetesResource host)
    {
        foreach (var container in host.Workload!.PodTemplate.Spec.Containers)
        {
            foreach (var probe in new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe })
            {
                if (probe?.HttpGet is { } get)
                {
                    get.Scheme = "HTTP";
                }
            }
        }

        // For who calls the service itself; an ingress needs a cookie of its own.
        host.Service!.Spec.SessionAffinity = "ClientIP";
    }
}
