namespace SpendTracker.Tests.Closing;

/// <summary>
/// A year is played in, at random: usage and its corrections, hosting over months' ends, rates, discounts, aliases, exchange
/// rates, withdrawals, and periods closed and opened again. Whatever comes, no money is lost or made, what was closed stays,
/// and what was known on a day can be asked for ever after.
/// </summary>
public sealed class MoneyPropertyTests
{
    /// <param name="hour">Of the day in UTC, at which the clock stands: in the zones, near midnight.</param>
    [Theory]
    [InlineData(1, "UTC", 12)]
    [InlineData(2, "Pacific/Auckland", 12)]
    [InlineData(3, "America/New_York", 4)]
    [InlineData(4, "Europe/Berlin", 22)]
    public async Task No_money_is_lost_closed_periods_stay_and_the_past_is_known(int seed, string zone, int hour)
    {
        await using var play = await MoneyPlay.StartAsync(seed, zone, hour);
        while (!play.YearIsOver)
        {
            await play.StepAsync();
        }

        await play.CheckTheEndAsync();
    }
}
