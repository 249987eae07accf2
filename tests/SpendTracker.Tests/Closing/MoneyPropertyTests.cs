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

    /// <summary>Where all is of one line, it often comes to nothing, and begins again.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Closings_corrections_reopenings_and_late_usage_on_one_line_are_the_same_in_a_replay(int seed)
    {
        await using var play = await MoneyPlay.StartAsync(seed, "UTC", 12, day: 330);
        for (var step = 0; step < 60; step++)
        {
            await play.StepOnOneLineAsync();
        }

        await play.CheckTheEndAsync();
    }
}
