using Microsoft.Extensions.Logging;
using Npgsql;

namespace SpendTracker.Log;

/// <summary>
/// Ends writers, of whichever host, that fell silent in the middle of a COPY. PostgreSQL does not by itself: to it a client
/// that sends nothing is a statement under way, and no timeout interrupts that reading, while the transaction holds stream
/// heads that all hosts append to and numbers that the high-water mark waits for. Ending one's own role's sessions needs no
/// privilege.
/// </summary>
internal sealed class SilentWriters(NpgsqlDataSource dataSource, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using (var command = dataSource.CreateCommand(
                """
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and usename = current_user and application_name like '%' || $1
                  and state = 'active' and wait_event = 'ClientRead' and query_start < now() - $2
                """))
            {
                command.Parameters.Add(new() { Value = SpendConnections.Writer });
                command.Parameters.Add(new() { Value = SpendConnections.Silence });
                if (await command.ExecuteScalarAsync(cancellationToken) is long ended and > 0)
                {
                    logger.LogWarning("Ended {Count} writers that had fallen silent while they copied.", ended);
                }
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
