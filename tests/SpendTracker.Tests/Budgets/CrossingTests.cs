using SpendTracker.Alerts;
using SpendTracker.Budgets;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Pages;
using static SpendTracker.Tests.Budgets.WatchedBudgets;

namespace SpendTracker.Tests.Budgets;

public sealed class CrossingTests : WatchTests
{
    [Fact]
    public async Task A_threshold_is_crossed_once_and_the_crossing_names_who_spent_and_which_events()
    {
        await Budgets.SetAsync(Monthly("all", 1_000, Actual(80), Actual(100)));
        await Budgets.SpendAsync(Costing(300, workload: "search"), Costing(400));
        await Budgets.LookAsync(Watch);
        Assert.Empty(await Budgets.DecidedAsync("all"));

        await Budgets.SpendAsync(Costing(110));
        await Budgets.LookAsync(Watch);
        await Budgets.SpendAsync(Costing(20));
        await Budgets.LookAsync(Watch);
        await Budgets.LookAsync(Budgets.NewWatch());

        Assert.Equal(["crossed actual:80%"], await Budgets.DecidedAsync("all"));
        var stored = (await Budgets.EventsAsync("all"))[^1];
        var crossed = (BudgetThresholdCrossed)stored.Data;
        Assert.Equal((1, 1, 1_000m, 800m, 810m, 810m), (crossed.Version, crossed.Occurrence, crossed.Limit, crossed.At, crossed.Observed, crossed.Spent));
        Assert.Equal((new DateOnly(2026, 6, 1), new DateOnly(2026, 7, 1)), (crossed.PeriodStart, crossed.PeriodEnd));
        Assert.Equal([("chat", 510m), ("search", 300m)], crossed.Contributors.Select(c => (c.Workload, c.Amount)));
        Assert.Equal([400m, 110m], crossed.Contributors[0].Events.Select(e => e.Amount));
        Assert.Equal(BudgetState.AlertId(Tenant.Default, "all", 1, crossed.PeriodStart, "actual:80%", 1), stored.Id);
        Assert.Equal("host:budgets", stored.RecordedBy);
    }

    [Fact]
    public async Task A_correction_resolves_a_crossing_and_usage_after_it_raises_one_more()
    {
        await Budgets.SetAsync(Monthly("all", 100, Actual(100)));
        await Budgets.Database.RecordAsync(("big", Costing(120)));
        await Budgets.LookAsync(Watch);
        await Budgets.Database.CorrectAsync("big");
        await Budgets.LookAsync(Watch);
        await Budgets.LookAsync(Watch);
        await Budgets.SpendAsync(Costing(130));
        await Budgets.LookAsync(Watch);
        await Budgets.LookAsync(Watch);

        Assert.Equal(["crossed actual:100%", "resolved below", "crossed actual:100%"], await Budgets.DecidedAsync("all"));
        var alerts = (await Budgets.EventsAsync("all")).Where(stored => stored.Data is BudgetThresholdCrossed).ToArray();
        Assert.Equal([1, 2], alerts.Select(stored => ((BudgetThresholdCrossed)stored.Data).Occurrence));
        Assert.Equal([130m], ((BudgetThresholdCrossed)alerts[1].Data).Contributors[0].Events.Select(e => e.Amount)); // Not what was corrected.
        Assert.NotEqual(alerts[0].Id, alerts[1].Id);
    }

    [Fact]
    public async Task Several_hosts_decide_a_crossing_once()
    {
        BudgetWatch[] hosts = [Watch, Budgets.NewWatch(), Budgets.NewWatch(), Budgets.NewWatch()];
        await Budgets.SetAsync(Monthly("all", 100, Actual(50), Actual(100)));
        await Budgets.LookAsync(hosts);
        await Budgets.SpendAsync(Costing(150));
        await Budgets.Database.ProjectAsync();

        await Task.WhenAll(hosts.Select(host => host.RefreshAsync(Cancel)));
        await Task.WhenAll(hosts.Select(host => host.RefreshAsync(Cancel)));

        Assert.Equal(["crossed actual:50%", "crossed actual:100%"], await Budgets.DecidedAsync("all"));
    }

