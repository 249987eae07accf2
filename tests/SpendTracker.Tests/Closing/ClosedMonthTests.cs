using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Estimates;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Closing;

/// <summary>What was signed stays as it was signed, and what a later month has to answer for is shown there, while the days go by.</summary>
public sealed class ClosedMonthTests : IAsyncLifetime
{
    private static readonly BillingPeriod January = new(2026, 1);
    private static readonly BillingPeriod February = new(2026, 2);
    private static readonly Recorder Recorder = new("test");

    private readonly FixedClock _clock = new(Given.At(new(2026, 1, 5)));
    private TestDatabase _database = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private BillingPeriods Periods => _database.Get<BillingPeriods>();

    private UnpricedQuery Unpriced => _database.Get<UnpricedQuery>();

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync("UTC", _clock);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_was_accepted_without_a_rate_and_has_one_since_hides_nothing_that_still_lacks_one()
    {
        await UseAsync(new(2026, 1, 5), 60);
        await UseAsync(new(2026, 1, 20), 40);
        On(2026, 2, 2);
        await CloseAsync(January, acceptUnpriced: true);
        await RateAsync("openai/m", new(2026, 1, 20), 1);

        On(2026, 3, 2);
        Assert.Empty((await TotalAsync(February)).Unpriced);
        await UseAsync(new(2026, 2, 10), 40, "other");
        var total = await TotalAsync(February);

        Assert.Equal((40m, 40m, 40m), (total.Actual, total.Corrections, total.Unpriced["tokens"]));
        var (refused, reasons) = await TryCloseAsync(February, new CloseRequest("month end"));
        Assert.Equal("acceptUnpriced", Assert.Single(reasons).Field);
        Assert.Null(refused);
    }

    [Fact]
    public async Task An_amount_that_was_accepted_without_an_exchange_rate_and_has_one_since_lacks_none_in_a_later_month()
    {
        await _database.RecordAsync(Charge(100, new(2026, 1, 5)), Charge(50, new(2026, 1, 20)));
        On(2026, 2, 2);
        await CloseAsync(January, acceptUnconverted: true);
        await PublishAsync(new ExchangeRatePublished("EUR", new(2026, 1, 20), 2, "bank"));
        Assert.Equal((100m, 0), ((await TotalAsync(February)).Actual, (await TotalAsync(February)).Unconverted.Count));

        await _database.RecordAsync(Charge(80, new(2026, 1, 6)));
        Assert.Equal(30m, (await TotalAsync(February)).Unconverted["EUR"]); // 150 were accepted.
        Assert.Equal(180m, Assert.Single(await Unpriced.ListUnconvertedAsync(February, February, null, Stop)).Amount);
    }

    [Fact]
    public async Task An_invoice_and_a_credit_without_an_exchange_rate_are_told_although_they_come_to_nothing()
    {
        On(2026, 1, 20);
        await _database.RecordAsync(Charge(100, new(2026, 1, 5)), Charge(-100, new(2026, 1, 20)));
        Assert.Equal(0m, (await TotalAsync(January)).Unconverted["EUR"]);
        Assert.Equal("EUR", Assert.Single(await Unpriced.ListUnconvertedAsync(January, January, null, Stop)).Currency);
        On(2026, 2, 2);
        Assert.Equal("acceptUnconverted", Assert.Single((await TryCloseAsync(January, new CloseRequest("month end"))).Reasons).Field);
        await CloseAsync(January, acceptUnconverted: true);
        Assert.Empty((await TotalAsync(February)).Unconverted);

        await PublishAsync(new ExchangeRatePublished("EUR", new(2026, 1, 1), 1.5m, "bank"));
        await PublishAsync(new ExchangeRatePublished("EUR", new(2026, 1, 10), 1.25m, "bank"));
        Assert.Equal((25m, 0), ((await TotalAsync(February)).Actual, (await TotalAsync(February)).Unconverted.Count));
        Assert.Equal(0m, Assert.Single((await TotalAsync(January, new(2026, 1, 31))).Unconverted).Value);
    }

