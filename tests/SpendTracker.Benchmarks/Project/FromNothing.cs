using SpendTracker.Costs;
using SpendTracker.Log;

namespace SpendTracker.Benchmarks.Project;

/// <summary>The daily-usage projection, from nothing to the high-water mark.</summary>
internal static class FromNothing
{
    /// <summary>Forgets all that was projected. Nobody may be reading it.</summary>
    public static Task EmptyAsync(SpendDatabase database, CancellationToken cancellationToken)
    {
        var projection = new CostProjection(TimeZoneInfo.Utc);
        return Sql.RunAsync(
            database.DataSource,
            $"truncate {string.Join(", ", projection.Tables.Select(table => $"spend.{table}"))}; delete from spend.mt_event_progression where name = '{projection.Checkpoint}'",
            cancellationToken);
    }

    /// <param name="events">As many are in the log at least.</param>
    /// <param name="mark">The high-water mark.</param>
    /// <exception cref="BenchmarkFailedException">Events were left out.</exception>
    public static async Task<Work> CatchUpAsync(
        BenchmarkServer server, SpendDatabase database, EventStoreOptions options, int events, long mark, CancellationToken cancellationToken)
    {
        GC.Collect();
        await using var connection = await database.Projecting.OpenConnectionAsync(cancellationToken);
        var run = new ProjectionRun(connection, new CostProjection(TimeZoneInfo.Utc), options);
        var applied = 0L;
        var work = await Work.MeasureAsync(server, events, async () => applied = await run.CatchUpAsync(mark, null, cancellationToken));
        return applied >= events ? work : throw new BenchmarkFailedException($"Of {events} events {applied} were projected.");
    }
}