    [Fact]
    public async Task A_rebuild_decides_nothing_and_the_alerts_are_as_before()
    {
        await Budgets.SetAsync(Monthly("all", 100, Actual(50)));
        await Budgets.SpendAsync(Costing(150));
        await Budgets.LookAsync(Watch);
        var before = await Budgets.Database.TextsAsync("select to_jsonb(a)::text from spend.budget_alert as a");

        foreach (var projection in Budgets.Database.Spend.ReadModels())
        {
            await Budgets.Database.Spend.CreateRebuild().RebuildAsync(projection, null, Cancel);
            Assert.Empty(await Budgets.Database.Spend.CreateRebuild().VerifyAsync(projection, null, Cancel));
        }

        await Budgets.LookAsync(Watch, Budgets.NewWatch());
        Assert.Equal(["crossed actual:50%"], await Budgets.DecidedAsync("all"));
        Assert.Equal(before, await Budgets.Database.TextsAsync("select to_jsonb(a)::text from spend.budget_alert as a"));
    }

    [Fact]
    public async Task Figures_of_a_read_model_that_is_replayed_from_the_start_resolve_nothing()
    {
        await Budgets.SetAsync(Monthly("all", 100, Actual(50)));
        await Budgets.SpendAsync(Costing(150));
        await Budgets.LookAsync(Watch);

        // As after an update that dropped an earlier layout: empty tables, and the checkpoint at the beginning.
        await Budgets.Database.ExecuteAsync("delete from spend.monthly_cost; delete from spend.cost_change; update spend.mt_event_progression set last_seq_id = 1 where name = 'SpendTracker.DailyUsage:All'");
        await Budgets.NewWatch().RefreshAsync(Cancel);

        Assert.Equal(["crossed actual:50%"], await Budgets.DecidedAsync("all"));
    }

    [Fact]
    public async Task A_changed_budget_is_decided_anew_at_once_and_takes_over_its_open_alerts()
    {
        await Budgets.SetAsync(Monthly("all", 100, Actual(50), Actual(100)));
        await Budgets.SpendAsync(Costing(120));
        await Budgets.LookAsync(Watch);
        await Budgets.SetAsync(Monthly("all", 200, Actual(50), Actual(100)));
        await Budgets.LookAsync(Watch);

        Assert.Equal(["crossed actual:50%", "crossed actual:100%", "crossed actual:50%", "resolved budget-changed"], await Budgets.DecidedAsync("all"));
        var events = await Budgets.EventsAsync("all");
        var again = Assert.Single(events.Select(stored => stored.Data).OfType<BudgetThresholdCrossed>(), crossed => crossed.Version == 2);
        Assert.Equal(events.First(stored => stored.Data is BudgetThresholdCrossed).Id, again.Replaces);
        Assert.Equal(2, Assert.Single(await Budgets.Database.Get<AlertQuery>().ListAsync(new(), Cancel)).Crossed!.Version);

        await Budgets.SetAsync(Monthly("all", 200, Actual(90)));
        await Budgets.LookAsync(Watch);
        await Budgets.RemoveAsync("all");
        await Budgets.LookAsync(Watch);
        Assert.Equal(["resolved budget-changed"], (await Budgets.DecidedAsync("all")).Skip(4));
        Assert.Empty(Watch.Of("all"));
    }

    [Fact]
    public async Task Removing_a_budget_resolves_its_alerts()
    {
        await Budgets.SetAsync(Monthly("all", 100, Actual(50)));
        await Budgets.SpendAsync(Costing(120));
        await Budgets.LookAsync(Watch);
        await Budgets.RemoveAsync("all");
        await Budgets.LookAsync(Watch);
        await Budgets.LookAsync(Watch);
        Assert.Equal(["crossed actual:50%", "resolved budget-removed"], await Budgets.DecidedAsync("all"));
    }

