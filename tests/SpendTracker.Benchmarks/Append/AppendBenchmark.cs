using System.Diagnostics;
using Npgsql;

namespace SpendTracker.Benchmarks.Append;

/// <summary>How fast events go in, against raw COPY: by the store alone, and over HTTP by the whole host.</summary>
internal sealed class AppendBenchmark(BenchmarkServer server, Report report, bool quick, int? rounds, string only)
{
    private const int Workloads = 500;
    private const string BulkInsert = "Marten, bulk insert, which takes new streams only";

    private readonly int _events = quick ? 1_000 : 60_000;
    private readonly int _rounds = rounds ?? (quick ? 1 : 5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Single events are slower: as many would make their rounds too long.
        var singles = _events / 2;
        Measurement[][] measurements =
        [
            [
                new("EventStore, 500 events a call, 16 callers", name => AppendEntry.DirectAsync(server, name, _events, Workloads, 16, 500, cancellationToken)),
                Marten("Marten, callers share sessions, 500 events a call, 16 callers", MartenLoad.GroupedAsync, _events, 16, 500, cancellationToken),
                Marten(BulkInsert, MartenLoad.BulkAsync, _events, 1, _events, cancellationToken),
            ],
            [
                new("EventStore, 1 event a call, 256 callers", name => AppendEntry.DirectAsync(server, name, _events, Workloads, 256, 1, cancellationToken)),
                Marten("Marten, callers share sessions, 1 event a call, 256 callers", MartenLoad.GroupedAsync, singles, 256, 1, cancellationToken),
                Marten("Marten, 1 event a session, 32 callers", MartenLoad.OneASessionAsync, singles / 10, 32, 1, cancellationToken),
            ],
            [new("HTTP, 1 event a request, 64 connections", name => AppendEntry.HttpAsync(server, name, singles, Workloads, 64, 1, cancellationToken))],
            [new("HTTP, 1 event a request, 256 connections", name => AppendEntry.HttpAsync(server, name, singles, Workloads, 256, 1, cancellationToken))],
            [new("HTTP, 500 events a request, 16 connections", name => AppendEntry.HttpAsync(server, name, _events, Workloads, 16, 500, cancellationToken))],
            [
                new("EventStore, 100 events a call, 8 callers, one stream", name => AppendEntry.DirectAsync(server, name, _events, 1, 8, 100, cancellationToken)),
                new("EventStore, 100 events a call, 8 callers, 500 streams", name => AppendEntry.DirectAsync(server, name, _events, Workloads, 8, 100, cancellationToken)),
            ],
        ];
        List<string[]> rows = [];
        foreach (var together in measurements
            .Select(group => group.Where(measurement => measurement.Name.Contains(only, StringComparison.OrdinalIgnoreCase)).ToArray())
            .Where(chosen => chosen.Length > 0))
        {
            rows.AddRange(await MeasureAsync(together, cancellationToken));
        }

        report.Note(await CommitAsync(cancellationToken));
        report.Table("Append", ["what", "events/s", "raw COPY, rows/s", "ratio to raw COPY", "p50", "p99", "CPU here", "CPU in PostgreSQL", "allocated"], rows);
        var example = new UsageEvents(1).Stored(1)[0];
        report.Note(
            $"An event is {new UsageEvents(1).Json(1)[0].Length} bytes of JSON as sent, {example.Json.Length} as stored with {example.Headers.Length} of headers. "
            + "Raw COPY: one connection, the same table, keys and foreign key, a commit every 5,000 rows. HTTP: the whole host with an API key and its projections running; "
            + "it, PostgreSQL and the client that loads it share the cores. Marten: its sessions and its bulk insert in the same tables; it looks for no duplicates, "
            + "and its events are written as JSON while the clock runs. All that was acknowledged was found stored, without gaps.");
    }

    /// <summary>A way to append with Marten: to the same streams in each round, or to new ones where it takes no others.</summary>
    private Measurement Marten(string name, MartenWay way, int events, int callers, int batch, CancellationToken cancellationToken)
    {
        var same = new UsageEvents(Workloads);
        UsageEvents Source(int round) => name == BulkInsert ? new UsageEvents(Workloads, $"new-{round}") : same;
        return new(name, _ => AppendEntry.MartenAsync(server, name, way, round => Source(round).Stored(events).Chunk(batch), callers, cancellationToken));
    }

    /// <summary>How long one client waits for the commit of one row: what each append transaction pays at least.</summary>
    private async Task<string> CommitAsync(CancellationToken cancellationToken)
    {
        var connectionString = await server.CreateEmptyAsync(cancellationToken);
        Series times = new();
        await using (var dataSource = NpgsqlDataSource.Create(connectionString))
        {
            await Sql.RunAsync(dataSource, "create table one_row (n int)", cancellationToken);
            for (var i = 0; i < 200; i++)
            {
                var started = Stopwatch.GetTimestamp();
                await Sql.RunAsync(dataSource, "insert into one_row values (1)", cancellationToken);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        await server.DropAsync(connectionString);
        return $"Inserting one row and committing it took {Report.Milliseconds(times.Median)} (p99 {Report.Milliseconds(times.Percentile(0.99))}).";
    }

    private sealed record Measurement(string Name, Func<string, Task<AppendEntry>> OpenAsync);

    private async Task<List<string[]>> MeasureAsync(Measurement[] together, CancellationToken cancellationToken)
    {
        List<AppendEntry> entries = [];
        foreach (var measurement in together)
        {
            entries.Add(await measurement.OpenAsync(measurement.Name));
        }

        var database = await server.CreateDatabaseAsync(new(), cancellationToken);
        var source = new UsageEvents(Workloads);
        var copy = await RawCopy.OpenAsync(server, database, source.Streams, cancellationToken);
        var reference = new Contestant("raw COPY", token => copy.CopyAsync(source.Stored(_events), token));
        await Rounds.RunAsync(_rounds, reference, [.. entries.Select(entry => entry.Contestant)], cancellationToken);
        await copy.DisposeAsync();
        await server.DropAsync(database);
        foreach (var entry in entries)
        {
            await entry.VerifyAsync(cancellationToken);
            await entry.DisposeAsync();
        }

        return [.. entries.Select(entry => Row(entry.Contestant, reference))];
    }

    private static string[] Row(Contestant contestant, Contestant reference) =>
    [
        contestant.Name, Report.Number(contestant.Rates.Median), Report.Number(reference.Rates.Median), Report.Ratio(contestant.Ratios),
        contestant.Latencies.Count == 0 ? "" : Report.Milliseconds(contestant.Latencies.Median),
        contestant.Latencies.Count == 0 ? "" : Report.Milliseconds(contestant.Latencies.Percentile(0.99)),
        Report.Microseconds(contestant.OwnCpu.Median), Report.Microseconds(contestant.ServerCpu.Median), $"{Report.Number(contestant.Allocated.Median)} B",
    ];
}