    [Fact]
    public async Task What_comes_late_without_a_rate_is_in_the_queue_of_the_month_that_has_to_answer_for_it()
    {
        await UseAsync(new(2026, 1, 5), 60);
        On(2026, 2, 2);
        await CloseAsync(January, acceptUnpriced: true);
        await ProjectAsync();
        Assert.Empty(await Unpriced.ListAsync(February, February, null, Stop));

        await UseAsync(new(2026, 1, 6), 7);
        await ProjectAsync();
        var queued = Assert.Single(await Unpriced.ListAsync(February, February, null, Stop));
        Assert.Equal(("openai/m", 67m, "2026-01", new(2026, 1, 5)), (queued.Sku, queued.Quantity, queued.FirstMonth, queued.FirstDay));
        Assert.Equal(queued.Quantity, Assert.Single(await Unpriced.ListAsync(January, January, null, Stop)).Quantity);
        Assert.Equal(7m, (await TotalAsync(February)).Unpriced["tokens"]);
    }

    [Fact]
    public async Task What_lacked_a_rate_on_a_day_is_listed_as_known_on_it_under_the_name_that_it_had_then()
    {
        await UseAsync(new(2026, 1, 5), 60);
        await _database.RecordAsync(Charge(5, new(2026, 1, 5)));
        On(2026, 1, 7);
        await PublishAsync(new AliasPublished("openai/m", "own/m"));
        await RateAsync("own/m", new(2026, 1, 1), 1);
        await PublishAsync(new ExchangeRatePublished("EUR", new(2026, 1, 1), 2, "bank"));
        On(2026, 1, 9);
        await UseAsync(new(2026, 1, 5), 1, "late");
        await ProjectAsync();

        foreach (var (day, expected) in ((int, string[])[])[(5, ["openai/m 60"]), (6, ["openai/m 60"]), (7, []), (8, []), (9, ["openai/late 1"])])
        {
            var listed = await Unpriced.ListAsync(null, null, new DateOnly(2026, 1, day), Stop);
            Assert.Equal(expected, listed.Select(usage => $"{usage.Sku} {usage.Quantity}"));
            Assert.Equal(day < 7 ? 1 : 0, (await Unpriced.ListUnconvertedAsync(January, January, new DateOnly(2026, 1, day), Stop)).Count);
        }
    }

    [Fact]
    public async Task A_month_is_closed_only_at_the_total_that_was_looked_at()
    {
        await RateAsync("openai/m", new(2026, 1, 1), 0.125m);
        await UseAsync(new(2026, 1, 5), 9);
        On(2026, 2, 2);
        await UseAsync(new(2026, 1, 5), 1);

        var (_, reasons) = await TryCloseAsync(January, new CloseRequest("month end", Total: 1.13m));
        Assert.Equal(new FieldReason("total", "It is 1.25 by now. Look again."), Assert.Single(reasons));
        Assert.NotNull((await TryCloseAsync(January, new CloseRequest("month end", Total: 1.3m))).Closing);
    }

    [Fact]
    public async Task A_closed_months_teams_are_those_of_its_closing_and_so_are_its_corrections_until_it_is_reopened()
    {
        await RateAsync("openai/m", new(2026, 1, 1), 1);
        await RegisterAsync("red");
        await UseAsync(new(2026, 1, 5), 100);
        On(2026, 2, 2);
        await CloseAsync(January);
        await RegisterAsync("blue"); // On the very day.
        await UseAsync(new(2026, 1, 6), 7);
        await UseAsync(new(2026, 2, 1), 1);

        Assert.Equal([("2026-01", "red", 100m), ("2026-02", "blue", 1m), ("2026-02", "red", 7m)], await ByTeamAsync(null));
        On(2026, 2, 3);
        await RegisterAsync("green");
        Assert.Equal([("2026-01", "red", 100m), ("2026-02", "green", 1m), ("2026-02", "red", 7m)], await ByTeamAsync(null));
        Assert.Equal([("2026-01", "red", 100m), ("2026-02", "blue", 1m), ("2026-02", "red", 7m)], await ByTeamAsync(new(2026, 2, 2)));

        Assert.Empty(await Periods.ReopenAsync(January, "another team's", Recorder, Stop));
        Assert.Equal([("2026-01", "green", 107m), ("2026-02", "green", 1m)], await ByTeamAsync(null));
    }

