using System.Text.RegularExpressions;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Npgsql;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using Contract = SpendTracker.Contracts.IEvent;

namespace SpendTracker.Benchmarks.Project;

/// <summary>Our daily-usage projection under Marten's daemon: the same fold and the same statements, read and written by Marten.</summary>
internal sealed partial class MartenFold : IProjection
{
    public const string Name = "MartenFold";

    /// <summary>Stands for a parameter; in no statement of ours.</summary>
    private const char Placeholder = '¤';

    private readonly CostProjection _fold = new(TimeZoneInfo.Utc);

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var e in events)
        {
            if (_fold.Needs(e.EventTypeName))
            {
                _fold.Apply(new StoredEvent(
                    e.Sequence, e.Id, e.TenantId, e.StreamKey!, e.Version, e.EventTypeName, e.Timestamp, (Contract)e.Data));
            }
        }

        foreach (var command in _fold.Flush())
        {
            Queue(operations, command);
        }

        return Task.CompletedTask;
    }

    /// <summary>From nothing to the high-water mark, with the daemon's start.</summary>
    /// <param name="events">As many are in the log at least.</param>
    public static async Task<Work> CatchUpAsync(
        BenchmarkServer server, SpendDatabase database, int page, int events, long mark, CancellationToken cancellationToken)
    {
        await using var store = await MartenStore.OpenAsync(database, new MartenFold(), Name, page);
        await Sql.RunAsync(
            database.DataSource, $"delete from spend.mt_event_progression where name in ('{Name}:All', 'HighWaterMark')", cancellationToken);
        using var daemon = await store.BuildProjectionDaemonAsync();
        GC.Collect();
        var work = await Work.MeasureAsync(server, events, async () =>
        {
            await daemon.StartAllAsync();
            await daemon.Tracker.WaitForShardState($"{Name}:All", mark, TimeSpan.FromMinutes(5)).WaitAsync(cancellationToken);
        });
        await daemon.StopAllAsync();
        return work;
    }

    /// <summary>Our statements number their parameters, and use some twice; Marten's take them in order.</summary>
    private static void Queue(IDocumentOperations operations, NpgsqlBatchCommand command)
    {
        List<object> values = [];
        var sql = Numbered().Replace(command.CommandText, number =>
        {
            values.Add(command.Parameters[int.Parse(number.ValueSpan[1..], System.Globalization.CultureInfo.InvariantCulture) - 1].Value!);
            return Placeholder.ToString();
        });
        operations.QueueSqlCommand(Placeholder, sql, [.. values]);
    }

    [GeneratedRegex(@"\$\d+")]
    private static partial Regex Numbered();
}
