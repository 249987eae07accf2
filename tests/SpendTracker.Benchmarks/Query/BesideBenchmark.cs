using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Benchmarks.Append;
using SpendTracker.Benchmarks.Soak;
using SpendTracker.Contracts;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Benchmarks.Query;

/// <summary>What expensive queries beside it take from ingestion at full load: alone and with them, in turns, on one host.</summary>
internal sealed class BesideBenchmark(BenchmarkServer server, Report report, bool quick, int? rounds)
{
    private const int Connections = 16;
    private const int Batch = 500;
    private const int Keys = 4;

    /// <summary>Of each key. Twice as many as it may run at a time.</summary>
    private const int Askers = 4;

    private readonly int _dailyRows = quick ? 16_000 : 200_000;
    private readonly int _events = quick ? 2_000 : 400_000;
    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = [];
    private readonly Series _times = new();
    private readonly Lock _lock = new();
    private long _acknowledged;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(new(), cancellationToken);
        var first = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Start.AddMonths(-12);
        await CatchUp.ToTheEndAsync(database, cancellationToken);
        await CostHistory.FillAsync(database.DataSource, _dailyRows, first, cancellationToken);
        await using (var host = await LoadedHost.StartAsync(database, Connections, cancellationToken))
        {
            await MeasureAsync(database, host, BillingPeriod.Of(first), cancellationToken);
        }

        await Stored.VerifyAsync(database.DataSource, "ingestion beside queries", _acknowledged, cancellationToken);
        await server.DropAsync(database);
    }

    private async Task MeasureAsync(SpendDatabase database, LoadedHost host, BillingPeriod month, CancellationToken cancellationToken)
    {
        var source = new UsageEvents(500);
        var alone = new Contestant("ingestion alone", token => LoadAsync(host, source, token));
        var beside = new Contestant("ingestion beside queries", async token =>
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(token);
            var asking = await AskersAsync(database, host.Address, month, over.Token);
            var work = await LoadAsync(host, source, token);
            await over.CancelAsync();
            await Task.WhenAll(asking);
            return work;
        });
        await Rounds.RunAsync(rounds ?? (quick ? 1 : 5), alone, [beside], cancellationToken);
        report.Table(
            "Expensive queries beside ingestion", ["what", "events/s", "alone, events/s", "ratio"],
            [[$"500 events a request, {Connections} connections; {Keys * Askers} askers with {Keys} keys", Report.Number(beside.Rates.Median), Report.Number(alone.Rates.Median), Report.Ratio(beside.Ratios)]]);
        report.Note(
            $"Answers: {string.Join(", ", _answers.OrderBy(answer => answer.Key).Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Value} × {(int)answer.Key}")))}. "
            + (_times.Count == 0 ? "None was a 200." : $"An answer took {Report.Milliseconds(_times.Median)} (p95 {Report.Milliseconds(_times.Percentile(0.95))}), waiting for its turn included."));
    }

    private async Task<Work> LoadAsync(LoadedHost host, UsageEvents source, CancellationToken cancellationToken)
    {
        var requests = host.Requests(source.Json(_events), Batch);
        var work = await Work.MeasureAsync(server, _events, () => host.LoadAsync(requests, cancellationToken));
        _acknowledged += work.Count; // Each was answered 200.
        return work;
    }

    private async Task<Task[]> AskersAsync(SpendDatabase database, Uri address, BillingPeriod month, CancellationToken over)
    {
        string[] questions =
        [
            $"costs?from={month}&to={month.Next}&by=approach&knownOn={DateTime.UtcNow:yyyy-MM-dd}", $"costs/explain?month={month}", $"events?workload=workload-1&month={month}",
        ];
        List<Task> asking = [];
        for (var key = 0; key < Keys; key++)
        {
            var client = new HttpClient { BaseAddress = address };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Bearer", await database.Get<ApiKeys>().IssueAsync($"asker-{key}", [Scope.Read], [], anySource: false, new Recorder("command:benchmarks"), over));
            asking.AddRange(Enumerable.Range(0, Askers).Select(asker => AskAsync(client, questions, asker, over)));
        }

        return [.. asking];
    }

    /// <summary>Asks one question after the other, and comes back when it is told to.</summary>
    private async Task AskAsync(HttpClient client, string[] questions, int first, CancellationToken over)
    {
        try
        {
            for (var i = first; ; i++)
            {
                var started = System.Diagnostics.Stopwatch.GetTimestamp();
                using var answer = await client.GetAsync(new Uri($"api/v1/{questions[i % questions.Length]}", UriKind.Relative), over);
                _answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
                if (answer.IsSuccessStatusCode)
                {
                    lock (_lock)
                    {
                        _times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                    }
                }

                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.Zero, over);
            }
        }
        catch (OperationCanceledException)
        {
            // The round is over.
        }
    }
}
