using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using SpendTracker.Benchmarks.Project;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
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

        Series without = new(), with = new(), ratios = new(), refreshes = new();
        using var listener = new MeterListener { InstrumentPublished = (instrument, me) => { if (instrument.Name == "spendtracker.budget.refresh.duration") { me.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => refreshes.Add(seconds * 1_000));
        listener.Start();
        for (var round = 0; round <= _rounds; round++)
        {
            // Each goes first in turn.
            var watchedFirst = round % 2 == 0 ? await CatchUpWatchedAsync(database, last, cancellationToken) : (double?)null;
            await FromNothing.EmptyAsync(database, cancellationToken);
            var alone = await CatchUpAsync(database, last, cancellationToken);
            var watched = watchedFirst ?? await CatchUpWatchedAsync(database, last, cancellationToken);
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
            ["without, events/s", "with, events/s", "ratio", "a refresh of the watch"],
            [[Report.Number(without.Median), Report.Number(with.Median), Report.Ratio(ratios), Report.Milliseconds(refreshes.Median)]]);
        await server.DropAsync(database);
    }

    private async Task SetBudgetsAsync(SpendDatabase database, CancellationToken cancellationToken)
    {
        var book = database.Get<BudgetBook>();
        await Parallel.ForEachAsync(Enumerable.Range(0, _budgets), cancellationToken, async (i, token) => await book.SetAsync(
            AlertBenchmark.BudgetOf(i, string.Create(CultureInfo.InvariantCulture, $"support-chat-{i % Workloads:000}"), 1_000_000_000, i % 2 == 0 ? BudgetPeriodKind.Month : BudgetPeriodKind.Year),
            null, new Recorder("command:benchmarks"), token));
    }

    private async Task<double> CatchUpWatchedAsync(SpendDatabase database, long last, CancellationToken cancellationToken)
    {
        await FromNothing.EmptyAsync(database, cancellationToken);
        var watch = database.Get<BudgetWatch>();
        await watch.RefreshAsync(cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = watch.RunAsync(over.Token);
        var rate = await CatchUpAsync(database, last, cancellationToken);
        await over.CancelAsync();
        await watching;
        return rate;
    }

    private async Task<double> CatchUpAsync(SpendDatabase database, long last, CancellationToken cancellationToken) =>
        (await FromNothing.CatchUpAsync(server, database, new(), _events, last, cancellationToken)).Rate;
}
