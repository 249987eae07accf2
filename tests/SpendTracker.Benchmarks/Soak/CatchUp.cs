using System.Diagnostics;
using SpendTracker.Log;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>Brings all projections to the last event, also where daemons are at it on other hosts.</summary>
internal static class CatchUp
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task ToTheEndAsync(SpendDatabase database, CancellationToken cancellationToken)
    {
        var last = await Sql.ScalarAsync<long>(database.DataSource, "select coalesce(max(seq_id), 0) from spend.mt_events", cancellationToken);
        var patience = Stopwatch.StartNew();
        while (await database.HighWaterMark.AdvanceAsync(cancellationToken) < last)
        {
            await PauseAsync(patience, "The high-water mark does not reach the last event.", cancellationToken);
        }

        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        foreach (var projection in database.Projections())
        {
            var run = new ProjectionRun(connection, projection, database.Options.Events);
            while (true)
            {
                await run.CatchUpAsync(database.HighWaterMark.Current, _ => patience.Restart(), cancellationToken);
                if (run.Position >= last)
                {
                    break;
                }

                await PauseAsync(patience, $"The projection {projection.Name} does not reach the last event.", cancellationToken);
            }
        }
    }

    private static async Task PauseAsync(Stopwatch patience, string complaint, CancellationToken cancellationToken)
    {
        if (patience.Elapsed > Limit)
        {
            throw new InvariantBrokenException(complaint);
        }

        await Task.Delay(5, cancellationToken); // Whoever is waited for needs a core.
    }
}
