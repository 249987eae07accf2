using System.Diagnostics;
using System.Globalization;
using SpendTracker.Benchmarks.Append;
using SpendTracker.Benchmarks.Soak;
using SpendTracker.Events;

namespace SpendTracker.Benchmarks.History;

/// <summary>What becomes slower as the log grows: appending, the overview, and how much disk an event takes.</summary>
internal sealed class GrowthBenchmark(BenchmarkServer server, Report report, bool quick, string millions, bool randomIds)
{
    private const int Workloads = 500;

    private readonly int _events = quick ? 500 : 60_000;
    private readonly int _rounds = quick ? 1 : 3;
    private readonly int _queries = quick ? 3 : 200;
    private readonly UsageEvents _stored = new(Workloads, randomIds: randomIds);
    private readonly UsageEvents _copied = new(Workloads, "copied", randomIds); // Streams of its own: it does not know the store's versions.
    private long _copies;
    private long _appended;

    /// <summary>What the server has logged of some appends.</summary>
    private sealed class Logged
    {
        public long Bytes { get; set; }

        public long Events { get; set; }

        public string AnEvent => Report.Number(Bytes / (double)Events);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long[] sizes = quick ? [4_000, 12_000] : [.. millions.Split(',').Select(size => (long)(double.Parse(size, CultureInfo.InvariantCulture) * 1_000_000))];
        List<string[]> rows = [];
        await using var log = await HistoryLog.OpenAsync(server, _copied.Streams, randomIds, cancellationToken);
        foreach (var size in sizes)
        {
            var missing = size - log.Events - _copies - _appended;
            var projected = missing > 0
                ? await log.GrowAsync((int)missing, cancellationToken)
                : throw new BenchmarkFailedException($"Measuring the size before has made the log larger than {Report.Number(size)} events.");
            rows.Add([.. await MeasureAsync(log, cancellationToken), Report.Number(projected)]);
        }

        await log.Copy.FinishAsync(cancellationToken);
        await CatchUp.ToTheEndAsync(log.Database, cancellationToken);
        await Stored.VerifyAsync(log.Database.DataSource, "Growth", log.Events + _copies + _appended, cancellationToken);
        await Stored.VerifyProjectedAsync(log.Database.DataSource, "Growth", cancellationToken);
        report.Table(
            "As the log grows",
            [
                "events", "500 a call, 16 callers, events/s", "ratio to a small log", "1 a call, 256 callers, events/s", "ratio to a small log",
                "raw COPY, rows/s", "ratio to a small log", "12 months by approach", "p95", "× count(*) of the monthly rows", "mt_events, MiB", "its indexes, MiB", "mt_streams, MiB", "disk, B an event", "WAL, B an event", "projected, events/s",
            ],
            rows);
        report.Note(
            "One database. Events of 500 workloads and 36 months, put in by raw COPY and projected, then vacuumed, and a checkpoint; then store and raw COPY append to it in turns. "
            + "Ratios are to raw COPY into a small log of its own just before: the machine may be slower or faster by the time that the log has grown. "
            + "Disk is mt_events with its indexes. WAL is that of the store's appends of 500 a call, pages in full after the checkpoint included. "
            + $"Ids are {(randomIds ? "random" : "version 7 UUIDs")}. All is stored once, without gaps, and projected.");
    }

    private async Task<string[]> MeasureAsync(HistoryLog log, CancellationToken cancellationToken)
    {
        var (dataSource, size) = (log.Database.DataSource, log.Events + _copies + _appended);
        var sizes = await Task.WhenAll(new[] { "pg_table_size('spend.mt_events')", "pg_indexes_size('spend.mt_events')", "pg_total_relation_size('spend.mt_streams')" }
            .Select(bytes => Sql.ScalarAsync<long>(dataSource, $"select {bytes}", cancellationToken)));
        var (query, count) = await QueryAsync(log, cancellationToken);
        var wal = new Logged();
        var small = await server.CreateDatabaseAsync(new(), cancellationToken);
        var source = new UsageEvents(Workloads, randomIds: randomIds);
        var smallCopy = await RawCopy.OpenAsync(server, small, source.Streams, cancellationToken);
        var reference = new Contestant("raw COPY, small log", token => smallCopy.CopyAsync(source.Stored(_events), token));
        var copy = new Contestant("raw COPY", async token =>
        {
            _copies += _events;
            return await log.CopyAsync(_copied.Stored(_events), token);
        });
        var large = new Contestant("500 events a call, 16 callers", token => AppendAsync(log, _stored.Stored(_events), callers: 16, batch: 500, wal, token));
        var single = new Contestant("1 event a call, 256 callers", token => AppendAsync(log, _stored.Stored(_events / 2), callers: 256, batch: 1, new(), token));
        await Rounds.RunAsync(_rounds, reference, [copy, large, single], cancellationToken);
        await smallCopy.DisposeAsync();
        await server.DropAsync(small);
        return
        [
            Report.Number(size), Report.Number(large.Rates.Median), Report.Ratio(large.Ratios), Report.Number(single.Rates.Median), Report.Ratio(single.Ratios),
            Report.Number(copy.Rates.Median), Report.Ratio(copy.Ratios), Report.Milliseconds(query.Median), Report.Milliseconds(query.Percentile(0.95)),
            (query.Median / count.Median).ToString("0.0", CultureInfo.InvariantCulture),
            .. sizes.Select(bytes => Report.Number(bytes / 1048576.0)), Report.Number((sizes[0] + sizes[1]) / (double)size), wal.AnEvent,
        ];
    }

    private async Task<Work> AppendAsync(HistoryLog log, EventToAppend[] events, int callers, int batch, Logged wal, CancellationToken cancellationToken)
    {
        var before = await Sql.WalAsync(log.Database.DataSource, cancellationToken);
        var (work, appended) = await StoreLoad.AppendAsync(server, log.Database.Store, [.. events.Chunk(batch)], callers, cancellationToken);
        wal.Bytes += await Sql.WalAsync(log.Database.DataSource, cancellationToken) - before;
        wal.Events += appended;
        _appended += appended;
        return work;
    }

    /// <returns>How long the query takes, and counting the rows that it reads, each in turn.</returns>
    private async Task<(Series Query, Series Count)> QueryAsync(HistoryLog log, CancellationToken cancellationToken)
    {
        Series times = new(), counts = new();
        for (var run = quick ? -1 : -20; run < _queries; run++) // The first ones warm up.
        {
            var started = Stopwatch.GetTimestamp();
            if (await log.TotalAsync(cancellationToken) == 0)
            {
                throw new BenchmarkFailedException("The last year costs nothing.");
            }

            var counted = Stopwatch.GetTimestamp();
            await Sql.ScalarAsync<long>(log.Database.DataSource, "select count(*) from spend.monthly_cost", cancellationToken);
            if (run >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(started, counted).TotalMilliseconds);
                counts.Add(Stopwatch.GetElapsedTime(counted).TotalMilliseconds);
            }
        }

        return (times, counts);
    }
}
