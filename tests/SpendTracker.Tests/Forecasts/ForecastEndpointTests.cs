using System.Net;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Estimates;
using SpendTracker.Events;
using SpendTracker.Forecasts;
using SpendTracker.Plans;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Forecasts;

/// <summary>Forecasts over HTTP and from the command line, recomputed by hand from what was recorded.</summary>
public sealed class ForecastEndpointTests : IAsyncLifetime
{
    /// <summary>A Saturday.</summary>
    private static readonly DateOnly Today = new(2026, 6, 20);

    private readonly FixedClock _clock = new(Given.At(Today));
    private TestHost _host = null!;

    private TestDatabase Database => _host.Database;

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync(await TestDatabase.CreateAsync("UTC", _clock));
        await Database.PublishAsync("openai/own", new(2025, 1, 1), new("input-tokens", 1), new("output-tokens", 0));
        await Database.PublishAsync("azure/host", new(2025, 1, 1), new MeterPrice("hosting-hours", 2));

        // 170 days of 10, at weekends 3; hosting since 1 May at 48 a day; a charge and a training run that are not expected again.
        await RecordAsync([.. Enumerable.Range(1, 170).Select(back => Costing(IsWeekend(Today.AddDays(-back)) ? 3 : 10, Today.AddDays(-back)))]);
        await RecordAsync([.. Days(new(2026, 5, 1), Today).Select(day => new HostingHoursRecorded("search", Approach.FineTuning, "azure/host", 24, Given.At(day, 0), Given.At(day.AddDays(1), 0)))]);
        await RecordAsync(new ChargeRecorded("search", Approach.FineTuning, Component.Other, 500, "USD", Given.At(new(2026, 6, 3))), Costing(7, new(2026, 6, 18), "fresh"), Costing(9, new(2026, 6, 19), "fresh"));

        // Five weeks of setting up, 8 hours a workday, to 9 June; then upkeep on Thursdays.
        await Database.PublishAsync("labour/engineer", new(2025, 1, 1), new MeterPrice("labour-hours", 100));
        await RecordAsync([.. Days(new(2026, 5, 4), new(2026, 6, 9)).Where(day => !IsWeekend(day)).Select(day => Worked(8, LabourActivity.Integration, day))]);
        await RecordAsync(Worked(2, LabourActivity.Maintenance, new(2026, 6, 11)), Worked(2, LabourActivity.Maintenance, new(2026, 6, 18)));
        await _host.GetUntilAsync("/api/v1/costs?where=workload=project&from=2026-06", answer => answer.GetProperty("total").GetProperty("actual").GetDecimal() == 6_000);
        await _host.GetUntilAsync("/api/v1/costs?where=workload=fresh&from=2026-06", answer => answer.GetProperty("total").GetProperty("actual").GetDecimal() == 16);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_forecast_is_what_is_spent_and_what_each_component_of_each_workload_goes_on_to_cost_and_what_is_planned()
    {
        var answer = await _host.GetAsync("/api/v1/forecast?by=workload");
        var chat = RowOf(answer, "chat");

        // 1 to 19 June: 15 weekdays and 4 weekend days; to come, with today: 7 weekdays, 4 weekend days.
        Assert.Equal((162m, 244m), (Of(chat, "month", "spent"), Of(chat, "month", "forecast")));
        Assert.Equal(23 * 10 + 8 * 3, Of(chat.GetProperty("next")[0], "forecast")); // July.
        Assert.InRange(Of(chat, "month", "low"), 162, 243.99m);
        Assert.InRange(Of(chat, "month", "high"), 244.01m, 275);

        // Hosting of today is recorded to its end, and there are ten days to come. The charge counts, and is not expected again.
        var search = RowOf(answer, "search");
        Assert.Equal((500 + (20 * 48), 500 + (30 * 48)), ((int)Of(search, "month", "spent"), (int)Of(search, "month", "forecast")));
        Assert.Equal(31 * 48, Of(search.GetProperty("next")[0], "forecast"));

        // Two days of use: their mean, a rough guess without an interval.
        var fresh = RowOf(answer, "fresh");
        Assert.Equal((16 + (11 * 8), 11 * 8), ((int)Of(fresh, "month", "forecast"), (int)fresh.GetProperty("rough").GetDecimal()));
        Assert.StartsWith("In use for 2 days", fresh.GetProperty("month").GetProperty("whyNoInterval").GetString());
        Assert.False(fresh.GetProperty("month").TryGetProperty("low", out _));

        // Setting up is over; upkeep is expected on Thursday, and on each of July's.
        var project = RowOf(answer, "project");
        Assert.Equal((6_000m, 6_200m, 5 * 200m), (Of(project, "month", "spent"), Of(project, "month", "forecast"), Of(project.GetProperty("next")[0], "forecast")));

        var total = answer.GetProperty("total");
        Assert.Equal(answer.GetProperty("rows").EnumerateArray().Sum(row => Of(row, "month", "forecast")), Of(total, "month", "forecast"));
        var narrowed = (await _host.GetAsync("/api/v1/forecast?where=component=hosting&where=approach=fine-tuning")).GetProperty("total");
        Assert.Equal(30 * 48, Of(narrowed, "month", "forecast"));
        var none = (await _host.GetAsync("/api/v1/forecast?where=workload=nobody&by=component")).GetProperty("total");
        Assert.Equal((0m, "Nothing is in use that is expected to go on."), (Of(none, "month", "forecast"), none.GetProperty("month").GetProperty("whyNoInterval").GetString()));
        await AssertScheduledAsync(); // On the same host.
        await AssertPlannedAsync();
        await AssertEstimatedAsync();
    }

