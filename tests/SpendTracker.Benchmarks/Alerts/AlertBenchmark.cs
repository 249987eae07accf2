using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Benchmarks.Append;
using SpendTracker.Benchmarks.Sustain;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Benchmarks.Alerts;

/// <summary>
/// The program as it is started, under a steady load: from the acknowledgement of usage that crosses a budget to the webhook
/// that tells it.
/// </summary>
internal sealed class AlertBenchmark(BenchmarkServer server, Report report, bool quick)
{
    private const int Connections = 4;
    private const int Batch = 500;
    private const int EventsASecond = 10_000;
    private const string Channel = "receiver";

    /// <summary>As many as a channel takes in an hour without a digest, less some.</summary>
    private readonly int _crossings = quick ? 5 : 600;
    private readonly int _budgets = quick ? 20 : 1_000;
    private readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);
    private readonly UsageEvents _source = new(500);
    private readonly Series _allowances = new();
    private readonly Series _quietAllowances = new();
    private long _acknowledged;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(new(), cancellationToken);
        var key = await database.Get<ApiKeys>().IssueAsync("benchmarks", Enum.GetValues<Scope>(), [], anySource: false, new Recorder("command:benchmarks"), cancellationToken);
        using var receiver = new WebhookReceiver();
        using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Ports.Free()}")) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var (host, fault) = await HostProgram.ServeAsync(
            client, database.ConnectionString, new() { ["Alerts__AllowedHosts__0"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{receiver.Port}") }, cancellationToken);
        try
        {
            if (fault is not null)
            {
                throw new BenchmarkFailedException(fault);
            }

            await SetUpAsync(database, client, receiver.Port, cancellationToken);
            await RunAsync(database, host.Id, client, key, receiver, cancellationToken);
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync(CancellationToken.None);
            host.Dispose();
        }

        await server.DropAsync(database);
    }

    /// <summary>A channel, budgets that will be crossed, and as many others as make up the number, which the load spends.</summary>
    private async Task SetUpAsync(SpendDatabase database, HttpClient client, int port, CancellationToken cancellationToken)
    {
        using var set = await client.PutAsJsonAsync(
            new Uri($"/api/v1/channels/{Channel}", UriKind.Relative),
            new
            {
                name = "Receiver",
                address = new { kind = "webhook", url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"), secret = "whsec_" + Convert.ToBase64String(new byte[32]) },
                schedule = new { mostPerHour = 1_000 },
            },
            cancellationToken);
        if (!set.IsSuccessStatusCode)
        {
            throw new BenchmarkFailedException(await set.Content.ReadAsStringAsync(cancellationToken));
        }

        var book = database.Get<BudgetBook>();
        for (var i = 0; i < _budgets; i++)
        {
            var crossed = i < _crossings;
            var workload = string.Create(CultureInfo.InvariantCulture, $"{(crossed ? "crossing" : "support-chat")}-{i % 500:000}{(crossed ? $"-{i}" : "")}");
            await book.SetAsync(BudgetOf(i, workload, crossed ? 0.000001m : 1_000_000_000), null, new Recorder("command:benchmarks"), cancellationToken);
        }
    }

    public static BudgetSet BudgetOf(int number, string workload, decimal amount, BudgetPeriodKind kind = BudgetPeriodKind.Month) => new(
        string.Create(CultureInfo.InvariantCulture, $"budget-{number}"), $"Budget {number}",
        new Dictionary<string, IReadOnlyList<string>> { ["workload"] = [workload] },
        new BudgetPeriod(kind, BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Previous.Start.AddMonths(-12).ToString("yyyy-MM", CultureInfo.InvariantCulture)), "USD", amount,
        Thresholds: [new(ThresholdOn.Actual, 100, Channels: [Channel]), new(ThresholdOn.Forecast, 100)]);

    private async Task RunAsync(SpendDatabase database, int hostId, HttpClient client, string key, WebhookReceiver receiver, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        for (var i = 0; i < _budgets; i++)
        {
            var budget = i;
            await UntilAsync(() => IsWatchedAsync(client, budget, cancellationToken), cancellationToken); // They were set beside the host.
        }

        await AskAsync(client, new(), TimeSpan.FromSeconds(1), cancellationToken); // The compiler's.
        await AskAsync(client, _quietAllowances, TimeSpan.FromSeconds(quick ? 1 : 20), cancellationToken);

        Task[] load = [.. Enumerable.Range(0, Connections).Select(_ => Task.Run(() => LoadAsync(client.BaseAddress!.Port, key, over.Token), cancellationToken))];
        await Task.Delay(TimeSpan.FromSeconds(quick ? 1 : 10), cancellationToken); // The compiler's first seconds.
        var started = (At: Stopwatch.GetTimestamp(), Events: Interlocked.Read(ref _acknowledged));
        var asking = AskAsync(client, _allowances, TimeSpan.FromHours(1), over.Token);
        Dictionary<string, long> acknowledged = [];
        for (var i = 0; i < _crossings; i++)
        {
            var workload = string.Create(CultureInfo.InvariantCulture, $"crossing-{i % 500:000}-{i}");
            using var answer = await client.PostAsync(new Uri("/api/v1/usage", UriKind.Relative), UsageOf(workload), cancellationToken);
            acknowledged[$"budget-{i}"] = Stopwatch.GetTimestamp();
            answer.EnsureSuccessStatusCode();
            await Task.Delay(_pause, cancellationToken);
        }

        var rate = (Interlocked.Read(ref _acknowledged) - started.Events) / Stopwatch.GetElapsedTime(started.At).TotalSeconds;
        await UntilAsync(() => Task.FromResult(receiver.Received.Count >= _crossings), cancellationToken);

        var memory = OperatingSystem.IsLinux() ? ProcessMemory.Peak(hostId) : 0;
        await over.CancelAsync();
        await Task.WhenAll([.. load, asking]);
        Print(acknowledged, receiver, rate, memory);
        AnsiConsole.WriteLine(await Sql.ScalarAsync<string>(database.DataSource, "select count(*) || ' crossings in the log' from spend.mt_events where type = 'budget_threshold_crossed'", cancellationToken));
    }

    private static StringContent UsageOf(string workload) => new(
        $$"""{"type":"token_usage_recorded","id":"{{Guid.CreateVersion7()}}","workload":"{{workload}}","approach":"hybrid","provider":"openai","model":"gpt-4o","inputTokens":1000,"outputTokens":100,"usedAt":"{{DateTime.UtcNow:yyyy-MM-dd'T'HH:mm:ss'Z'}}"}""",
        Encoding.UTF8, "application/json");

    /// <summary>Waits for what the host does by itself, for half a minute at most: what is missing then shows in what follows.</summary>
    private static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        for (var patience = Stopwatch.StartNew(); !await holds() && patience.Elapsed < TimeSpan.FromSeconds(30);)
        {
            await Task.Delay(50, cancellationToken); // Asking faster would take the cores that it is done on.
        }
    }

    private static Uri AllowanceOf(int budget) => new($"/api/v1/budgets/budget-{budget}/allowance", UriKind.Relative);

    private static async Task<bool> IsWatchedAsync(HttpClient client, int budget, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync(AllowanceOf(budget), cancellationToken);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>As a gateway does, which wants to know what is left.</summary>
    private async Task AskAsync(HttpClient client, Series latencies, TimeSpan time, CancellationToken over)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; Stopwatch.GetElapsedTime(begun) < time && await timer.WaitForNextTickAsync(over); i++)
            {
                var started = Stopwatch.GetTimestamp();
                using var answer = await client.GetAsync(AllowanceOf(i % _budgets), CancellationToken.None);
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                answer.EnsureSuccessStatusCode();
            }
        }
        catch (OperationCanceledException)
        {
            // Time is up.
        }
    }

    /// <summary>A steady rate: a request each time its turn has come.</summary>
    private async Task LoadAsync(int port, string key, CancellationToken over)
    {
        LoadTemplate template;
        lock (_source)
        {
            template = new LoadTemplate(key, _source.Json(Batch));
        }

        using var connection = new LoadConnection();
        await connection.ConnectAsync(port, CancellationToken.None);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds((double)Connections * Batch / EventsASecond));
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                template.Renew();
                await connection.SendAsync(template.Request, CancellationToken.None);
                Interlocked.Add(ref _acknowledged, Batch);
            }
        }
        catch (OperationCanceledException)
        {
            // Time is up.
        }
    }

    private void Print(Dictionary<string, long> acknowledged, WebhookReceiver receiver, double rate, long memory)
    {
        var missing = acknowledged.Keys.Except(receiver.Received.Keys).ToArray();
        var doubled = receiver.Received.Count(budget => budget.Value.Times > 1);
        if (missing.Length > 0)
        {
            throw new BenchmarkFailedException($"{missing.Length} of {acknowledged.Count} crossings did not arrive, e.g. {missing[0]}.");
        }

        static string[] Row(string name, Series times) =>
        [
            name, Report.Number(times.Count), Report.Milliseconds(times.Median), Report.Milliseconds(times.Percentile(0.95)), Report.Milliseconds(times.Percentile(0.99)),
            Report.Milliseconds(times.Max),
        ];
        var delays = new Series();
        foreach (var (budget, at) in acknowledged)
        {
            delays.Add(Stopwatch.GetElapsedTime(at, receiver.Received[budget].At).TotalMilliseconds);
        }

        report.Table(
            string.Create(CultureInfo.InvariantCulture, $"From acknowledged usage to the webhook, {_budgets:#,0} budgets, {Report.Number(rate)} events/s beside"),
            ["crossings", "min", "median", "p95", "p99", "max", "received twice", "host's memory, peak"],
            [[
                Report.Number(acknowledged.Count), Report.Milliseconds(delays.Min), Report.Milliseconds(delays.Median), Report.Milliseconds(delays.Percentile(0.95)),
                Report.Milliseconds(delays.Percentile(0.99)), Report.Milliseconds(delays.Max), Report.Number(doubled), $"{Report.Number(memory / 1048576.0)} MiB",
            ]]);
        report.Table(
            "Asking for an allowance, 50 times a second", ["", "answers", "median", "p95", "p99", "max"],
            [Row("nothing beside", _quietAllowances), Row("beside the same load", _allowances)]);
        report.Note("One host as a process of its own; it, PostgreSQL, the load and the receiver share the cores. Each crossing is of a budget of its own, 100 ms apart.");
    }
}
