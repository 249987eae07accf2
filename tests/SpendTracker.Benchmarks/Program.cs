using System.CommandLine;
using Spectre.Console;
using SpendTracker.Benchmarks;
using SpendTracker.Benchmarks.Append;
using SpendTracker.Benchmarks.Project;
using SpendTracker.Benchmarks.Query;
using SpendTracker.Benchmarks.Soak;

var quick = new Option<bool>("--quick") { Description = "A smoke run of a few seconds: it proves that the benchmark works, and its figures mean little." };
var events = new Option<int?>("--events") { Description = "Events to project; 500,000 if not given." };
var rounds = new Option<int?>("--rounds") { Description = "Rounds that are counted; some more before, which are not, warm up." };
var only = new Option<string>("--only") { Description = "Only measurements whose name contains this.", DefaultValueFactory = _ => "" };

var append = new Command("append", "Appending, directly and over HTTP, against raw COPY.") { quick, rounds, only };
append.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new AppendBenchmark(server, report, parsed.GetValue(quick), parsed.GetValue(rounds), parsed.GetRequiredValue(only)).RunAsync(cancellationToken), cancellationToken));

var project = new Command("project", "Catching up from nothing, against raw COPY.") { quick, rounds, events };
project.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new ProjectBenchmark(server, report, parsed.GetValue(quick), parsed.GetValue(rounds), parsed.GetValue(events)).RunAsync(cancellationToken), cancellationToken));

var query = new Command("query", "The overview's queries and re-rating, on two million daily rows.") { quick };
query.SetAction((parsed, cancellationToken) => RunAsync(
    (server, report) => new QueryBenchmark(server, report, parsed.GetValue(quick)).RunAsync(cancellationToken), cancellationToken));

var seed = new Option<int>("--seed") { Description = "Of the first database; the next ones count up from it.", DefaultValueFactory = _ => Random.Shared.Next(1_000_000) };
var minutes = new Option<double>("--minutes") { Description = "How long at least.", DefaultValueFactory = _ => 10 };
var kills = new Option<int>("--kills") { Description = "How many kill -9 at least, of PostgreSQL and of hosts each.", DefaultValueFactory = _ => 0 };
var soak = new Command("soak", "Random calls, faults and kills against a model: nothing may be lost, nothing doubled. Exit code 1 where something is.") { seed, minutes, kills };
soak.SetAction((parsed, cancellationToken) => SoakCommand.RunAsync(
    parsed.GetValue(seed), TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(kills), cancellationToken));

return await new RootCommand("Benchmarks on a PostgreSQL server of their own. The machine's speed drifts, so read the ratios.") { append, project, query, soak }
    .Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(25) });

static async Task<int> RunAsync(Func<BenchmarkServer, Report, Task> benchmark, CancellationToken cancellationToken)
{
    await using var server = await BenchmarkServer.StartAsync(cancellationToken);
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