    [Fact]
    public async Task A_price_published_for_the_future_counts_from_its_day_and_usage_that_comes_is_seen_at_once()
    {
        Assert.Equal(244, await MonthAsync("chat"));
        await Database.PublishAsync("openai/own", new(2026, 6, 27), new("input-tokens", 3), new("output-tokens", 0)); // Saturday to Tuesday: 26 at today's price.
        await UntilAsync("chat", 244 + (2 * 26));

        await RecordAsync(Costing(40)); // Today, a Saturday: instead of 3.
        await UntilAsync("chat", 244 + (2 * 26) + 37);
        await RecordAsync(Costing(400, new(2026, 6, 15))); // A Monday: and the next two Mondays a quarter of it, the second at the new price.
        await UntilAsync("chat", 244 + (2 * 26) + 37 + 400 + 100 + 300);
    }

    [Fact]
    public async Task The_backtest_makes_past_forecasts_again_from_what_was_known_on_each_day()
    {
        // All of it was recorded on 20 June: before that day it is history that was imported, known on its own day.
        var answer = await _host.GetAsync("/api/v1/forecast/backtest?from=2026-03&to=2026-05&by=workload");
        Assert.Equal(("2026-03", "2026-05"), (answer.GetProperty("from").GetString(), answer.GetProperty("to").GetString()));
        var chat = RowOf(answer, "chat");
        Assert.Equal(30 + 29 + 30, chat.GetProperty("all").GetProperty("forecasts").GetInt32());
        Assert.Equal((0m, 0m, 1m), (Of(chat, "all", "wape"), Of(chat, "all", "bias"), Of(chat, "all", "coverage")));
        Assert.InRange(Of(chat, "all", "runRateWape"), 0.01m, 0.2m);
        Assert.Equal(1, chat.GetProperty("days")[0].GetProperty("day").GetInt32());
        Assert.Equal(30, RowOf(answer, "search").GetProperty("all").GetProperty("forecasts").GetInt32()); // May, from its first day on.
        Assert.Equal(30, RowOf(answer, "project").GetProperty("all").GetProperty("forecasts").GetInt32());
        Assert.Equal(30 + 29 + 30 + 30 + 30, answer.GetProperty("pooled").GetProperty("all").GetProperty("forecasts").GetInt32());

        // 100 of 5 May was known on that day, 1,000 of 20 May only on 20 June: on 25 May it had stopped at 100, and May came to 1,100.
        _clock.Now = Given.At(new(2026, 5, 5));
        await RecordAsync(Costing(100, new(2026, 5, 5), "late"));
        _clock.Now = Given.At(Today);
        await RecordAsync(Costing(1_000, new(2026, 5, 20), "late"));
        const string Late = "/api/v1/forecast/backtest?from=2026-05&to=2026-05&where=workload=late";
        static JsonElement? May25(JsonElement a) => a.GetProperty("total").GetProperty("days").EnumerateArray().Select(day => (JsonElement?)day).SingleOrDefault(day => day!.Value.GetProperty("day").GetInt32() == 25);
        var may25 = May25(await _host.GetUntilAsync(Late, a => May25(a) is { } day && Of(day, "accuracy", "bias") != 0))!.Value;
        Assert.Equal((0.909091m, -0.909091m), (Of(may25, "accuracy", "wape"), Of(may25, "accuracy", "bias")));

        // 100 tokens of 5 May at 1, the price that was known; on 20 June it was 4 from 1 May on, so May came to 400.
        _clock.Now = Given.At(new(2026, 5, 5));
        await Database.PublishAsync("openai/corrected", new(2026, 1, 1), new("input-tokens", 1), new("output-tokens", 0));
        await RecordAsync(Costing(100, new(2026, 5, 5), "corrected", "corrected"));
        _clock.Now = Given.At(Today);
        await Database.PublishAsync("openai/corrected", new(2026, 5, 1), new("input-tokens", 4), new("output-tokens", 0));
        may25 = May25(await _host.GetUntilAsync(Late.Replace("=late", "=corrected", StringComparison.Ordinal), a => May25(a) is { } day && Of(day, "accuracy", "bias") != 0))!.Value;
        Assert.Equal((0.75m, -0.75m), (Of(may25, "accuracy", "wape"), Of(may25, "accuracy", "bias")));
    }

