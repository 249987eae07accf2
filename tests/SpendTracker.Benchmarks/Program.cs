using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SpendTracker.Benchmarks;
using SpendTracker.Benchmarks.Access;
using SpendTracker.Benchmarks.Alerts;
using SpendTracker.Benchmarks.Append;
using SpendTracker.Benchmarks.History;
using SpendTracker.Benchmarks.Project;
using SpendTracker.Benchmarks.Query;
using SpendTracker.Benchmarks.Soak;
using SpendTracker.Benchmarks.Sustain;

var quick = new Option<bool>("--quick") { Description = "A smoke run of a few seconds: it proves that the benchmark works, and its figures mean little." };
var events = new Option<int?>("--events") { Description = "Events to project; 500,000 if not given." };
var rounds = new Option<int?>("--rounds") { Description = "Rounds that are counted; some more before, which are not, warm up." };
var only = new Option<string>("--only") { Description = "Only measurements whose name contains this.", DefaultValueFactory = _ => "" };

var commitDelay = new Option<int?>("--commit-delay")
{
    Description = "Microseconds that PostgreSQL waits before each flush of its log, as on a slow disk. Commits that are ready within the wait of another share its flush.",
};

var append = new Command("append", "Appending, directly and over HTTP, against raw COPY.") { quick, rounds, only, commitDelay };
append.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new AppendBenchmark(
        server, report, parsed.GetValue(quick), parsed.GetValue(rounds), parsed.GetRequiredValue(only)).RunAsync(cancellationToken),
    cancellationToken, SlowCommits(parsed.GetValue(commitDelay))));

var project = new Command("project", "Catching up from nothing, against raw COPY.") { quick, rounds, events };
project.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new ProjectBenchmark(server, report, parsed.GetValue(quick), parsed.GetValue(rounds), parsed.GetValue(events)).RunAsync(cancellationToken), cancellationToken));

var query = new Command("query", "The overview's queries and re-rating, on two million daily rows; --only assistant: what an assistant waits for; --only forecast: forecasts and unusual days; --only page: pages in Chromium, on four million.") { quick, only };
query.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new QueryBenchmark(server, report, parsed.GetValue(quick), parsed.GetRequiredValue(only)).RunAsync(cancellationToken), cancellationToken));

var beside = new Command("beside", "What expensive queries take from ingestion at full load.") { quick, rounds };
beside.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new BesideBenchmark(server, report, parsed.GetValue(quick), parsed.GetValue(rounds)).RunAsync(cancellationToken), cancellationToken));

var millions = new Option<string>("--millions") { Description = "Sizes to measure at, in millions of events, ascending.", DefaultValueFactory = _ => "1,10,30" };
var randomIds = new Option<bool>("--random-ids") { Description = "Callers number their records by version 4 UUIDs, and not by version 7 as they are asked to." };
var growth = new Command("growth", "Appending, the overview and the disk as the log grows.") { quick, millions, randomIds };
growth.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new GrowthBenchmark(server, report, parsed.GetValue(quick), parsed.GetRequiredValue(millions), parsed.GetValue(randomIds)).RunAsync(cancellationToken), cancellationToken));

var logged = new Option<int?>("--events") { Description = "Events in the log; 10,000,000 if not given." };
var rebuild = new Command("rebuild", "A rebuild while others read and events come in: no total may be wrong, or fall.") { quick, logged };
rebuild.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new RebuildBenchmark(server, report, parsed.GetValue(quick), parsed.GetValue(logged)).RunAsync(cancellationToken), cancellationToken));

var loaded = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 5 };
var sustain = new Command("sustain", "The program under full load for minutes: rate, lag of the numbers, memory, disk.") { quick, loaded };
sustain.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new SustainBenchmark(server, report, parsed.GetValue(quick), TimeSpan.FromMinutes(parsed.GetValue(loaded))).RunAsync(cancellationToken), cancellationToken));

var alerts = new Command("alerts", "From acknowledged usage to the webhook of the budget that it crosses; and what many budgets take from the projection.") { quick, only };
alerts.SetAction((parsed, cancellationToken) => RunAsync(
    async (server, report) =>
    {
        if (!parsed.GetRequiredValue(only).StartsWith("many", StringComparison.Ordinal))
        {
            await new AlertBenchmark(server, report, parsed.GetValue(quick)).RunAsync(cancellationToken);
        }

        if (!parsed.GetRequiredValue(only).StartsWith("webhook", StringComparison.Ordinal))
        {
            await new ManyBudgetsBenchmark(server, report, parsed.GetValue(quick)).RunAsync(cancellationToken);
        }
    }, cancellationToken));

var access = new Command("access", "Looking at keys and at what a person may.") { quick };
access.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new AccessBenchmark(server, report, parsed.GetValue(quick)).RunAsync(cancellationToken), cancellationToken));

var seed = new Option<int>("--seed") { Description = "Of the first database; the next ones count up from it.", DefaultValueFactory = _ => Random.Shared.Next(1_000_000) };
var minutes = new Option<double>("--minutes") { Description = "How long at least.", DefaultValueFactory = _ => 10 };
var kills = new Option<int>("--kills") { Description = "How many kill -9 at least, of PostgreSQL and of hosts each.", DefaultValueFactory = _ => 0 };
var soak = new Command("soak", "Random calls, faults and kills against a model: nothing may be lost, nothing doubled. Exit code 1 where something is.") { seed, minutes, kills };
soak.SetAction((parsed, cancellationToken) => SoakCommand.RunAsync(
    parsed.GetValue(seed), TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(kills), cancellationToken));

return await new RootCommand("Benchmarks on a PostgreSQL server of their own. The machine's speed drifts, so read the ratios.") { append, project, query, beside, growth, rebuild, sustain, alerts, access, soak }
    .Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(25) });

// Unconditionally: by default PostgreSQL waits only where five other transactions are open.
static Dictionary<string, string> SlowCommits(int? delay) =>
    delay is { } microseconds ? new() { ["commit_delay"] = microseconds.ToString(CultureInfo.InvariantCulture), ["commit_siblings"] = "0" } : [];

static async Task<int> RunAsync(Func<BenchmarkServer, Report, Task> benchmark, CancellationToken cancellationToken, Dictionary<string, string>? settings = null)
{
    await using var server = await BenchmarkServer.StartAsync(settings ?? [], cancellationToken);
    var report = new Report(server.Machine);
    try
    {
        await benchmark(server, report);
    }
    catch (BenchmarkFailedException fault)
    {
        AnsiConsole.WriteLine(fault.Message);
        return 1;
    }

    report.Print();
    return 0;
}
