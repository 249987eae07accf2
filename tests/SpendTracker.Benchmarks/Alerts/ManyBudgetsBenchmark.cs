using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using SpendTracker.Benchmarks.Project;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Events;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Benchmarks.Alerts;

/// <summary>What many budgets take from the projection: catching up with a watch over them beside, and without, in turns.</summary>
internal sealed class ManyBudgetsBenchmark(BenchmarkServer server, Report report, bool quick)
{
    private const int Workloads = 200;

    private readonly int _events = quick ? 24_000 : 500_000;
    private readonly int _budgets = quick ? 1_000 : 10_000;
    private readonly int _rounds = quick ? 1 : 5;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(new(), cancellationToken);
        await new FoldingEvents(_events, 15).FillAsync(server, database, cancellationToken);
        await SetBudgetsAsync(database, cancellationToken);
        using var mark = new HighWaterMark(database.DataSource, database.Options.Events, NullLogger<HighWaterMark>.Instance);
        var last = await mark.AdvanceAsync(cancellationToken);
        await using (var connection = await database.DataSource.OpenConnectionAsync(cancellationToken))
        {
            await new ProjectionRun(connection, new BudgetProjection(), new EventStoreOptions()).CatchUpAsync(last, null, cancellationToken);
        }

        Series without = new(), with = new(), ratios = new();
        for (var round = 0; round <= _rounds; round++)
        {
            var alone = await CatchUpAsync(database, last, cancellationToken);
            double watched;
            using (var watch = database.CreateBudgetWatch())
            {
                await watch.RefreshAsync(cancellationToken);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var watching = watch.RunAsync(over.Token);
                watched = await CatchUpAsync(database, last, cancellationToken);
                await over.CancelAsync();
                await watching;
            }

            AnsiConsole.WriteLine($"{(round == 0 ? "warm-up" : $"round {round}")}: without {Report.Number(alone)}/s, with {Report.Number(watched)}/s");
            if (round > 0)
            {
                without.Add(alone);
                with.Add(watched);
                ratios.Add(watched / alone);
            }
        }

        report.Table(
            string.Create(CultureInfo.InvariantCulture, $"Catching up, {_events:#,0} events, beside a watch over {_budgets:#,0} budgets"),
            ["without, events/s", "with, events/s", "ratio"], [[Report.Number(without.Median), Report.Number(with.Median), Report.Ratio(ratios)]]);
        await server.DropAsync(database);
    }

    private async Task SetBudgetsAsync(SpendDatabase database, CancellationToken cancellationToken)
    {
        var book = new BudgetBook(database.DataSource, database.Store);
        await Parallel.ForEachAsync(Enumerable.Range(0, _budgets), cancellationToken, async (i, token) => await book.SetAsync(
            AlertBenchmark.BudgetOf(i, string.Create(CultureInfo.InvariantCulture, $"support-chat-{i % Workloads:000}"), 1_000_000_000, i % 2 == 0 ? BudgetPeriodKind.Month : BudgetPeriodKind.Year),
            null, new Recorder("command:benchmarks"), token));
    }

    private async Task<double> CatchUpAsync(SpendDatabase database, long last, CancellationToken cancellationToken) =>
        (await FromNothing.CatchUpAsync(server, database, new(), _events, last, cancellationToken)).Rate;
}