    [Fact]
    public async Task The_command_says_what_the_API_says()
    {
        using var commands = new CommandFolder(Database);
        var backtest = "/api/v1/forecast/backtest?from=2026-04&to=2026-05&by=component";
        Assert.True(JsonElement.DeepEquals(await _host.GetAsync(backtest), await commands.JsonAsync(0, "forecast", "backtest", "--from", "2026-04", "--to", "2026-05", "--by", "component")));
        Assert.Contains(await commands.RunAsync(1, "forecast", "--by", "planet"), line => line.StartsWith("by: Must be one or several of", StringComparison.Ordinal));
        Assert.Contains(await commands.RunAsync(0, "forecast", "backtest", "--from", "2026-04", "--to", "2026-05", "--by", "workload"), line => line.Contains("chat", StringComparison.Ordinal));
    }

    /// <summary>Seats that came on the 24th of April and May are expected on the 24th of each month to come, and are in the total.</summary>
    private async Task AssertScheduledAsync()
    {
        await RecordAsync([.. new[] { 4, 5 }.Select(month => new ChargeRecorded("seats", Approach.PromptEngineering, Component.Other, 30, "USD", Given.At(new(2026, month, 24))))]);
        var answer = await _host.GetUntilAsync("/api/v1/forecast?by=workload", a => a.GetProperty("rows").EnumerateArray().Any(row => row.TryGetProperty("scheduled", out _)));
        var seats = RowOf(answer, "seats");
        Assert.Equal((0m, 30m, 30m), (Of(seats, "month", "spent"), Of(seats, "month", "forecast"), Of(seats, "month", "scheduled")));
        Assert.Equal((30m, 30m, 60m + (7 * 30)), (Of(seats.GetProperty("next")[0], "forecast"), Of(seats.GetProperty("next")[0], "scheduled"), Of(seats, "year", "forecast")));
        var first = seats.GetProperty("scheduled")[0];
        Assert.Equal(("2026-06-24", 30m, 1, "2026-05-24"), (first.GetProperty("day").GetString(), Of(first, "amount"), first.GetProperty("everyMonths").GetInt32(), first.GetProperty("last").GetString()));
        Assert.Equal((30m, false), (Of(answer.GetProperty("total"), "month", "scheduled"), answer.GetProperty("total").TryGetProperty("scheduled", out _)));
        Assert.False(RowOf(answer, "search").GetProperty("month").TryGetProperty("scheduled", out _)); // Its charge came once.
        Assert.Equal(30, Of((await _host.GetAsync("/api/v1/forecast?where=component=other")).GetProperty("total").GetProperty("next")[0], "forecast"));
    }

