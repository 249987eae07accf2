using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using SpendTracker.Access;
using SpendTracker.Anomalies;
using SpendTracker.Benchmarks.Append;
using SpendTracker.Benchmarks.Soak;
using SpendTracker.Closing;
using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Forecasts;
using SpendTracker.Log;
using SpendTracker.Rates;
using SpendTracker.Settings;

namespace SpendTracker.Benchmarks.Query;

/// <summary>How long the overview waits for its numbers, and how long a new price takes to reach a year of them.</summary>
/// <param name="only"><c>assistant</c> for what an assistant waits, <c>forecast</c> for forecasts and unusual days, <c>page</c> for pages in a browser, and nothing else.</param>
internal sealed class QueryBenchmark(BenchmarkServer server, Report report, bool quick, string only = "")
{
    private const string Reference = "select count(*) from monthly_cost";

    private static readonly string[] Columns = ["what", "runs", "median", "p95", "count(*) of monthly_cost", "times as long as that"];

    private readonly int _dailyRows = quick ? 50_000 : 2_000_000;
    private readonly int _runs = quick ? 2 : 200;
    private readonly int _warmUp = quick ? 1 : 20;
    private readonly int _rates = quick ? 2 : 7;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(new(), cancellationToken);
        var first = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Start.AddMonths(-12);
        await CatchUp.ToTheEndAsync(database, cancellationToken); // The settings: what the reporting currency is.
        var pages = only.StartsWith("page", StringComparison.Ordinal);
        await CostHistory.FillAsync(database.DataSource, pages ? 2 * _dailyRows : _dailyRows, first, cancellationToken); // Twice as many: more than 500 workloads.
        var (from, to) = (BillingPeriod.Of(first), BillingPeriod.Of(first.AddMonths(11)));
        if (only.StartsWith("assistant", StringComparison.Ordinal))
        {
            report.Table("Queries", Columns, await AssistantAsync(database, first.AddDays(CostHistory.Days), cancellationToken));
            await server.DropAsync(database);
            return;
        }

        if (pages)
        {
            report.Table("Pages", Columns, await PagesAsync(database, first.AddDays(CostHistory.Days - 1), cancellationToken));
            await server.DropAsync(database);
            return;
        }

        if (only.StartsWith("forecast", StringComparison.Ordinal))
        {
            var today = first.AddDays(CostHistory.Days);
            report.Table("Queries", Columns, [.. await ForecastAsync(database, today, cancellationToken), .. await WatchAsync(database, today, cancellationToken)]);
            await server.DropAsync(database);
            return;
        }

