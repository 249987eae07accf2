using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Workloads;
using static SpendTracker.Tests.Budgets.WatchedBudgets;

namespace SpendTracker.Tests.Budgets;

public sealed class BudgetFigureTests : WatchTests
{
    [Fact]
    public async Task A_scope_covers_what_has_one_of_its_values_in_every_dimension_and_follows_the_registry()
    {
        await RegisterAsync("chat", "support", "cc-1", ("product", "shop"));
        await RegisterAsync("search", "web", "cc-2", ("product", "shop"));
        await SetAllAsync(
            ("organisation", Scope()), ("team", Scope(("team", "support"))), ("either", Scope(("team", "support"), ("team", "web"))), ("cost-centre", Scope(("cost-centre", "cc-2"))),
            ("tag", Scope(("tag.product", "shop"))), ("approach", Scope(("approach", "hybrid"))), ("combined", Scope(("tag.product", "shop"), ("approach", "hybrid"))),
            ("model", Scope(("model", "openai/own"))), ("unregistered", Scope(("team", "(unregistered)"))), ("component", Scope(("component", "usage"), ("component", "labour"))),
            ("other-component", Scope(("component", "training"))), ("workload", Scope(("workload", "chat"), ("workload", "free"))));
        await Budgets.SpendAsync(Costing(1), Costing(10, approach: Approach.Hybrid), Costing(100, workload: "search", approach: Approach.Hybrid), Costing(1_000, workload: "free"));
        await Budgets.LookAsync(Watch);

        decimal SpentOf(string budget) => Watch.Current(budget)!.Spent!.Value;
        Assert.Equal((1_111m, 11m, 111m, 100m), (SpentOf("organisation"), SpentOf("team"), SpentOf("either"), SpentOf("cost-centre")));
        Assert.Equal((111m, 110m, 110m, 1_111m), (SpentOf("tag"), SpentOf("approach"), SpentOf("combined"), SpentOf("model")));
        Assert.Equal((1_000m, 1_111m, 0m, 1_011m), (SpentOf("unregistered"), SpentOf("component"), SpentOf("other-component"), SpentOf("workload")));

        await RegisterAsync("free", "support", "cc-2");
        await Budgets.LookAsync(Watch);
        Assert.Equal((1_011m, 0m, 1_100m), (SpentOf("team"), SpentOf("unregistered"), SpentOf("cost-centre")));
    }

    [Fact]
    public async Task What_a_period_leaves_over_rolls_into_the_next_and_what_it_overspent_does_not()
    {
        await Budgets.SetAsync(Monthly("rolling", 100) with { Rollover = true, Period = new(BudgetPeriodKind.Month, "2026-03") });
        await Budgets.SetAsync(Monthly("fixed", 100));
        await Budgets.SpendAsync(Costing(500, new(2026, 2, 10)), Costing(130, new(2026, 3, 10)), Costing(40, new(2026, 4, 10)), Costing(110, new(2026, 5, 10)), Costing(20));
        await Budgets.LookAsync(Watch);

        // March is overspent; April leaves 60; May has 160 and leaves 50.
        Assert.Equal([(160m, 110m), (150m, 20m)], Watch.Of("rolling").Select(figures => (figures.Limit, figures.Spent!.Value)));
        Assert.Equal((100m, 80m), (Watch.Current("fixed")!.Limit, Watch.Current("fixed")!.Left!.Value));
    }

    [Fact]
    public async Task A_budget_in_another_currency_uses_the_exchange_rate_of_its_periods_first_day()
    {
        await Budgets.SetAsync(Monthly("euro", 100, Actual(50)) with { Currency = "EUR" });
        await Budgets.SpendAsync(Costing(90));
        await Budgets.LookAsync(Watch);
        Assert.Null(Watch.Current("euro")!.Spent);
        Assert.Empty(await Budgets.DecidedAsync("euro"));

        var book = Budgets.Database.Get<PriceBook>();
        await book.ChangeAsync(new ExchangeRatePublished("EUR", new(2026, 5, 20), 1.25m, "test"), new Recorder("test"), Cancel);
        await book.ChangeAsync(new ExchangeRatePublished("EUR", new(2026, 6, 2), 2m, "test"), new Recorder("test"), Cancel);
        await Budgets.LookAsync(Watch);
        Assert.Equal(72m, Watch.Current("euro")!.Spent);
        Assert.Equal(["crossed actual:50%"], await Budgets.DecidedAsync("euro"));
        var named = Assert.Single(Assert.IsType<BudgetThresholdCrossed>((await Budgets.EventsAsync("euro"))[^1].Data).Contributors);
        Assert.Equal((72m, 72m), (named.Amount, Assert.Single(named.Events).Amount));
    }