    [Fact]
    public async Task A_period_is_watched_until_the_end_of_the_next_one()
    {
        await Budgets.SetAsync(Monthly("all", 100, Actual(50)));
        await Budgets.LookAsync(Watch);
        Budgets.Clock.Now = Budgets.Clock.Now.AddMonths(1);
        await Budgets.SpendAsync(Costing(70, Today));
        await Budgets.LookAsync(Watch);
        Assert.Equal(["crossed actual:50%"], await Budgets.DecidedAsync("all"));

        Budgets.Clock.Now = Budgets.Clock.Now.AddMonths(1);
        await Budgets.SpendAsync(Costing(70, Today));
        await Budgets.LookAsync(Watch);
        Assert.Equal(["crossed actual:50%", "resolved period-over"], await Budgets.DecidedAsync("all"));
    }

    [Fact]
    public async Task A_later_price_crosses_and_its_withdrawal_resolves()
    {
        await Budgets.SetAsync(Monthly("all", 100, Actual(50)));
        await Budgets.SpendAsync(Costing(40));
        await Budgets.LookAsync(Watch);
        await Budgets.Database.PublishAsync("openai/own", new(2026, 6, 1), new("input-tokens", 2), new("output-tokens", 0));
        await Budgets.LookAsync(Watch);
        Assert.Equal(["crossed actual:50%"], await Budgets.DecidedAsync("all"));

        await Budgets.Database.PublishAsync("openai/own", new(2026, 6, 1), new("input-tokens", 1), new("output-tokens", 0));
        await Budgets.LookAsync(Watch);
        Assert.Equal(["crossed actual:50%", "resolved below"], await Budgets.DecidedAsync("all"));
    }

    [Fact]
    public async Task Usage_without_a_price_above_a_share_raises_an_alert_that_a_price_resolves()
    {
        await Budgets.SetAsync(Monthly("all", 1_000_000, new BudgetThreshold(ThresholdOn.Unpriced, 10)));
        await Budgets.SpendAsync(Costing(950), Given.Tokens(Given.At(Today), model: "unknown", input: 50, output: 0));
        await Budgets.LookAsync(Watch);
        Assert.Equal(5, Watch.Current("all")!.UnpricedPercent);
        Assert.Empty(await Budgets.DecidedAsync("all"));

        await Budgets.SpendAsync(Given.Tokens(Given.At(Today), model: "unknown", input: 100, output: 0));
        await Budgets.LookAsync(Watch);
        Assert.Equal(["crossed unpriced:10%"], await Budgets.DecidedAsync("all"));

        await Budgets.Database.PublishAsync("openai/unknown", new(2026, 1, 1), new("input-tokens", 1), new("output-tokens", 0));
        await Budgets.LookAsync(Watch);
        Assert.Equal(["crossed unpriced:10%", "resolved below"], await Budgets.DecidedAsync("all"));
    }