    [Fact]
    public async Task Periods_estimates_and_reported_costs_are_told_as_they_were_known_on_a_day()
    {
        await RateAsync("openai/m", new(2026, 1, 1), 1);
        await _database.RecordAsync(Given.Tokens(Given.At(new(2026, 1, 5)), model: "m", input: 10, output: 0) with { ReportedCost = 9, ReportedCurrency = "USD" });
        await EstimateAsync(50);
        On(2026, 2, 2);
        await CloseAsync(January);
        On(2026, 2, 4);
        await _database.RecordAsync(Given.Tokens(Given.At(new(2026, 1, 5)), model: "m", input: 5, output: 0) with { ReportedCost = 4, ReportedCurrency = "USD" });
        await EstimateAsync(70);
        On(2026, 2, 6);
        Assert.Empty(await Periods.ReopenAsync(January, "late", Recorder, Stop));
        await ProjectAsync();

        List<string> told = [];
        foreach (var day in (DateOnly?[])[new(2026, 1, 5), new(2026, 2, 3), new(2026, 2, 4), null])
        {
            var period = (await Periods.ListAsync(day, Stop)).Single(period => period.Month == January);
            var checklist = await Periods.ChecklistAsync(January, day, Stop);
            var history = await Periods.HistoryAsync(January, day, Stop);
            var estimate = Assert.Single(await _database.Get<EstimateBook>().ListAsync(January, January, null, day, Stop));
            var reported = Assert.Single(await _database.Get<ReportedCostQuery>().ListAsync(January, January, day, Stop));
            Assert.Equal((period.IsClosed, period.Total), (checklist.IsClosed, checklist.Total));
            told.Add(FormattableString.Invariant(
                $"{(period.IsClosed ? "closed" : "open")} {period.Total} of {history.Count}{(history is [{ Holds: false }] ? " reopened" : "")}, {checklist.HasEnded}, estimate {estimate.Amount}, reported {reported.Reported} computed {reported.Computed}"));
        }

        Assert.Equal(
        [
            "open 10 of 0, False, estimate 50, reported 9 computed 10", "closed 10 of 1, True, estimate 50, reported 9 computed 10",
            "closed 10 of 1, True, estimate 70, reported 13 computed 15", "open 15 of 1 reopened, True, estimate 70, reported 13 computed 15",
        ], told);
    }

    [Fact]
    public async Task Amounts_of_many_digits_leave_no_correction_behind()
    {
        await RateAsync("openai/m", new(2026, 1, 1), 0.00000001m);
        await UseAsync(new(2026, 1, 5), 123_456_789);
        await _database.RecordAsync(Charge(1_234_567_890.123m, new(2026, 1, 5)));
        await PublishAsync(new ExchangeRatePublished("EUR", new(2026, 1, 1), 1.12345678m, "bank"));
        On(2026, 2, 2);
        await CloseAsync(January);
        await ProjectAsync();

        Assert.Empty(await Periods.CorrectionsAsync(January, null, Stop));
        Assert.DoesNotContain(await Periods.ListAsync(null, Stop), period => period.Month == February);
    }

    [Fact]
    public async Task A_month_is_closed_from_the_moment_on_at_which_its_last_day_is_over()
    {
        _clock.Now = new(2026, 1, 31, 23, 59, 59, TimeSpan.Zero);
        Assert.Equal("month", Assert.Single((await TryCloseAsync(January, new CloseRequest("month end"))).Reasons).Field);

        _clock.Now = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.False((await Periods.ChecklistAsync(January, new(2026, 1, 30), Stop)).HasEnded);
        Assert.True((await Periods.ChecklistAsync(January, new(2026, 1, 31), Stop)).HasEnded);
        await CloseAsync(January);
    }