    [Fact]
    public async Task A_forecast_adds_what_each_weekday_to_come_costs_on_average()
    {
        await Budgets.SetAsync(Monthly("all", 10_000, new BudgetThreshold(ThresholdOn.Forecast, Amount: 400)));

        // 28 full days before Saturday 20 June: 10 on a weekday, 1 at a weekend.
        await Budgets.SpendAsync([.. Enumerable.Range(1, 28).Select(back => Today.AddDays(-back)).Select(day => Costing(IsWeekend(day) ? 1 : 10, day))]);
        await LookWithRunRatesAsync();

        // Ahead: Saturday as a whole, and 21 to 30 June: 2 weekend days and the Sunday, 21, 27, 28, and 7 weekdays.
        var spent = Enumerable.Range(1, 19).Sum(day => IsWeekend(new(2026, 6, day)) ? 1m : 10m);
        Assert.Equal(spent, Watch.Current("all")!.Spent);
        Assert.Equal(spent + 1 + 3 + 70, Watch.Current("all")!.Forecast);
        Assert.Empty(await Budgets.DecidedAsync("all"));

        await Budgets.SpendAsync(Costing(200));
        await Budgets.LookAsync(Watch);
        Assert.Equal(["crossed forecast:400"], await Budgets.DecidedAsync("all"));

        // Just below the line, it trembles; the alert is over when it is well below.
        await Budgets.Database.RecordAsync(("credit", new ChargeRecorded("chat", Approach.PromptEngineering, Component.Usage, -30, "USD", Given.At(Today), ChargeCategory.Credit)));
        await Budgets.LookAsync(Watch);
        Assert.True(Watch.Current("all")!.Forecast < 400);
        Assert.Equal(["crossed forecast:400"], await Budgets.DecidedAsync("all"));
    }

    [Fact]
    public async Task The_allowance_says_what_is_left_and_how_old_that_is_and_answers_304_while_nothing_changes()
    {
        await using var host = await TestHost.StartAsync();
        var month = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow));
        await host.Database.Get<BudgetBook>().SetAsync(
            Monthly("all", 500) with { Period = new(BudgetPeriodKind.Month, month.ToString()) }, null, new Recorder("test"), Cancel);
        await host.Database.PublishAsync("openai/own", new(2025, 1, 1), new("input-tokens", 1), new("output-tokens", 0));
        await host.RecordAsync($$"""{"type":"token_usage_recorded","workload":"chat","approach":"hybrid","provider":"openai","model":"own","inputTokens":120,"outputTokens":0,"usedAt":"{{DateTime.UtcNow:o}}"}""");
        await Eventually.Async(() => host.Services.GetRequiredService<BudgetWatch>().Current("all")?.Spent == 120);

        using var response = await host.Client.GetAsync(new Uri("/api/v1/budgets/all/allowance", UriKind.Relative), Cancel);
        var answer = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).RootElement;
        Assert.Equal((500m, 120m, 380m, false), (answer.GetProperty("limit").GetDecimal(), answer.GetProperty("spent").GetDecimal(), answer.GetProperty("left").GetDecimal(), answer.GetProperty("exceeded").GetBoolean()));
        Assert.InRange(answer.GetProperty("asOf").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddSeconds(-10), DateTimeOffset.UtcNow);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.CacheControl!.MaxAge);
        Assert.NotNull(response.Headers.Age);

        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/budgets/all/allowance", UriKind.Relative));
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await host.Client.SendAsync(again, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using var unknown = await host.Client.GetAsync(new Uri("/api/v1/budgets/none/allowance", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var stranger = new HttpClient { BaseAddress = host.Client.BaseAddress };
        using var refused = await stranger.GetAsync(new Uri("/api/v1/budgets/all/allowance", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private async Task SetAllAsync(params (string Id, IReadOnlyDictionary<string, IReadOnlyList<string>> Scope)[] budgets)
    {
        foreach (var (id, scope) in budgets)
        {
            await Budgets.SetAsync(Monthly(id, 100) with { Scope = scope });
        }
    }

    private Task RegisterAsync(string workload, string team, string costCentre, params (string Name, string Value)[] tags) => Budgets.Database.Get<WorkloadRegistry>()
        .RegisterAsync(new(workload, workload, team, Approach.PromptEngineering, costCentre, null, tags.ToDictionary(tag => tag.Name, tag => tag.Value)), new Recorder("test"), Cancel);

    /// <summary>What days are expected to cost is read beside the rest.</summary>
    private async Task LookWithRunRatesAsync()
    {
        await Budgets.LookAsync(Watch);
        await Eventually.Async(async () =>
        {
            await Watch.RefreshAsync(Cancel);
            return Watch.Current("all")!.Forecast is not null;
        });
    }
}