    /// <summary>A rate that was published long ago is another thing than none: it says what to publish, and since when.</summary>
    [Fact]
    public async Task A_stale_exchange_rate_is_named_with_its_day_of_what_was_spent_and_of_the_budget()
    {
        var (old, newer) = (Today.AddDays(-60), Today.AddDays(-46));
        await Budgets.Database.ChangePricesAsync(
            new ExchangeRatePublished("NOK", old, 1, "bank"), new ExchangeRatePublished("NOK", newer, 1, "bank"), new ExchangeRatePublished("EUR", Today.AddDays(-400), 1, "bank"));
        await Budgets.SetAsync(Monthly("all", 1_000_000, new BudgetThreshold(ThresholdOn.Unpriced, 100)));
        await Budgets.SetAsync(Monthly("euro", 1_000) with { Currency = "EUR" });
        await Budgets.SetAsync(Monthly("pound", 1_000) with { Currency = "GBP" });
        await Budgets.Database.RecordAsync(Charge(1, "NOK"), Charge(650, "GBP"));
        await Budgets.LookAsync(Watch);

        Assert.Equal($"£650.00 has no exchange rate; NOK 1.00 has a stale exchange rate, of {newer:yyyy-MM-dd}: more was spent than this says.", BudgetWords.Doubt(Watch.Current("all")));
        var crossed = Assert.IsType<BudgetThresholdCrossed>((await Budgets.EventsAsync("all"))[^1].Data);
        Assert.Equal([KeyValuePair.Create("NOK", newer)], crossed.StaleRates!);
        Assert.EndsWith($"is stale, of {Today.AddDays(-400):yyyy-MM-dd}: nobody knows what was spent.", BudgetWords.Doubt(Watch.Current("euro")), StringComparison.Ordinal);
        Assert.StartsWith("No exchange rate into GBP for ", BudgetWords.Doubt(Watch.Current("pound")), StringComparison.Ordinal);
    }

    /// <summary>Charges of one currency must not hide, or thin out, what another lacks.</summary>
    [Theory]
    [InlineData(-999)]
    [InlineData(-1_001)]
    public async Task An_amount_without_an_exchange_rate_is_named_in_its_currency_and_reaches_every_share(decimal credit)
    {
        await Budgets.Database.ChangePricesAsync(new ExchangeRatePublished("EUR", Today, 1, "bank"));
        await Budgets.SetAsync(Monthly("all", 1_000_000, new BudgetThreshold(ThresholdOn.Unpriced, 100)));
        await Budgets.Database.RecordAsync(Charge(1_000, "EUR"), Charge(credit, "EUR"));
        await Budgets.LookAsync(Watch);
        Assert.Empty(Watch.Current("all")!.Unpriced);

        await Budgets.Database.RecordAsync(Charge(1, "NOK"), Charge(650, "GBP"), Given.Tokens(Given.At(Today), model: "unknown", input: 4_650_000, output: 0));
        await Budgets.LookAsync(Watch);
        var figures = Watch.Current("all")!;
        Assert.Equal([("GBP", 650m, 100m), ("NOK", 1, 100), ("tokens", 4_650_000, 100)], figures.Unpriced.Select(part => (part.Unit, part.Quantity, part.Percent)));
        Assert.Equal("£650.00 has no exchange rate; NOK 1.00 has no exchange rate; 4.65 M tokens have no rate: more was spent than this says.", BudgetWords.Doubt(figures));
        var crossed = Assert.IsType<BudgetThresholdCrossed>((await Budgets.EventsAsync("all"))[^1].Data);
        Assert.Equal((650m, 4_650_000m), (crossed.Unconverted!["GBP"], crossed.Unpriced!["tokens"]));
    }

    [Fact]
    public async Task What_is_priced_incompletely_counts_once_for_a_share_and_is_told_apart_from_what_has_no_rate()
    {
        await Budgets.SetAsync(Monthly("all", 1_000_000, new BudgetThreshold(ThresholdOn.Unpriced, 20)));
        await Budgets.Database.ChangePricesAsync(new RatePublished("openai/ear", new(2026, 1, 1), "USD", [new("input-tokens", 1)], "list", NotCarried: [new("audio-input-tokens")]));
        await Budgets.SpendAsync(
            Costing(600), Given.Tokens(Given.At(Today), model: "ear", input: 300, output: 0) with { AudioInputTokens = 150 }, Given.Tokens(Given.At(Today), model: "unknown", input: 100, output: 0));
        await Budgets.LookAsync(Watch);
        var figures = Watch.Current("all")!;
        Assert.Equal([new UnpricedPart("tokens", 100, 25) { Incomplete = 150 }], figures.Unpriced);
        Assert.Equal("100 tokens have no rate; 150 tokens are priced incompletely: more was spent than this says.", BudgetWords.Doubt(figures));
        var crossed = Assert.IsType<BudgetThresholdCrossed>((await Budgets.EventsAsync("all"))[^1].Data);
        Assert.Equal((25m, 100m, 150m), (crossed.Observed, crossed.Unpriced!["tokens"], crossed.Incomplete!["tokens"]));

        await Budgets.Database.PublishAsync("openai/unknown", new(2026, 1, 1), new("input-tokens", 1), new("output-tokens", 0));
        await Budgets.LookAsync(Watch);
        Assert.Equal(["crossed unpriced:20%", "resolved below"], await Budgets.DecidedAsync("all"));
        Assert.Equal("150 tokens are priced incompletely: more may have been spent than this says.", BudgetWords.Doubt(Watch.Current("all")));
    }