    /// <summary>What is planned for a workload is expected in a line of its own, until it is recorded.</summary>
    private async Task AssertPlannedAsync()
    {
        await SubmitAsync("search-2026", "2026-06", "search", new PlanTraining(Amount: new(300), EveryMonths: 2), [new PlanDataset("tickets", Amount: new(900))]);
        await SubmitAsync("idea", "2026-07", "idea", new PlanTraining(Amount: new(50)), []);
        var answer = await _host.GetAsync("/api/v1/forecast?by=workload");
        var search = RowOf(answer, "search");
        Assert.Equal((500 + (30 * 48) + 1_200, 1_200, 31 * 48 + 300, 300), ((int)Of(search, "month", "forecast"), (int)Of(search, "month", "planned"), (int)Of(search.GetProperty("next")[1], "forecast"), (int)Of(search.GetProperty("next")[1], "planned")));
        Assert.False(search.GetProperty("next")[0].TryGetProperty("planned", out _)); // It is hosted already: what the plan says of that adds nothing.
        Assert.Equal(900 + (4 * 300), Of(search, "year", "planned"));
        var first = search.GetProperty("planned")[0];
        Assert.Equal(("search-2026", 1, "2026-06", "dataset-preparation", 900m, 900m), (
            first.GetProperty("plan").GetString(), first.GetProperty("version").GetInt32(), first.GetProperty("month").GetString(), first.GetProperty("component").GetString(), Of(first, "amount"), Of(first, "toCome")));
        var idea = RowOf(answer, "idea"); // Nothing is recorded of it yet, and its hosting begins in July.
        Assert.Equal((0m, 1_490m, 1_440m), (Of(idea, "month", "forecast"), Of(idea.GetProperty("next")[0], "forecast"), Of(idea.GetProperty("next")[1], "forecast")));
        Assert.Equal(1_200, Of(answer.GetProperty("total"), "month", "planned"));
        Assert.Equal(300, Of((await _host.GetAsync("/api/v1/forecast?where=component=training")).GetProperty("total"), "month", "planned"));

        // A third of the training is done: of the month as much is expected as before. What is spent and what is planned are read one after the other.
        await RecordAsync(new ChargeRecorded("search", Approach.FineTuning, Component.Training, 100, "USD", Given.At(Today, 9)));
        search = RowOf(await _host.GetUntilAsync("/api/v1/forecast?by=workload", a => (Of(RowOf(a, "search"), "month", "planned"), (int)Of(RowOf(a, "search"), "month", "spent")) == (1_100, 600 + (20 * 48))), "search");
        Assert.Equal(500 + (30 * 48) + 1_200, (int)Of(search, "month", "forecast"));

        Assert.Empty(await Database.Get<PlanBook>().RetireAsync("search-2026", "Not done.", new Recorder("test"), TestContext.Current.CancellationToken));
        search = RowOf(await _host.GetAsync("/api/v1/forecast?by=workload"), "search");
        Assert.Equal((600 + (30 * 48), false), ((int)Of(search, "month", "forecast"), search.TryGetProperty("planned", out _)));
    }