        var costs = database.Get<MonthlyCostQuery>();
        await VerifyAsync(database, costs, new CostFilter(from, to), cancellationToken);
        List<string[]> rows =
        [
            await QueryAsync("12 months by approach", database, costs, new CostFilter(from, to), ["approach"], cancellationToken),
            await QueryAsync("1 month by workload and component", database, costs, new CostFilter(to, to), ["workload", "component"], cancellationToken),
            await CompareAsync("Comparing 3 months of one workload", database, new CostFilter(BillingPeriod.Of(to.Start.AddMonths(-2)), to) { Where = new Dictionary<string, IReadOnlyList<string>> { ["workload"] = ["workload-5"] } }, cancellationToken),
            await CompareAsync("Comparing 3 months of a team", database, new CostFilter(BillingPeriod.Of(to.Start.AddMonths(-2)), to) { Where = new Dictionary<string, IReadOnlyList<string>> { ["team"] = ["team-5"] } }, cancellationToken),
            await CompareAsync("Comparing 12 months of all workloads", database, new CostFilter(from, to), cancellationToken),
            await ReRateAsync(database, first, cancellationToken),
            await PreviewAsync(database, first, cancellationToken),
            await KnownAsync("12 months by approach, as known on a day", database, costs, new CostFilter(from, to) { KnownOn = DateOnly.FromDateTime(DateTime.UtcNow) }, cancellationToken),
            await ExplainAsync(database, from, cancellationToken),
            .. await ForecastAsync(database, first.AddDays(CostHistory.Days), cancellationToken),
            .. await AssistantAsync(database, first.AddDays(CostHistory.Days), cancellationToken),
        ];
        await CloseAsync(database, from, to, cancellationToken);
        rows.Add(await QueryAsync("12 months by approach, 11 of them closed", database, costs, new CostFilter(from, to), ["approach"], cancellationToken));
        report.Table("Queries", Columns, rows);
        report.Table("Tables", ["table", "rows", "MiB, indexes included"], await SizesAsync(database, cancellationToken));
        report.Note(
            $"Daily rows were made by SQL, not from events; their amounts are by the projection's own statement. Re-rating goes the real way: a published rate, then the projection, "
            + $"for one of 25 models that the workloads share, all of the {CostHistory.Days} days.");
        await server.DropAsync(database);
    }

    private async Task<string[]> QueryAsync(
        string name, SpendDatabase database, MonthlyCostQuery costs, CostFilter filter, string[] by, CancellationToken cancellationToken)
    {
        CostDimension[] dimensions = [.. by.Select(dimension => CostDimension.Find(dimension)!)];
        return await MeasureAsync(name, _runs, _warmUp, database, async () =>
        {
            if ((await costs.ByAsync(filter, dimensions, cancellationToken)).Count == 0)
            {
                throw new BenchmarkFailedException($"{name}: no rows.");
            }
        }, cancellationToken);
    }

    private Task<string[]> CompareAsync(string name, SpendDatabase database, CostFilter filter, CancellationToken cancellationToken)
    {
        var comparisons = database.Get<ComparisonQuery>();
        return MeasureAsync(name, _runs, _warmUp, database, async () =>
        {
            if ((await comparisons.OfAsync(new(filter), cancellationToken)).Total is not { Requests: > 0, Success: not null, Quality.Count: 1, OneOff: > 0 })
            {
                throw new BenchmarkFailedException($"{name}: something is missing.");
            }
        }, cancellationToken);
    }

    private Task<string[]> KnownAsync(string name, SpendDatabase database, MonthlyCostQuery costs, CostFilter filter, CancellationToken cancellationToken) =>
        MeasureAsync(name, _rates, warmUp: 1, database, () => costs.ByAsync(filter, [CostDimension.Find("approach")!], cancellationToken), cancellationToken);

    private Task<string[]> ExplainAsync(SpendDatabase database, BillingPeriod month, CancellationToken cancellationToken)
    {
        var explain = database.Get<ExplainQuery>();
        return MeasureAsync("Explaining a month", _rates, warmUp: 1, database, async () =>
        {
            var explanation = await explain.OfAsync(month, month.End, DateOnly.FromDateTime(DateTime.UtcNow), null, cancellationToken);
            if (!explanation.AddsUp)
            {
                throw new BenchmarkFailedException($"{explanation.Month} does not add up: {explanation.Before} + {explanation.Explained} is not {explanation.After}.");
            }
        }, cancellationToken);
    }

    /// <summary>On the first day without usage. The first answer of a host reads all days, those after it what has changed.</summary>
    private async Task<List<string[]>> ForecastAsync(SpendDatabase database, DateOnly today, CancellationToken cancellationToken)
    {
        var clock = new ReportingClock(database.Settings, new StoppedClock(today));
        var costs = new MonthlyCostQuery(database.DataSource, clock);
        CostDimension[] by = [CostDimension.Find("workload")!, CostDimension.Find("component")!];
        ForecastQuery Cold() => new(database.DataSource, new DailyCostReading(database.DataSource), costs, clock);
        var (warm, scopes, tested) = (Cold(), 0, 0);
        async Task ForecastAsync(ForecastQuery query) => scopes = (await query.ByAsync(by, new Dictionary<string, IReadOnlyList<string>>(), cancellationToken)).Rows.Count;
        var year = BillingPeriod.Of(today.AddMonths(-12));
        List<string[]> rows =
        [
            await MeasureAsync("Forecasts by workload and component, the first answer of a host", _rates, warmUp: 1, database, () => ForecastAsync(Cold()), cancellationToken),
            await MeasureAsync("The same, any other answer", _rates, warmUp: 1, database, () => ForecastAsync(warm), cancellationToken),
            await MeasureAsync("Backtest of a year by workload, every day", quick ? 1 : 3, warmUp: 0, database, async () =>
                tested = (await warm.BacktestAsync(by[..1], new Dictionary<string, IReadOnlyList<string>>(), year, BillingPeriod.Of(today), null, cancellationToken)).Rows.Count, cancellationToken),
        ];
        report.Note($"Forecasts of {Report.Number(scopes)} scopes, backtest of {Report.Number(tested)}.");
        return rows;
    }

    /// <summary>The watch for unusual days: a host's first look reads, and the next one judges all of it.</summary>
    private async Task<List<string[]>> WatchAsync(SpendDatabase database, DateOnly today, CancellationToken cancellationToken)
    {
        var time = new StoppedClock(today);
        AnomalyWatch Fresh() => new(
            database.DataSource, database.Get<EventStore>(), database.Get<AnomalyBook>(), database.Settings, new ReportingClock(database.Settings, time), time, new AnomalyOptions([]),
            NullLogger<AnomalyWatch>.Instance);
        var watch = Fresh();
        await watch.LookAsync(cancellationToken);
        await watch.LookAsync(cancellationToken); // Records what it finds, so that the measured ones find nothing new.
        var with = GC.GetTotalMemory(true);
        watch = Fresh(); // What it kept goes: what others left behind had gone before.
        var taken = with - GC.GetTotalMemory(true);
        List<string[]> rows =
        [
            await MeasureAsync("Unusual days, the first look of a host", _rates, warmUp: 0, database, () => (watch = Fresh()).LookAsync(cancellationToken), cancellationToken),
            await MeasureAsync("Judging all workloads and meters", 1, warmUp: 0, database, () => watch.LookAsync(cancellationToken), cancellationToken),
        ];
        report.Note($"What the watch keeps takes {Report.Number(taken / 1048576.0)} MiB; {Report.Number(await Sql.ScalarAsync<long>(database.DataSource, "select count(*) from anomaly", cancellationToken))} found.");
        return rows;
    }

    /// <summary>What an assistant waits for an answer: over HTTP and its protocol, from a host on the first day without usage.</summary>
    private async Task<List<string[]>> AssistantAsync(SpendDatabase database, DateOnly today, CancellationToken cancellationToken)
    {
        await using var opened = await SpendDatabase.OpenAsync(new() { ConnectionString = database.Options.ConnectionString, Clock = new StoppedClock(today) }, cancellationToken);
        await using var host = await LoadedHost.StartAsync(opened, 0, cancellationToken);
        var key = await opened.Get<ApiKeys>().IssueAsync("assistant", [Scope.Read], [], anySource: false, new Recorder("command:benchmarks"), cancellationToken);
        await using var assistant = await McpClient.CreateAsync(
            new HttpClientTransport(new() { Endpoint = new Uri(host.Address, "mcp"), TransportMode = HttpTransportMode.StreamableHttp, AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" } }),
            cancellationToken: cancellationToken);
        var month = BillingPeriod.Of(today);
        List<string[]> rows = [];
        foreach (var (name, tool, arguments) in ((string, string, (string, object?)[])[])
        [
            ("12 months by approach", "get_costs", [("from", $"{BillingPeriod.Of(today.AddMonths(-12))}"), ("to", $"{month.Previous}")]),
            ("1 month by workload and component", "get_costs", [("from", $"{month.Previous}"), ("by", "workload,component")]),
            ("3 months of one workload", "compare", [("from", $"{BillingPeriod.Of(today.AddMonths(-3))}"), ("to", $"{month.Previous}"), ("where", "workload=workload-5")]),
            ("the organisation", "get_forecast", []),
            ("by team", "get_forecast", [("by", "team")]),
            ("by workload", "get_forecast", [("by", "workload")]),
        ])
        {
            rows.Add(await MeasureAsync($"An assistant's {tool}, {name}", quick ? 2 : 100, warmUp: quick ? 1 : 5, database, async () =>
            {
                var answer = await assistant.CallToolAsync(tool, arguments.ToDictionary(argument => argument.Item1, argument => argument.Item2), cancellationToken: cancellationToken);
                if (answer.IsError == true)
                {
                    throw new BenchmarkFailedException($"{tool}: {(answer.Content[0] as TextContentBlock)?.Text}");
                }
            }, cancellationToken));
        }

        return rows;
    }

    /// <summary>What the server takes for a page, and what open pages take of its memory: a host on the last day with usage, and Chromium.</summary>
    private async Task<List<string[]>> PagesAsync(SpendDatabase database, DateOnly today, CancellationToken cancellationToken)
    {
        const int Open = 20;
        await using var opened = await SpendDatabase.OpenAsync(new() { ConnectionString = database.Options.ConnectionString, Clock = new StoppedClock(today) }, cancellationToken);
        await using var host = await LoadedHost.StartAsync(opened, 0, cancellationToken);
        var token = await opened.Get<SignInLinks>().IssueAsync("benchmarks", Contracts.Role.Admin, new Recorder("command:benchmarks"), cancellationToken);
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = Environment.UserName == "root" ? ["--no-sandbox"] : [] });
        await using var browser = await chromium.NewContextAsync(new() { BaseURL = $"{host.Address}" });
        var signedIn = await browser.APIRequest.PostAsync("sign-in", new() { Form = browser.APIRequest.CreateFormData().Set("token", token), MaxRedirects = 0 });
        List<string[]> rows = [];
        foreach (var (name, path) in ((string, string)[])[("Overview", ""), ("Costs, a year by workload", $"costs?from={BillingPeriod.Of(today.AddMonths(-12))}&to={BillingPeriod.Of(today)}&by=workload"), ("Not in the totals", "unpriced")])
        {
            rows.Add(await MeasureAsync($"{name}, the whole page", quick ? 2 : 100, warmUp: quick ? 1 : 10, database, async () =>
            {
                var answer = await browser.APIRequest.GetAsync(path);
                if (!answer.Ok || !(await answer.TextAsync()).Contains("</html>", StringComparison.Ordinal))
                {
                    throw new BenchmarkFailedException($"{name}: {answer.Status} after signing in with {signedIn.Status}.");
                }
            }, cancellationToken));
        }

        var first = await OpenAsync(); // What all of them share is read by one before.
        var before = GC.GetTotalMemory(true);
        for (var n = 0; n < Open; n++)
        {
            await OpenAsync();
        }

        report.Note($"An open overview takes {(GC.GetTotalMemory(true) - before) / 1048576.0 / Open:0.00} MiB of {Open} beside the first; {await first.Locator("tr").CountAsync()} rows in it.");
        return rows;

        async Task<IPage> OpenAsync()
        {
            var page = await browser.NewPageAsync();
            await page.GotoAsync("");
            await page.Locator("main[data-answers]").WaitForAsync(new() { Timeout = 60_000 });
            return page;
        }
    }

    private sealed class StoppedClock(DateOnly day) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(day.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero);
    }

    private Task<string[]> PreviewAsync(SpendDatabase database, DateOnly first, CancellationToken cancellationToken)
    {
        var preview = database.Get<RatePreview>();
        var rate = new RatePublished(CostHistory.Sku, first, "USD", [new("input-tokens", 9, 1_000_000)], "Benchmark");
        return MeasureAsync("Previewing that", _rates, warmUp: 1, database, () => preview.OfAsync([rate], cancellationToken), cancellationToken);
    }

    /// <summary>All months but the last, as finance would.</summary>
    private static async Task CloseAsync(SpendDatabase database, BillingPeriod from, BillingPeriod to, CancellationToken cancellationToken)
    {
        await CatchUp.ToTheEndAsync(database, cancellationToken);
        var periods = database.Get<BillingPeriods>();
        for (var month = from; month < to; month = month.Next)
        {
            var (closing, reasons) = await periods.CloseAsync(month, new CloseRequest("Month end.", true, true), new Recorder("command:benchmarks"), cancellationToken);
            if (closing is null)
            {
                throw new BenchmarkFailedException($"{month} cannot be closed: {reasons[0].Reason}");
            }

            await CatchUp.ToTheEndAsync(database, cancellationToken);
        }

        foreach (var table in (string[])["monthly_cost", "closed_cost", "period_closing"])
        {
            await Sql.RunAsync(database.DataSource, $"vacuum analyze {table}", cancellationToken);
        }
    }

    private async Task<string[]> ReRateAsync(SpendDatabase database, DateOnly first, CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        var projection = new ProjectionRun(connection, new CostProjection(TimeZoneInfo.Utc), new());
        using var mark = new HighWaterMark(database.DataSource, new(), NullLogger<HighWaterMark>.Instance);
        await projection.CatchUpAsync(await mark.AdvanceAsync(cancellationToken), null, cancellationToken);
        var prices = database.Get<PriceBook>();
        var price = 1m;
        return await MeasureAsync("Re-rating one SKU over a year", _rates, warmUp: 1, database, async () =>
        {
            price += 0.25m;
            var before = await AmountAsync(database, cancellationToken);
            var started = Stopwatch.GetTimestamp();
            var rate = new RatePublished(CostHistory.Sku, first, "USD", [new("input-tokens", price, 1_000_000)], "Benchmark");
            await prices.PublishAsync(rate, new Recorder("command:benchmarks"), cancellationToken);
            await projection.CatchUpAsync(await mark.AdvanceAsync(cancellationToken), null, cancellationToken);
            var took = Stopwatch.GetElapsedTime(started);
            if (before == await AmountAsync(database, cancellationToken))
            {
                throw new BenchmarkFailedException("A new rate changed nothing.");
            }

            return took;
        }, cancellationToken);
    }

    private static Task<string[]> MeasureAsync(
        string name, int runs, int warmUp, SpendDatabase database, Func<Task> runAsync, CancellationToken cancellationToken) =>
        MeasureAsync(name, runs, warmUp, database, async () =>
        {
            var started = Stopwatch.GetTimestamp();
            await runAsync();
            return Stopwatch.GetElapsedTime(started);
        }, cancellationToken);

    private static async Task<string[]> MeasureAsync(
        string name, int runs, int warmUp, SpendDatabase database, Func<Task<TimeSpan>> runAsync, CancellationToken cancellationToken)
    {
        Series times = new(), references = new(), ratios = new();
        for (var run = -warmUp; run < runs; run++)
        {
            var started = Stopwatch.GetTimestamp();
            await Sql.ScalarAsync<long>(database.DataSource, Reference, cancellationToken);
            var reference = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var time = (await runAsync()).TotalMilliseconds;
            if (run >= 0)
            {
                references.Add(reference);
                times.Add(time);
                ratios.Add(time / reference);
            }
        }

        return
        [
            name, Report.Number(runs), Report.Milliseconds(times.Median), Report.Milliseconds(times.Percentile(0.95)), Report.Milliseconds(references.Median),
            ratios.Median.ToString("0.0", CultureInfo.InvariantCulture),
        ];
    }

    /// <summary>The months must be the sum of their days at the rates of the days, worked out here in another way.</summary>
    private static async Task VerifyAsync(SpendDatabase database, MonthlyCostQuery costs, CostFilter filter, CancellationToken cancellationToken)
    {
        var expected = await Sql.ScalarAsync<decimal>(
            database.DataSource,
            """
            with period as (select *, lead(effective_from, 1, 'infinity') over (partition by sku, meter order by effective_from) as until from rate)
            select trim_scale(sum(quantity * unit_price)) from daily_usage as u join cost_line using (line_id) join period as r using (tenant_id, sku, meter)
            where u.day >= r.effective_from and u.day < r.until and u.day < (select max(month) + interval '1 month' from monthly_cost)
            """,
            cancellationToken);
        var months = await costs.ByAsync(filter with { To = filter.To.Next }, [], cancellationToken);
        if (Math.Round(months.Sum(month => month.Actual) - expected, 3) != 0) // Sums of billions are read to millionths.
        {
            throw new BenchmarkFailedException($"The days cost {expected}, and the months {months.Sum(month => month.Actual)}.");
        }
    }

    private static Task<decimal> AmountAsync(SpendDatabase database, CancellationToken cancellationToken) =>
        Sql.ScalarAsync<decimal>(database.DataSource, $"select sum(amount) from monthly_cost where tenant_id = '*DEFAULT*' and sku = '{CostHistory.Sku}'", cancellationToken);

    private static async Task<List<string[]>> SizesAsync(SpendDatabase database, CancellationToken cancellationToken)
    {
        List<string[]> rows = [];
        foreach (var table in (string[])["cost_line", "daily_usage", "daily_outcome", "monthly_cost", "rate", "workload"])
        {
            var count = await Sql.ScalarAsync<long>(database.DataSource, $"select count(*) from {table}", cancellationToken);
            var bytes = await Sql.ScalarAsync<long>(database.DataSource, $"select pg_total_relation_size('{table}')", cancellationToken);
            rows.Add([table, Report.Number(count), Report.Number(bytes / 1048576.0)]);
        }

        return rows;
    }
}
