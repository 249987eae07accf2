using System.Diagnostics;
using Spectre.Console;
using SpendTracker.Benchmarks.Soak;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Benchmarks.History;

/// <summary>A database whose log grows by raw COPY, priced and projected.</summary>
internal sealed class HistoryLog : IAsyncDisposable
{
    /// <summary>Held in memory at once.</summary>
    private const int Part = 50_000;

    /// <summary>Projected at once, while they are still in memory, as if they had come in one by one.</summary>
    private const int ProjectedParts = 20;

    private readonly BenchmarkServer _server;
    private readonly bool _randomIds;

    private HistoryLog(BenchmarkServer server, SpendDatabase database, RawCopy copy, bool randomIds)
    {
        _server = server;
        _randomIds = randomIds;
        Database = database;
        Copy = copy;
        Costs = database.Get<MonthlyCostQuery>();
    }

    public SpendDatabase Database { get; }

    public RawCopy Copy { get; }

    public MonthlyCostQuery Costs { get; }

    /// <summary>What went in here, by COPY.</summary>
    public long Events { get; private set; }

    /// <param name="streams">Further ones that raw COPY appends to.</param>
    public static async Task<HistoryLog> OpenAsync(BenchmarkServer server, IEnumerable<string> streams, bool randomIds, CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(new(), cancellationToken);
        var prices = database.Get<PriceBook>();
        foreach (var sku in HistoryEvents.Skus)
        {
            var rate = new RatePublished(sku, HistoryEvents.FirstDay, "USD", [new("input-tokens", 2.5m, 1_000_000), new("output-tokens", 10, 1_000_000)], "Benchmark");
            await prices.PublishAsync(rate, new Recorder("command:benchmarks"), cancellationToken);
        }

        return new HistoryLog(server, database, await RawCopy.OpenAsync(server, database, HistoryEvents.Streams.Concat(streams), cancellationToken), randomIds);
    }

    /// <returns>How many events a second were projected.</returns>
    public async Task<double> GrowAsync(int events, CancellationToken cancellationToken)
    {
        var projecting = TimeSpan.Zero;
        foreach (var (number, part) in HistoryEvents.All(events, _randomIds).Chunk(Part).Index())
        {
            await CopyAsync(part, cancellationToken);
            Events += part.Length;
            var done = (number * Part) + part.Length;
            if ((number + 1) % ProjectedParts == 0 || done == events)
            {
                var started = Stopwatch.GetTimestamp();
                await CatchUp.ToTheEndAsync(Database, cancellationToken);
                projecting += Stopwatch.GetElapsedTime(started);
                AnsiConsole.WriteLine($"{Report.Number(Events)} events");
            }
        }

        await Copy.FinishAsync(cancellationToken);
        await Sql.RunAsync(Database.DataSource, "vacuum analyze", cancellationToken);
        await Sql.RunAsync(Database.DataSource, "checkpoint", cancellationToken);
        return events / projecting.TotalSeconds;
    }

    /// <summary>In turns with the store, in the same table.</summary>
    public async Task<Work> CopyAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken)
    {
        await Copy.ReserveAsync(events.Count, cancellationToken);
        return await Copy.CopyAsync(events, cancellationToken);
    }

    /// <summary>The overview's query, over the last year.</summary>
    public async Task<decimal> TotalAsync(CancellationToken cancellationToken)
    {
        var (from, to) = HistoryEvents.LastYear;
        return (await Costs.ByAsync(new CostFilter(from, to), [CostDimension.Find("approach")!], cancellationToken)).Sum(cost => cost.Actual);
    }

    public async ValueTask DisposeAsync()
    {
        await Copy.DisposeAsync();
        await _server.DropAsync(Database);
    }
}