    /// <summary>Of a workload without a plan its estimate counts, for the approach that it runs, and where history says nothing.</summary>
    private async Task AssertEstimatedAsync()
    {
        EstimateLine[] lines = [new(Component.Usage, 5_000), new(Component.Training, 80), new(Component.DatasetPreparation, 30)];
        var book = Database.Get<EstimateBook>();
        foreach (var (workload, approach) in new[] { ("chat", Approach.PromptEngineering), ("chat", Approach.FineTuning), ("idea", Approach.FineTuning), ("nobody", Approach.FineTuning) })
        {
            await book.SubmitAsync(new(workload, approach, "2026-07", "2027-12", "USD", lines), new Recorder("test"), TestContext.Current.CancellationToken);
        }

        var answer = await _host.GetAsync("/api/v1/forecast?by=workload");
        var chat = RowOf(answer, "chat");
        var july = chat.GetProperty("next")[0];
        Assert.Equal((23 * 10 + 8 * 3 + 110, 110, false), ((int)Of(july, "forecast"), (int)Of(july, "estimated"), july.TryGetProperty("planned", out _)));
        Assert.Equal(
            ["training 80 80", "dataset-preparation 30 30"],
            chat.GetProperty("estimated").EnumerateArray().Where(line => line.GetProperty("month").GetString() == "2026-12")
                .Select(line => $"{line.GetProperty("component").GetString()} {Of(line, "amount"):0} {Of(line, "toCome"):0}"));
        Assert.Equal(1_490m, Of(RowOf(answer, "idea").GetProperty("next")[0], "forecast")); // As its plan says.
        Assert.DoesNotContain(answer.GetProperty("rows").EnumerateArray(), row => row.GetProperty("keys").GetProperty("workload").GetString() == "nobody"); // Neither recorded nor registered.
        Assert.Equal(110, Of((await _host.GetAsync("/api/v1/forecast?where=workload=chat&where=approach=prompt-engineering")).GetProperty("total").GetProperty("next")[0], "estimated"));
    }

    private async Task SubmitAsync(string plan, string from, string workload, PlanTraining training, IReadOnlyList<PlanDataset> datasets)
    {
        var option = new PlanOption(
            "tuned", Approach.FineTuning, [new PlanRoute("openai/own", new(10), new(1))], [new PlanHosting("azure/host", new(720))], datasets, training);
        var submitting = await Database.Get<PlanBook>().SubmitAsync(
            plan, new(new(plan, from, 12, new(1_000), [option]), new(workload, "tuned")), null, new Recorder("test"), TestContext.Current.CancellationToken);
        Assert.Empty(submitting.Reasons);
    }

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static IEnumerable<DateOnly> Days(DateOnly first, DateOnly last) => Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays);

    private static TokenUsageRecorded Costing(long amount, DateOnly? day = null, string workload = "chat", string model = "own") =>
        Given.Tokens(Given.At(day ?? Today, 10), workload, Approach.PromptEngineering, model, amount, 0);

    private static LabourRecorded Worked(decimal hours, LabourActivity activity, DateOnly day) => new("project", Approach.FineTuning, "engineer", hours, activity, Given.At(day, 10));

    private static JsonElement RowOf(JsonElement answer, string workload) =>
        answer.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("keys").GetProperty("workload").GetString() == workload);

    private static decimal Of(JsonElement row, params string[] path) => path.Aggregate(row, (at, name) => at.GetProperty(name)).GetDecimal();

    private async Task<decimal> MonthAsync(string workload) => Of((await _host.GetAsync($"/api/v1/forecast?where=workload={workload}")).GetProperty("total"), "month", "forecast");

    private async Task UntilAsync(string workload, decimal forecast) => Assert.Equal(
        forecast, Of((await _host.GetUntilAsync($"/api/v1/forecast?where=workload={workload}", answer => Of(answer.GetProperty("total"), "month", "forecast") == forecast)).GetProperty("total"), "month", "forecast"));

    private async Task RecordAsync(params IUsageEvent[] usage) => Assert.All(await Database.RecordAsync(usage), result => Assert.Equal(AppendResult.Appended, result));
}