    [Fact]
    public async Task A_closing_and_a_reopening_are_known_from_their_days_on()
    {
        await RateAsync("openai/m", new(2026, 1, 1), 1);
        await UseAsync(new(2026, 1, 5), 100);
        On(2026, 2, 2);
        await CloseAsync(January);
        await UseAsync(new(2026, 1, 6), 7);
        On(2026, 2, 10);
        Assert.Empty(await Periods.ReopenAsync(January, "forgot something", Recorder, Stop));
        On(2026, 2, 20);

        Assert.Equal(100, (await TotalAsync(January, new(2026, 2, 9))).Actual);
        Assert.Equal(107, (await TotalAsync(January, new(2026, 2, 10))).Actual);
        Assert.Equal((0, 1, 1), (await HoldAsync(1), await HoldAsync(2), await HoldAsync(9)));
        Assert.Equal(0, await HoldAsync(10));

        async Task<int> HoldAsync(int day) => (await Periods.HistoryAsync(January, new(2026, 2, day), Stop)).Count(closing => closing.Holds);
    }

    [Fact]
    public async Task A_late_amount_below_a_cent_is_booked_too()
    {
        await RateAsync("openai/m", new(2026, 1, 1), 0.000001m);
        await UseAsync(new(2026, 1, 5), 1_000_000);
        On(2026, 2, 2);
        await CloseAsync(January);
        await UseAsync(new(2026, 1, 6), 1);
        await _database.RecordAsync(Charge(1, new(2026, 1, 5)));
        await PublishAsync(new ExchangeRatePublished("EUR", new(2026, 1, 1), 0.0000000001m, "bank"));
        Assert.Equal(0.0000010001m, (await TotalAsync(February)).Actual);

        await RateAsync("openai/m", new(2026, 1, 1), 0.000001000001m);
        Assert.Equal(0.000002000101m, (await TotalAsync(February)).Actual);
    }

    private void On(int year, int month, int day) => _clock.Now = Given.At(new(year, month, day));

    private Task ProjectAsync() => _database.ProjectAsync();

    private Task<AppendResult[]> UseAsync(DateOnly day, long tokens, string model = "m") =>
        _database.RecordAsync(Given.Tokens(Given.At(day), model: model, input: tokens, output: 0));

    private static ChargeRecorded Charge(decimal amount, DateOnly day) => new("support-chat", Approach.Hybrid, Component.Other, amount, "EUR", Given.At(day));

    private Task RateAsync(string sku, DateOnly from, decimal price) => _database.PublishAsync(sku, from, new MeterPrice("input-tokens", price));

    private Task<Guid> PublishAsync(IEvent publication) => _database.Get<PriceBook>().PublishAsync(publication, Recorder, Stop);

    private Task RegisterAsync(string team) => _database.Get<WorkloadRegistry>().RegisterAsync(
        new("support-chat", "Support", team, Approach.PromptEngineering), Recorder, Stop);

    private Task<(Guid Id, EstimateSubmitted Estimate)> EstimateAsync(decimal amount) => _database.Get<EstimateBook>().SubmitAsync(
        Given.Estimate(amount) with { From = "2026-01", To = "2026-01" }, Recorder, Stop);

    private async Task CloseAsync(BillingPeriod month, bool acceptUnpriced = false, bool acceptUnconverted = false)
    {
        var (closing, reasons) = await TryCloseAsync(month, new CloseRequest("month end", acceptUnpriced, acceptUnconverted));
        Assert.True(closing is not null, string.Join(' ', reasons));
    }

    private async Task<(PeriodClosing? Closing, IReadOnlyList<FieldReason> Reasons)> TryCloseAsync(BillingPeriod month, CloseRequest request)
    {
        await ProjectAsync();
        return await Periods.CloseAsync(month, request, Recorder, Stop);
    }

    private async Task<MonthlyCost> TotalAsync(BillingPeriod month, DateOnly? knownOn = null)
    {
        await ProjectAsync();
        return MonthlyCostQuery.Total(month.ToString(), await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(month, month) { KnownOn = knownOn }, [], Stop));
    }

    private async Task<IEnumerable<(string, string, decimal)>> ByTeamAsync(DateOnly? knownOn)
    {
        await ProjectAsync();
        var rows = await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(January, February) { KnownOn = knownOn }, [CostDimension.Find("team")!], Stop);
        return rows.Select(row => (row.Month, row.Keys["team"], row.Actual));
    }
}
