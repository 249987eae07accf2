using System.Globalization;
using SpendTracker.Costs;
using SpendTracker.Forecasts;

namespace SpendTracker.Tests.Forecasts;

/// <summary>Charges that come again and again are expected, and no others.</summary>
public sealed class ChargeScheduleTests(ITestOutputHelper output)
{
    private static readonly DateOnly Today = new(2026, 6, 20);
    private static readonly CostPart Part = new("chat", "prompt-engineering", "other", CostDimension.None, CostDimension.None, IsOnce: true);

    [Fact]
    public void What_came_twice_a_month_apart_is_expected_on_its_day_at_its_last_amount() => Assert.Equal(
        ["2026-07-05 208 1", "2026-08-05 208 1"], Expected((new(2026, 5, 4), 200), (new(2026, 6, 5), 208)));

    [Fact]
    public void A_series_goes_on_with_another_amount() => Assert.Equal(
        ["2026-07-05 290 1", "2026-08-05 290 1"], Expected((new(2026, 4, 5), 200), (new(2026, 5, 5), 200), (new(2026, 6, 5), 290)));

    [Fact]
    public void What_came_once_or_of_another_amount_or_on_another_day_is_not_expected()
    {
        Assert.Empty(Expected((new(2026, 6, 5), 200)));
        Assert.Empty(Expected((new(2026, 5, 5), 200), (new(2026, 6, 5), 230)));
        Assert.Empty(Expected((new(2026, 5, 5), 200), (new(2026, 6, 9), 200)));
        Assert.Empty(Expected((new(2026, 5, 5), 200), (new(2026, 6, 5), -200)));
    }

    [Fact]
    public void One_that_is_overdue_is_expected_today_for_five_days_and_has_then_ended()
    {
        Assert.Equal(["2026-06-20 50 1", "2026-07-15 50 1", "2026-08-15 50 1"], Expected((new(2026, 4, 15), 50), (new(2026, 5, 15), 50)));
        Assert.Empty(Expected((new(2026, 4, 14), 50), (new(2026, 5, 14), 50)));
    }

    [Fact]
    public void The_last_day_of_a_month_stays_the_last() => Assert.Equal(
        ["2026-06-30 9 1", "2026-07-31 9 1", "2026-08-31 9 1"], Expected((new(2026, 3, 31), 9), (new(2026, 4, 30), 9), (new(2026, 5, 31), 9)));

    [Fact]
    public void Quarters_and_years_recur_and_what_is_surely_monthly_is_no_quarter_besides()
    {
        Assert.Equal(["2026-08-10 -450 3"], Expected((new(2026, 2, 10), -450), (new(2026, 5, 10), -450)));
        Assert.Equal(["2026-07-01 1200 12"], Expected((new(2024, 7, 2), 1_200), (new(2025, 7, 1), 1_200)));
        Assert.Equal(["2026-07-03 7 1", "2026-08-03 7 1"], Expected([.. Enumerable.Range(0, 24).Select(back => (new DateOnly(2026, 6, 3).AddMonths(-back), 7m))]));
    }

    [Fact]
    public void Of_a_quarter_on_the_day_of_a_month_the_sums_recur_each_quarter()
    {
        // 100 a month, and 450 back each third month: 100, 100, -350.
        var charged = Enumerable.Range(0, 12).Select(back => new DateOnly(2026, 6, 3).AddMonths(-back)).Select(day => (day, day.Month % 3 == 0 ? -350m : 100)).ToArray();

        Assert.Equal(["2026-07-03 100 3", "2026-08-03 100 3", "2026-09-03 -350 3"], Expected(new DateOnly(2026, 9, 30), charged));
    }

    [Fact]
    public void Two_subscriptions_and_a_purchase_between_them_are_told_apart() => Assert.Equal(
        ["2026-07-01 30 1", "2026-07-02 31 1", "2026-08-01 30 1", "2026-08-02 31 1"],
        Expected((new(2026, 5, 1), 30), (new(2026, 5, 2), 31), (new(2026, 6, 1), 30), (new(2026, 6, 2), 31), (new(2026, 6, 12), 5_000)));

