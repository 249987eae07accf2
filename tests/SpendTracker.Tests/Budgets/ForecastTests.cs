using SpendTracker.Budgets;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Forecasts;
using static SpendTracker.Tests.Budgets.WatchedBudgets;

namespace SpendTracker.Tests.Budgets;

/// <summary>Days count whole in a forecast, and hosting that is recorded ahead counts as its days come.</summary>
public sealed class ForecastTests : WatchTests
{
    private const decimal Day = 336; // 24 hours at $14.

    private static readonly BudgetSpan June = new(new(2026, 6), new(2026, 6));

    [Fact]
    public void Flat_hosting_is_forecast_alike_at_every_hour_of_a_month()
    {
        for (var hour = 24; hour < 30 * 24; hour++)
        {
            var (today, spent) = (June.Start.AddDays(hour / 24), hour * Day / 24);
            var expected = new ExpectedSpend(today);
            expected.Add(Flat(today), spent - (Day * (today.Day - 1)));
            Assert.Equal(10_080, spent + expected.ToCome(June));
        }
    }

    [Fact]
    public void Today_costs_at_least_what_is_there_part_by_part_and_the_next_period_begins_after_today()
    {
        var monday = new DateOnly(2026, 6, 29);
        var expected = new ExpectedSpend(monday);
        expected.Add(Flat(monday), soFar: 500);
        expected.Add(Flat(monday) with { Prices = [(monday, [0, 100, 0, 0, 0, 0, 0])] }, soFar: 40);

        Assert.Equal(60 + Day, expected.ToCome(June));
        Assert.Equal((31 * Day) + 400, expected.ToCome(new(new(2026, 7), new(2026, 7))));
    }

    [Fact]
    public void What_is_recorded_for_a_day_to_come_is_its_cost_and_for_the_last_such_day_at_least_that()
    {
        var today = new DateOnly(2026, 6, 26);
        var expected = new ExpectedSpend(today);
        expected.Add(Flat(today, (new(2026, 6, 27), 100), (new(2026, 6, 28), 14)), soFar: 0);

        // Nothing more today, 100 on the 27th; the 28th is covered in part, and then it goes on.
        Assert.Equal(100 + (3 * Day), expected.ToCome(June));
    }

    [Fact]
    public void Scheduled_charges_are_expected_on_their_days_and_today_until_they_have_come()
    {
        var today = new DateOnly(2026, 6, 26);
        ScheduledCharge Charge(DateOnly day, decimal amount) => new(day, "search", "fine-tuning", "other", amount, 1, new(2026, 5, 26));
        ExpectedSpend Of(decimal soFar)
        {
            var expected = new ExpectedSpend(today);
            var seats = Flat(today) with { Prices = [(today, new decimal[7])], Scheduled = [Charge(today, 30), Charge(new(2026, 6, 28), -5), Charge(new(2026, 7, 26), 30)] };
            expected.Add(seats, soFar);
            return expected;
        }

        var july = new BudgetSpan(new(2026, 7), new(2026, 7));
        Assert.Equal((25, 30), (Of(soFar: 0).ToCome(June), Of(soFar: 0).ToCome(july)));
        Assert.Equal((-5, 30), (Of(soFar: 32).ToCome(June), Of(soFar: 32).ToCome(july))); // Today's has come, and the rates were read before.
    }

    [Fact]
    public void A_price_of_a_day_to_come_counts_from_that_day_and_a_guess_by_few_days_is_told_apart()
    {
        var today = new DateOnly(2026, 6, 20);
        var expected = new ExpectedSpend(today);
        var halved = Flat(today) with { Prices = [(today, [.. Enumerable.Repeat(10m, 7)]), (new(2026, 6, 25), [.. Enumerable.Repeat(5m, 7)])] };
        expected.Add(halved, soFar: 0);
        expected.Add(halved with { IsRough = true }, soFar: 10);

        Assert.Equal(10 + (2 * ((4 * 10) + (6 * 5))), expected.ToCome(June)); // 21 to 24 June, and 25 to 30 June.
        Assert.Equal(70, expected.RoughToCome(June));
        Assert.Equal(31 * 10, expected.ToCome(new(new(2026, 7), new(2026, 7))));
        Assert.Equal(15, halved.On(new(2026, 6, 24)) + halved.On(new(2026, 6, 25)));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(24)] // Between the fourth week and the fifth.
    public async Task Flat_hosting_of_336_dollars_a_day_is_10080_in_a_month_of_30_days(int today)
    {
        await PublishAsync();
        await Budgets.SetAsync(Monthly("all", 10_080));
        var start = Given.At(June.Start, 0);
        await RecordAsync([.. Enumerable.Range(0, today - 1).Select(day => Host(start.AddDays(day), 24)), Host(start.AddDays(today - 1), 1)]);
        await ForecastAsync(new(2026, 6, today), 10_080, hour: 1);
    }

