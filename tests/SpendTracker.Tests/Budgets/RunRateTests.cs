using SpendTracker.Budgets;

namespace SpendTracker.Tests.Budgets;

/// <summary>What a day of each weekday is expected to cost, by how long a workload has been in use.</summary>
public sealed class RunRateTests
{
    private static readonly DateOnly Saturday = new(2026, 6, 20);

    /// <param name="days">That it has been in use for.</param>
    /// <param name="saturday">12 were spent on Saturdays, and 28 on each other weekday; so much is expected of the next one.</param>
    [Theory]
    [InlineData(1, 180)]
    [InlineData(6, 30)] // Below a week, every day is the average day.
    [InlineData(7, 12)]
    [InlineData(20, 6)]
    [InlineData(21, 4)]
    [InlineData(22, 3)] // Used on few days, since its first one is somewhere in the first of four weeks.
    [InlineData(28, 3)]
    public void A_weekday_costs_what_was_spent_on_it_by_how_often_there_was_one(int days, int saturday) =>
        Assert.Equal(saturday, RunRateQuery.Average([28, 28, 28, 28, 28, 28, 12], days, Saturday)[(int)DayOfWeek.Saturday]);
}
