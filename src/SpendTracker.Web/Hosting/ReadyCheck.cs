using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using SpendTracker.Web.Events;

namespace SpendTracker.Web.Hosting;

/// <summary>
/// Ready: the database answers. Numbers that are far behind are told, and make no host unready: all hosts share them, and a
/// balancer that took all hosts away would refuse the usage that each of them can still take.
/// </summary>
internal sealed class ReadyCheck(NpgsqlDataSource dataSource, DaemonService daemon) : IHealthCheck
{
    private static readonly TimeSpan MostLag = TimeSpan.FromMinutes(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = dataSource.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
        }
        catch (NpgsqlException fault)
        {
            return HealthCheckResult.Unhealthy($"The database cannot be reached: {fault.Message}");
        }

        return Of(daemon.Lag);
    }

    internal static HealthCheckResult Of(TimeSpan lag) => lag > MostLag
        ? HealthCheckResult.Degraded($"The projections have been behind for {lag.TotalSeconds:0} s.")
        : HealthCheckResult.Healthy();
}
