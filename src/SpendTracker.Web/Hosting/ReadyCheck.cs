using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using SpendTracker.Web.Events;

namespace SpendTracker.Web.Hosting;

/// <summary>Ready: the database answers, and the numbers are not far behind the events.</summary>
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

        return daemon.Lag > MostLag
            ? HealthCheckResult.Unhealthy($"The projections have been behind for {daemon.Lag.TotalSeconds:0} s.")
            : HealthCheckResult.Healthy();
    }
}