    [Fact]
    public async Task One_day_of_history_is_shown_as_a_rough_forecast_and_raises_no_alert()
    {
        await Budgets.SetAsync(Monthly("all", 500, new BudgetThreshold(ThresholdOn.Forecast, 100)));
        await Budgets.SpendAsync(Costing(100, Today.AddDays(-1)));
        await ForecastAsync(Today, 100 + (11 * 100)); // Today, and ten days to come.

        Assert.Equal((1_100, BudgetStanding.Within), (Watch.Current("all")!.Rough, BudgetJudgement.Of(Watch.Current("all"))));
        Assert.Empty(await Budgets.DecidedAsync("all"));
    }

    [Fact]
    public async Task Hosting_ahead_is_counted_by_day_as_days_come_and_known_to_the_forecast()
    {
        await PublishAsync();
        await Budgets.SetAsync(Monthly("all", 5_000, Actual(10)));
        await Budgets.Database.RecordAsync(("ahead", Host(Given.At(Today, 0), 20 * 24))); // To 9 July.
        await ForecastAsync(Today, 11 * Day);
        Assert.Equal([("2026-06", Day)], await CostsAsync());
        Assert.Empty(await Budgets.DecidedAsync("all"));
        Assert.Equal([new DailySpend(Today, Day)], await Budgets.Database.Get<DailySpendQuery>().ListAsync(Monthly("all", 5_000), June, Cancel));

        await ForecastAsync(Today.AddDays(1), 11 * Day);
        Assert.Equal(["crossed actual:10%"], await Budgets.DecidedAsync("all"));
        Assert.Equal([("2026-06", Day)], await CostsAsync(knownOn: Today));

        Budgets.Clock.Now = Given.At(new(2026, 7, 1));
        var (closing, _) = await Budgets.Database.Get<BillingPeriods>().CloseAsync(new(2026, 6), new CloseRequest("signed"), new Recorder("test"), Cancel);
        Assert.Equal(11 * Day, closing!.Total);
        await Budgets.Database.ProjectAsync();
        Assert.Equal([("2026-06", 11 * Day), ("2026-07", Day)], await CostsAsync());
        Assert.Equal([("2026-06", 2 * Day)], await CostsAsync(knownOn: Today.AddDays(1)));

        // It ended on 4 July: what was recorded for later days is taken back before they come.
        Budgets.Clock.Now = Given.At(new(2026, 7, 3));
        await Budgets.Database.CorrectAsync("ahead", Host(Given.At(Today, 0), 14 * 24), "shorter");
        await Budgets.Database.ProjectAsync();
        Assert.Equal([("2026-06", 11 * Day), ("2026-07", 3 * Day)], await CostsAsync());
        Budgets.Clock.Now = Given.At(new(2026, 7, 20));
        Assert.Equal([("2026-06", 11 * Day), ("2026-07", 3 * Day)], await CostsAsync());
        Assert.Empty(await Budgets.Database.Spend.CreateRebuild().VerifyAsync(Budgets.Database.Spend.Projections()[0], null, Cancel));
    }

    private static Outlook Flat(DateOnly today, params (DateOnly Day, decimal Amount)[] ahead) => new(
        new("chat", "fine-tuning", "hosting", "azure/host", CostDimension.None, false), today, [(today, [.. Enumerable.Repeat(Day, 7)])],
        ahead.ToDictionary(day => day.Day, day => day.Amount), 0, 0, IsRough: false);

    private static HostingHoursRecorded Host(DateTimeOffset start, int hours) => new("chat", Approach.FineTuning, "azure/host", hours, start, start.AddHours(hours));

    private Task PublishAsync() => Budgets.Database.PublishAsync("azure/host", new(2026, 1, 1), new MeterPrice("hosting-hours", 14));

    private async Task RecordAsync(params IUsageEvent[] usage) => Assert.All(await Budgets.Database.RecordAsync(usage), result => Assert.Equal(AppendResult.Appended, result));

    private async Task ForecastAsync(DateOnly today, decimal forecast, int hour = 12)
    {
        Budgets.Clock.Now = Given.At(today, hour).AddMinutes(26);
        decimal? seen = null;
        await Eventually.Async(async () =>
        {
            await Budgets.LookAsync(Watch); // What days are expected to cost is read beside the rest.
            return (seen = Watch.Current("all")!.Forecast) == forecast;
        });
        Assert.Equal(forecast, seen);
    }

    private async Task<IEnumerable<(string Month, decimal Actual)>> CostsAsync(DateOnly? knownOn = null) =>
        (await Budgets.Database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(new(2026, 5), new(2026, 9)) { KnownOn = knownOn }, [], Cancel)).Select(cost => (cost.Month, cost.Actual));
}