    [Fact]
    public async Task What_is_taken_back_of_a_closed_month_makes_no_share_of_more_than_all_and_hides_none()
    {
        await Budgets.SetAsync(Monthly("all", 1_000_000));
        await Budgets.Database.RecordAsync(("taken", Costing(1_000, Today.AddMonths(-1))));
        await Budgets.LookAsync(Watch);
        Assert.NotNull((await Budgets.Database.Get<BillingPeriods>().CloseAsync(new(2026, 5), new CloseRequest("signed"), new Recorder("test"), Cancel)).Closing);
        await Budgets.Database.CorrectAsync("taken");
        await Budgets.SpendAsync(Costing(500), Given.Tokens(Given.At(Today), model: "unknown", input: 500, output: 0));
        await Budgets.LookAsync(Watch);

        // Owed for are 500 and 500 tokens, and 1,000 are taken back: together nothing.
        Assert.Equal([new UnpricedPart("tokens", 500, 25)], Watch.Current("all")!.Unpriced);
    }

    private static ChargeRecorded Charge(decimal amount, string currency) => new("chat", Approach.Hybrid, Component.Other, amount, currency, Given.At(Today));

    [Fact]
    public async Task A_budget_whose_figures_lag_behind_says_so()
    {
        await Budgets.SetAsync(Monthly("all", 100, new BudgetThreshold(ThresholdOn.Lag, Seconds: 60)));
        await Budgets.LookAsync(Watch);
        await Budgets.SpendAsync(Costing(1));
        Budgets.Clock.Now = Budgets.Clock.Now.AddSeconds(90);
        await Budgets.NewWatch().RefreshAsync(Cancel);
        Assert.Equal(["crossed lag:60s"], await Budgets.DecidedAsync("all"));

        await Budgets.LookAsync(Budgets.NewWatch());
        Assert.Equal(["crossed lag:60s", "resolved below"], await Budgets.DecidedAsync("all"));
    }

    [Fact]
    public async Task A_closed_months_late_usage_counts_where_it_is_booked()
    {
        await Budgets.SetAsync(Monthly("all", 100, Actual(50)));
        await Budgets.SpendAsync(Costing(40, Today.AddMonths(-1)));
        await Budgets.LookAsync(Watch);
        var periods = Budgets.Database.Get<BillingPeriods>();
        var (closing, _) = await periods.CloseAsync(new(2026, 5), new CloseRequest("signed"), new Recorder("test"), Cancel);
        Assert.NotNull(closing);
        await Budgets.LookAsync(Watch);
        await Budgets.SpendAsync(Costing(60, Today.AddMonths(-1)));
        await Budgets.LookAsync(Watch);

        Assert.Equal([40m, 60m], Watch.Of("all").Select(figures => figures.Spent!.Value));
        var crossed = Assert.IsType<BudgetThresholdCrossed>((await Budgets.EventsAsync("all"))[^1].Data);
        Assert.Equal(new DateOnly(2026, 6, 1), crossed.PeriodStart);
    }
}
