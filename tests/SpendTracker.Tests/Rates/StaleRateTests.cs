using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Tests.Log;

namespace SpendTracker.Tests.Rates;

/// <summary>An exchange rate is used for so many days after its own, and then it is stale: the amount is unconverted, and named.</summary>
public sealed class StaleRateTests : IAsyncLifetime
{
    private static readonly BillingPeriod January = new(2026, 1), February = new(2026, 2), March = new(2026, 3);

    private readonly FixedClock _clock = new(Given.At(new(2026, 1, 5)));
    private TestDatabase _database = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync("UTC", _clock);
        await _database.ChangePricesAsync(new ExchangeRatePublished("EUR", new(2026, 1, 1), 2, "bank"));
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_rate_is_used_on_the_45th_day_after_its_own_and_not_on_the_46th()
    {
        On(2026, 3, 1);
        await _database.RecordAsync(Charge(100, new(2026, 2, 15)), Charge(1, new(2026, 2, 16)));

        var total = await TotalAsync(_database, February);
        Assert.Equal((200m, 1m), (total.Actual, total.Unconverted["EUR"]));
        var unconverted = Assert.Single(await _database.Get<UnpricedQuery>().ListUnconvertedAsync(null, null, null, Stop));
        Assert.Equal(("EUR", 1m, new DateOnly(2026, 1, 1)), (unconverted.Currency, unconverted.Amount, unconverted.LastRate));
        var (_, reasons) = await _database.Get<BillingPeriods>().CloseAsync(February, new CloseRequest("month end"), new Recorder("test"), Stop);
        Assert.Equal(
            [new FieldReason("acceptUnconverted", "Some amounts have no exchange rate, or a stale one: EUR. Publish one, or accept that they are not in the total.")], reasons);

        await _database.ChangePricesAsync(new ExchangeRatePublished("EUR", new(2026, 2, 16), 3, "bank"));
        Assert.Equal(203m, (await TotalAsync(_database, February)).Actual);
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    [Fact]
    public async Task A_currency_that_never_had_a_rate_has_no_last_one_and_the_reporting_currency_never_goes_stale()
    {
        On(2026, 3, 1);
        await _database.RecordAsync(Charge(100, new(2026, 2, 28)) with { Currency = "GBP" }, Charge(7, new(2026, 2, 28)) with { Currency = "USD" });

        Assert.Equal(7m, (await TotalAsync(_database, February)).Actual);
        Assert.Null(Assert.Single(await _database.Get<UnpricedQuery>().ListUnconvertedAsync(null, null, null, Stop)).LastRate);
    }

    [Fact]
    public async Task Another_age_holds_after_the_last_closed_month_which_stays_as_it_was_signed_and_known()
    {
        await _database.RecordAsync(Charge(10, new(2026, 1, 4)));
        On(2026, 1, 31);
        await _database.RecordAsync(Charge(100, new(2026, 1, 30)));
        On(2026, 2, 20);
        await _database.RecordAsync(Charge(1, new(2026, 2, 20)), Charge(1_000, new(2026, 2, 2)));
        await CloseAsync(January, 220);
        Assert.Equal((2_000m, 1m), await AmountsAsync(_database, February));

        On(2026, 2, 22);
        await using (var shorter = await ReopenedAsync(10))
        {
            Assert.Equal((220m, 0m), await AmountsAsync(shorter, January));
            Assert.Equal((0m, 1_001m), await AmountsAsync(shorter, February));
            Assert.Equal((2_000m, 1m), await AmountsAsync(shorter, February, new(2026, 2, 21)));
            await PoisonTests.AssertIsWhatAReplayGivesAsync(shorter);
        }

        await using var longer = await ReopenedAsync(400);
        Assert.Equal((220m, 0m), await AmountsAsync(longer, January));
        Assert.Equal((2_002m, 0m), await AmountsAsync(longer, February));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(longer);

        await using var unchanged = await ReopenedAsync(null);
        Assert.Equal(400, unchanged.Settings.ExchangeRateDays);
        Assert.Equal(
            ["45", "10 2026-02-01", "400 2026-02-01"],
            await unchanged.TextsAsync("select concat_ws(' ', data->>'exchangeRateDays', data->>'exchangeRateDaysFrom') from spend.mt_events where type = 'settings_changed' order by seq_id"));
    }

    /// <summary>The page and the API ask by another way than the sums.</summary>
    [Fact]
    public async Task A_single_event_has_no_stale_rate_either()
    {
        On(2026, 3, 1);
        SpendTracker.Usage.UsageQuantity[] quantities =
            [new(new(2026, 2, 15), Component.Other, "charge/EUR", "amount", 1), new(new(2026, 2, 16), Component.Other, "charge/EUR", "amount", 1)];
        var prices = await DayPrices.LoadAsync(_database.DataSource, quantities, null, Stop);

        Assert.Equal([2m, null], quantities.Select(quantity => prices.Of(quantity).Price!.ExchangeRate));
    }

    private Task<TestDatabase> ReopenedAsync(int? days) => TestDatabase.CreateAsync(Task.FromResult(_database.Spend.ConnectionString), clock: _clock, exchangeRateDays: days);

    private async Task CloseAsync(BillingPeriod month, decimal total)
    {
        await _database.ProjectAsync();
        Assert.Empty((await _database.Get<BillingPeriods>().CloseAsync(month, new CloseRequest("month end", Total: total), new Recorder("test"), Stop)).Reasons);
    }

    private static async Task<(decimal Actual, decimal Unconverted)> AmountsAsync(TestDatabase database, BillingPeriod month, DateOnly? knownOn = null)
    {
        var total = await TotalAsync(database, month, knownOn);
        return (total.Actual, total.Unconverted.GetValueOrDefault("EUR"));
    }

    private static async Task<MonthlyCost> TotalAsync(TestDatabase database, BillingPeriod month, DateOnly? knownOn = null)
    {
        await database.ProjectAsync();
        return MonthlyCostQuery.Total(month.ToString(), await database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(month, month) { KnownOn = knownOn }, [], Stop));
    }

    private static ChargeRecorded Charge(decimal amount, DateOnly day) => new("w", Approach.Hybrid, Component.Other, amount, "EUR", Given.At(day));

    private void On(int year, int month, int day) => _clock.Now = Given.At(new(year, month, day));
}
