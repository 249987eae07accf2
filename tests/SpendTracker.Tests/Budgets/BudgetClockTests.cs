using SpendTracker.Contracts;

namespace SpendTracker.Tests.Budgets;

public sealed class BudgetClockTests
{
    [Fact]
    public async Task A_host_whose_clock_is_behind_does_not_take_a_period_that_has_begun_for_one_that_is_over()
    {
        await using var watched = await WatchedBudgets.StartAsync();
        await watched.SetAsync(WatchedBudgets.Monthly("b", 10, WatchedBudgets.Actual(100)));
        await watched.SpendAsync(WatchedBudgets.Costing(20));
        await watched.LookAsync(watched.NewWatch());
        Assert.Equal(["crossed actual:100%"], await watched.DecidedAsync("b"));

        watched.Clock.Now = Given.At(new(2026, 4, 30));
        await watched.LookAsync(watched.NewWatch());
        Assert.Equal(["crossed actual:100%"], await watched.DecidedAsync("b"));

        watched.Clock.Now = Given.At(new(2026, 8, 1)); // Now it is over, and the one after it too.
        await watched.LookAsync(watched.NewWatch());
        Assert.Equal(["crossed actual:100%", "resolved period-over"], await watched.DecidedAsync("b"));
    }

    [Fact]
    public async Task A_new_month_has_the_exchange_rate_of_its_first_day_at_once()
    {
        await using var watched = await WatchedBudgets.StartAsync();
        await watched.Database.ChangePricesAsync(new ExchangeRatePublished("EUR", new(2026, 6, 1), 2, "bank"), new ExchangeRatePublished("EUR", new(2026, 7, 1), 4, "bank"));
        await watched.SetAsync(WatchedBudgets.Monthly("b", 10) with { Currency = "EUR" });
        var watch = watched.NewWatch();
        await watched.SpendAsync(WatchedBudgets.Costing(20));
        await watched.LookAsync(watch);
        Assert.Equal(10, watch.Current("b")!.Spent);

        watched.Clock.Now = Given.At(new(2026, 7, 1));
        await watched.SpendAsync(WatchedBudgets.Costing(20, new(2026, 7, 1)));
        await watched.LookAsync(watch);
        Assert.Equal(5, watch.Current("b")!.Spent);
    }
}