    /// <summary>
    /// What of charges is known before their month begins: of seats and subscriptions, some of which begin, end or change within the time, beside purchases at any time
    /// and amount. <c>tests/README.md</c> has the figures.
    /// </summary>
    [Fact]
    public void Of_made_up_charges_the_schedule_knows_most_of_next_month_and_invents_little()
    {
        var (nothing, lastMonth, scheduled, actual, invented) = (0m, 0m, 0m, 0m, 0m);
        foreach (var seed in Enumerable.Range(501, 60))
        {
            var charges = SyntheticCharges(new Random(seed));
            for (var month = new DateOnly(2025, 4, 1); month <= new DateOnly(2026, 5, 1); month = month.AddMonths(1))
            {
                var known = charges.Where(charge => charge.Day < month).GroupBy(charge => charge.Day).ToDictionary(day => day.Key, day => day.Sum(charge => charge.Amount));
                var expected = ChargeSchedule.Of(Part, known, month.AddDays(-1), month.AddMonths(1).AddDays(-1)).Where(charge => charge.Day >= month).Sum(charge => charge.Amount);
                decimal Sum(DateOnly from, bool onlySeats) => charges.Where(charge => charge.Day >= from && charge.Day < from.AddMonths(1) && (charge.IsSeat || !onlySeats)).Sum(charge => charge.Amount);
                var seats = Sum(month, onlySeats: true);
                (nothing, scheduled, lastMonth) = (nothing + seats, scheduled + Math.Abs(expected - seats), lastMonth + Math.Abs(Sum(month.AddMonths(-1), onlySeats: false) - seats));
                (actual, invented) = (actual + seats, invented + Math.Max(0, expected - seats));
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seats: error {scheduled / actual * 100:0.0} % by schedule, {lastMonth / actual * 100:0.0} % by last month's charges; {invented / actual * 100:0.0} % too much"));
        Assert.InRange(scheduled, 0, lastMonth / 2);
        Assert.InRange(invented / actual, 0, 0.06m);
    }

    private static List<(DateOnly Day, decimal Amount, bool IsSeat)> SyntheticCharges(Random random)
    {
        List<(DateOnly, decimal, bool)> charges = [];
        for (var subscription = 0; subscription < 3; subscription++)
        {
            var (day, from, until) = (1 + random.Next(28), random.Next(3) == 0 ? random.Next(12) : 0, random.Next(4) == 0 ? 8 + random.Next(10) : 18);
            var (every, price, seats) = (random.Next(4) == 0 ? 3 : 1, 10 + random.Next(40), 1 + random.Next(30));
            for (var month = from; month < until; month += every)
            {
                seats = random.NextDouble() < 0.15 ? Math.Max(1, seats + random.Next(-3, 5)) : seats;
                var first = new DateOnly(2024, 12, 1).AddMonths(month);
                charges.Add((first.AddDays(Math.Min(day + random.Next(3), 28) - 1), price * seats, true));
            }
        }

        for (var purchase = 0; purchase < 18; purchase++)
        {
            charges.Add((new DateOnly(2024, 12, 1).AddDays(random.Next(540)), Math.Round((decimal)Math.Exp(4 + (2 * random.NextDouble())), 2), false));
        }

        return charges;
    }

    private static string[] Expected(params (DateOnly Day, decimal Amount)[] charged) => Expected(new DateOnly(2026, 8, 31), charged);

    private static string[] Expected(DateOnly until, params (DateOnly Day, decimal Amount)[] charged) =>
    [
        .. ChargeSchedule.Of(Part, charged.ToDictionary(charge => charge.Day, charge => charge.Amount), Today, until).OrderBy(charge => charge.Day)
            .Select(charge => string.Create(CultureInfo.InvariantCulture, $"{charge.Day:yyyy-MM-dd} {charge.Amount} {charge.EveryMonths}")),
    ];
}
