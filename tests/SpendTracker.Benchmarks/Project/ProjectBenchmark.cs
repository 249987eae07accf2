using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using SpendTracker.Log;

namespace SpendTracker.Benchmarks.Project;

/// <summary>
/// How fast a projection catches up from nothing. Reading costs by the event, writing by the key, so both a log that folds
/// well and one that does not are measured.
/// </summary>
internal sealed class ProjectBenchmark(BenchmarkServer server, Report report, bool quick, int? rounds, int? events)
{
    private static readonly int[] Pages = [20_000, 50_000];

    /// <summary>Its daemon's best of 1,000 to 50,000 events.</summary>
    private const int MartenPage = 5_000;

    private readonly int _events = events ?? (quick ? 6_000 : 1_000_000);
    private readonly int _rounds = rounds ?? (quick ? 1 : 4);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<string[]> rows = [];
        foreach (var eventsAKey in (int[])[15, 3])
        {
            rows.AddRange(await MeasureAsync(eventsAKey, cancellationToken));
        }

        report.Table(
            string.Create(CultureInfo.InvariantCulture, $"Catching up, {_events:#,0} events"),
            ["what", "events/s", "raw COPY, rows/s", "ratio to raw COPY", "CPU here", "CPU in PostgreSQL", "high-water mark"], rows);
        report.Note(
            "The daily-usage projection from nothing to the high-water mark, over one connection. The events were put in by raw COPY, which is the reference: "
            + "one connection, a commit every 5,000 rows. Marten's daemon runs the same fold and the same statements; "
            + "the time of its start and of its own high-water mark is in its figure. The last column is how long the high-water mark took to pass all events, once.");
    }

    /// <param name="eventsAKey">How many events use the same workload, day and variant. Each has three meters, so three daily rows.</param>
    private async Task<List<string[]>> MeasureAsync(int eventsAKey, CancellationToken cancellationToken)
    {
        Entry[] entries = [.. Pages.Select(Own), Marten()];
        Series copyRates = new(), markTimes = new();
        var keys = 0L;
        for (var round = 0; round <= _rounds; round++)
        {
            var database = await server.CreateDatabaseAsync(new(), cancellationToken);
            var source = new FoldingEvents(_events, eventsAKey);
            var copied = await source.FillAsync(server, database, cancellationToken);
            var started = Stopwatch.GetTimestamp();
            using var mark = new HighWaterMark(database.DataSource, database.Options.Events, NullLogger<HighWaterMark>.Instance);
            var last = await mark.AdvanceAsync(cancellationToken);
            var marked = Stopwatch.GetElapsedTime(started);

            // Each goes first in turn: the first one after filling finds a server that still writes the rows to disk.
            foreach (var (contestant, catchUpAsync) in round % 2 == 0 ? entries : entries.AsEnumerable().Reverse())
            {
                await FromNothing.EmptyAsync(database, cancellationToken);
                var work = await catchUpAsync(database, last, cancellationToken);
                keys = await VerifyAsync(database, source, cancellationToken);
                AnsiConsole.WriteLine($"{(round == 0 ? "warm-up" : $"round {round}")}: raw COPY {Report.Number(copied)}/s, {contestant.Name} {Report.Number(work.Rate)}/s");
                if (round > 0) // The first one warms up.
                {
                    contestant.Add(work, copied);
                    copyRates.Add(copied);
                    markTimes.Add(marked.TotalMilliseconds);
                }
            }

            await server.DropAsync(database);
        }

        return [.. entries.Select(entry => entry.Contestant).Select(page => (string[])
        [
            string.Create(CultureInfo.InvariantCulture, $"{(double)keys / _events:0.0} daily rows an event, {page.Name}"),
            Report.Number(page.Rates.Median), Report.Number(copyRates.Median), Report.Ratio(page.Ratios), Report.Microseconds(page.OwnCpu.Median), Report.Microseconds(page.ServerCpu.Median), Report.Milliseconds(markTimes.Median),
        ])];
    }

    /// <param name="CatchUpAsync">Projects everything up to the high-water mark, which it is given.</param>
    private sealed record Entry(Contestant Contestant, Func<SpendDatabase, long, CancellationToken, Task<Work>> CatchUpAsync);

    private Entry Own(int page) => new(
        Named($"{page:#,0} a page"),
        (database, last, token) => FromNothing.CatchUpAsync(server, database, new() { PageEvents = page }, _events, last, token));

    private Entry Marten() => new(
        Named($"Marten's daemon, {MartenPage:#,0} a page"),
        (database, last, token) => MartenFold.CatchUpAsync(server, database, MartenPage, _events, last, token));

    private static Contestant Named(FormattableString name) => new(name.ToString(CultureInfo.InvariantCulture), _ => throw new NotSupportedException());

    /// <returns>How many daily rows there are.</returns>
    private static async Task<long> VerifyAsync(SpendDatabase database, FoldingEvents source, CancellationToken cancellationToken)
    {
        var tokens = await Sql.ScalarAsync<decimal>(
            database.DataSource, "select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where meter in ('input-tokens', 'output-tokens')", cancellationToken);
        return tokens == source.Tokens
            ? await Sql.ScalarAsync<long>(database.DataSource, "select count(*) from spend.daily_usage", cancellationToken)
            : throw new BenchmarkFailedException($"{source.Tokens} tokens were recorded, and {tokens} were projected.");
    }
}
