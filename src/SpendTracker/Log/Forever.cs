using Microsoft.Extensions.Logging;
using Npgsql;

namespace SpendTracker.Log;

/// <summary>The outer loop of what must not end: whatever goes wrong is logged and tried again, since numbers that stand still help nobody.</summary>
internal static class Forever
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="what">For the log, e.g. <c>The daemon's high-water mark</c>.</param>
    /// <param name="run">Returns only where it is done; begins anew after it failed.</param>
    public static async Task RunAsync(string what, Func<CancellationToken, Task> run, ILogger logger, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await run(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                logger.LogWarning("{What} stopped and starts again: {Fault}", what, fault is NpgsqlException ? fault.Message : fault);
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
