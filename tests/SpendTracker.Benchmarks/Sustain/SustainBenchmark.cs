using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Benchmarks.Append;
using SpendTracker.Contracts;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Benchmarks.Sustain;

/// <summary>The program as it is started, for minutes at full load: whether it keeps up, and what it takes.</summary>
internal sealed class SustainBenchmark(BenchmarkServer server, Report report, bool quick, TimeSpan time)
{
    private const int Connections = 16;
    private const int Batch = 500;

    /// <summary>Requests that a connection sends in turns.</summary>
    private const int Templates = 4;

    private readonly TimeSpan _time = quick ? TimeSpan.FromSeconds(4) : time;
    private readonly TimeSpan _slice = TimeSpan.FromSeconds(quick ? 1 : 10);
    private readonly UsageEvents _source = new(500);
    private readonly Series _rates = new();
    private readonly Series _latencies = new();
    private long _acknowledged;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(new(), cancellationToken);
        var key = await database.Get<ApiKeys>().IssueAsync("benchmarks", [Scope.Record], [], anySource: false, new Recorder("command:benchmarks"), cancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Ports.Free()}")) };
        var (host, fault) = await HostProgram.ServeAsync(client, database.ConnectionString, [], cancellationToken);
        try
        {
            if (fault is not null)
            {
                throw new BenchmarkFailedException(fault);
            }

            await RunAsync(database, host.Id, client.BaseAddress.Port, key, cancellationToken);
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync(CancellationToken.None);
            host.Dispose();
        }

        await server.DropAsync(database);
    }

    private async Task RunAsync(SpendDatabase database, int hostId, int port, string key, CancellationToken cancellationToken)
    {
        var before = await ServerFigures.ReadAsync(database.DataSource, cancellationToken);
        var probe = new LagProbe(database.DataSource, database.Projections()[0].Checkpoint);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] tasks =
        [
            probe.RunAsync(over.Token), CountAsync(over.Token),
            .. Enumerable.Range(0, Connections).Select(_ => Task.Run(() => LoadAsync(port, key, over.Token), cancellationToken)),
        ];
        await Task.WhenAny([.. tasks, Task.Delay(_time, cancellationToken)]); // A connection only ends early where it fails.
        await over.CancelAsync();
        await Task.WhenAll(tasks);
        var memory = OperatingSystem.IsLinux() ? (Peak: ProcessMemory.Peak(hostId), Now: ProcessMemory.Current(hostId)) : default;
        var drained = await DrainAsync(database, cancellationToken);
        await Stored.VerifyAsync(database.DataSource, "Sustained load", _acknowledged, cancellationToken);
        await Stored.VerifyProjectedAsync(database.DataSource, "Sustained load", cancellationToken);
        Print(probe, memory.Peak, memory.Now, drained, (await ServerFigures.ReadAsync(database.DataSource, cancellationToken)).Since(before));
    }

    private async Task LoadAsync(int port, string key, CancellationToken over)
    {
        LoadTemplate[] templates;
        lock (_source)
        {
            templates = [.. _source.Json(Batch * Templates).Chunk(Batch).Select(events => new LoadTemplate(key, events))];
        }

        using var connection = new LoadConnection();
        await connection.ConnectAsync(port, CancellationToken.None);
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var template = templates[i % Templates];
            template.Renew();
            var started = Stopwatch.GetTimestamp();
            await connection.SendAsync(template.Request, CancellationToken.None); // What is under way is waited for: it must be counted.
            var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            Interlocked.Add(ref _acknowledged, Batch);
            lock (_latencies)
            {
                _latencies.Add(took);
            }
        }
    }

    /// <summary>The rate of each whole slice of the time.</summary>
    private async Task CountAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(_slice);
        var (counted, at) = (0L, Stopwatch.GetTimestamp());
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                var (acknowledged, now) = (Interlocked.Read(ref _acknowledged), Stopwatch.GetTimestamp());
                _rates.Add((acknowledged - counted) / Stopwatch.GetElapsedTime(at, now).TotalSeconds);
                (counted, at) = (acknowledged, now);
                AnsiConsole.WriteLine($"{Report.Number(acknowledged)} events");
            }
        }
        catch (OperationCanceledException)
        {
            // Time is up.
        }
    }

    /// <returns>How long the projections took for what was still waiting, in seconds.</returns>
    private async Task<double> DrainAsync(SpendDatabase database, CancellationToken cancellationToken)
    {
        var (started, patience) = (Stopwatch.GetTimestamp(), Stopwatch.StartNew());
        for (var reached = 0L; reached < _acknowledged && patience.Elapsed < TimeSpan.FromSeconds(15);)
        {
            var projected = await Stored.ProjectedAsync(database.DataSource, cancellationToken);
            if (projected > reached)
            {
                patience.Restart();
            }

            reached = projected;
            await Task.Delay(20, cancellationToken); // The cores are for the host.
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds; // Where something is missing, what follows says what.
    }

    private void Print(LagProbe probe, long peak, long now, double drained, ServerFigures figures)
    {
        string[] Row(string what, Series values, Func<double, string> format) =>
            [what, format(values.Min), format(values.Median), format(values.Percentile(0.99)), format(values.Max)];
        static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";
        static string Megabytes(long bytes) => Report.Number(bytes / 1048576.0) + " MiB";

        report.Table(
            $"{_time.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture)} minutes of full load: {Connections} connections, {Batch} events a request",
            ["what", "min", "median", "p99", "max"],
            [
                Row($"events/s, by {_slice.TotalSeconds:0} s", _rates, Report.Number), Row("answer", _latencies, Report.Milliseconds),
                Row("lag of the numbers", probe.Lags, Seconds),
                .. probe.LagsLater.Count == 0 ? (string[][])[] : [Row("the same without the first 15 s", probe.LagsLater, Seconds)],
            ]);
        report.Table(
            "What it took", ["events", "host's memory, peak", "at the end", "checkpoints", "autovacuums", "WAL, B an event", "database, B an event", "projected after the end"],
            [[
                Report.Number(_acknowledged), Megabytes(peak), Megabytes(now), Report.Number(figures.Checkpoints), Report.Number(figures.Vacuums),
                Report.Number(figures.Wal / (double)_acknowledged), Report.Number(figures.Bytes / (double)_acknowledged), Seconds(drained),
            ]]);
        report.Note(
            "The host is a process of its own; it, PostgreSQL and the client share the cores. Lag: the age of the oldest event that is stored and not in the daily rows, "
            + "looked at every 50 ms. All that was acknowledged was found stored once, without gaps, and projected.");
    }
}
