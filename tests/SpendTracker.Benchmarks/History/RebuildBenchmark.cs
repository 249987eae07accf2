using System.Diagnostics;
using SpendTracker.Benchmarks.Soak;
using SpendTracker.Contracts;

namespace SpendTracker.Benchmarks.History;

/// <summary>What readers notice of a rebuild: they must see the old numbers or the new ones, never less, and hardly wait.</summary>
internal sealed class RebuildBenchmark(BenchmarkServer server, Report report, bool quick, int? events)
{
    private const int Readers = 4;
    private const int Incoming = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly int _events = events ?? (quick ? 4_000 : 10_000_000);

    private sealed record Read(double Milliseconds, decimal Total);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var log = await HistoryLog.OpenAsync(server, [], randomIds: false, cancellationToken);
        await log.GrowAsync(_events, cancellationToken);
        var total = await log.TotalAsync(cancellationToken);
        if (total == 0)
        {
            throw new BenchmarkFailedException("The last year costs nothing.");
        }

        List<string[]> rows =
        [
            await MeasureAsync("no rebuild", log, () => Task.Delay(TimeSpan.FromSeconds(quick ? 1 : 10), cancellationToken), Same, cancellationToken),
            await MeasureAsync("rebuild, no events come in", log, () => RebuildAsync(log, cancellationToken), Same, cancellationToken),
        ];
        var arrived = 0L;
        rows.Add(await MeasureAsync("rebuild, 2,000 events/s come in", log, async () => arrived = await RebuildWithEventsAsync(log, cancellationToken), Rising, cancellationToken));
        await CatchUp.ToTheEndAsync(log.Database, cancellationToken);
        await Stored.VerifyAsync(log.Database.DataSource, "Rebuild", log.Events + arrived, cancellationToken);
        await Stored.VerifyProjectedAsync(log.Database.DataSource, "Rebuild", cancellationToken);
        report.Table(
            $"Rebuild of daily usage, {Report.Number(_events)} events", ["what", "seconds", "reads", "p50", "p99", "longest"], rows);
        report.Note(
            $"{Readers} readers ask for 12 months by approach without pause. Without new events every answer had the very same total; while they came in ({Report.Number(arrived)} of them), "
            + "no reader saw a total fall. Afterwards each event was in the rows once.");

        void Same(IReadOnlyList<Read> reads) =>
            Expect(reads.FirstOrDefault(read => read.Total != total), $"instead of {total}, though nothing came in");
    }

    private static void Rising(IReadOnlyList<Read> reads) =>
        Expect(reads.Zip(reads.Skip(1)).FirstOrDefault(pair => pair.Second.Total < pair.First.Total).Second, "after a higher one");

    private static void Expect(Read? wrong, string complaint)
    {
        if (wrong is not null)
        {
            throw new BenchmarkFailedException($"A reader saw a total of {wrong.Total} {complaint}.");
        }
    }

    /// <param name="check">What the answers that one reader got must be like.</param>
    private static async Task<string[]> MeasureAsync(
        string name, HistoryLog log, Func<Task> run, Action<IReadOnlyList<Read>> check, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var readers = Enumerable.Range(0, Readers).Select(_ => Task.Run(() => ReadAsync(log, done.Token), cancellationToken)).ToArray();
        var started = Stopwatch.GetTimestamp();
        try
        {
            await Task.WhenAny(run(), Fault(readers)).Unwrap();
        }
        finally
        {
            await done.CancelAsync();
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Series times = new();
        foreach (var reads in await Task.WhenAll(readers))
        {
            check(reads);
            times.AddRange(reads.Select(read => read.Milliseconds));
        }

        return
        [
            name, Report.Number(seconds), Report.Number(times.Count), Report.Milliseconds(times.Median),
            Report.Milliseconds(times.Percentile(0.99)), Report.Milliseconds(times.Max),
        ];
    }

    /// <summary>Ends with the first reader that fails: nothing is worth measuring any more.</summary>
    private static async Task Fault(Task[] readers) => await await Task.WhenAny(readers);

    private static async Task<List<Read>> ReadAsync(HistoryLog log, CancellationToken done)
    {
        List<Read> reads = [];
        while (!done.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            var total = await log.TotalAsync(CancellationToken.None); // The last answer, too, is waited for.
            reads.Add(new(Stopwatch.GetElapsedTime(started).TotalMilliseconds, total));
        }

        return reads;
    }

    private static Task RebuildAsync(HistoryLog log, CancellationToken cancellationToken) =>
        log.Database.CreateRebuild().RebuildAsync(log.Database.Projections()[0], null, cancellationToken);

    /// <returns>How many events came in.</returns>
    private static async Task<long> RebuildWithEventsAsync(HistoryLog log, CancellationToken cancellationToken)
    {
        var before = await log.TotalAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var daemon = Task.Run(() => log.Database.CreateDaemon().RunAsync(stop.Token), CancellationToken.None);
        var arriving = Task.Run(() => ArriveAsync(log, stop.Token), CancellationToken.None);
        try
        {
            await RebuildAsync(log, cancellationToken);
            for (var patience = Stopwatch.StartNew(); await log.TotalAsync(cancellationToken) == before;)
            {
                if (patience.Elapsed > TimeSpan.FromMinutes(1))
                {
                    throw new BenchmarkFailedException("Events came in, and the total did not rise.");
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await daemon;
        }

        return await arriving;
    }

    private static async Task<long> ArriveAsync(HistoryLog log, CancellationToken stop)
    {
        var arrived = 0L;
        using var timer = new PeriodicTimer(Pause);
        while (!stop.IsCancellationRequested)
        {
            var results = await log.Database.Store.AppendAsync(HistoryEvents.Latest(Incoming), CancellationToken.None);
            arrived += results.Count(result => result.Status == AppendStatus.Appended);
            try
            {
                await timer.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                // Time is up.
            }
        }

        return arrived;
    }
}
