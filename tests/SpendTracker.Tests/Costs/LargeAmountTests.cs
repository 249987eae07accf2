using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Tests.Costs;

/// <summary>Amounts and prices in currencies of small units, up to the limits, which sums still hold to the last digit.</summary>
public sealed class LargeAmountTests
{
    private const decimal MostAmount = 1_000_000_000_000_000;

    [Theory]
    [InlineData("1500000000", null)] // In rupiahs, about 92,000 US dollars.
    [InlineData("1000000000000000", null)]
    [InlineData("-1000000000000000", null)]
    [InlineData("1000000000000000.000001", "Must be from -1,000,000,000,000,000 to 1,000,000,000,000,000.")]
    [InlineData("0.0000035", null)]
    [InlineData("999999999.000000000001", null)]
    [InlineData("0.0000000000001", "At most 12 decimals, and from 1,000,000,000 on at most 6.")]
    [InlineData("1000000000.0000001", "At most 12 decimals, and from 1,000,000,000 on at most 6.")]
    public void A_charge_of_any_currency_is_taken_up_to_the_limit(string amount, string? reason)
    {
        var charge = Charge(decimal.Parse(amount, CultureInfo.InvariantCulture));
        var prep = new DatasetPrepRecorded("w", "d", DatasetActivity.Label, charge.ChargedAt, Amount: charge.Amount, Currency: "IDR");

        Assert.Equal(reason is null ? [] : [reason], UsageRules.Check(charge, charge.ChargedAt).Select(found => found.Reason));
        Assert.Equal(reason is null ? [] : [reason], UsageRules.Check(prep, charge.ChargedAt).Select(found => found.Reason));
        Assert.True(reason is not null || UsageQuantities.FaultOf(charge) is null);
    }

    [Theory]
    [InlineData("labour-hours", 1, "2300000", null)] // An hour of an engineer in dong, about 90 US dollars.
    [InlineData("labour-hours", 1, "1000000000", null)]
    [InlineData("items", 1_000, "1000000000000", null)]
    [InlineData("labour-hours", 1, "1000000000.000000000001", "Must be from 0 to 1,000,000,000.")]
    [InlineData("input-tokens", 1_000_000, "64000000", null)] // A million tokens in rials, about 60 US dollars.
    [InlineData("input-tokens", 1, "1000000", null)]
    [InlineData("input-tokens", 1_000_000, "1000000000001", "Must be from 0 to 1,000,000,000,000.")]
    [InlineData("items", 7, "7", "Must be 1, 1,000 or 1,000,000.")]
    [InlineData("items", 1, "999999999.9999999999999", "The price of one unit may have at most 12 decimals.")]
    public void A_price_in_any_currency_is_taken_up_to_a_limit_that_depends_on_what_is_counted(string meter, int per, string price, string? reason)
    {
        var rate = new RatePublished("own/m", Given.Day, "VND", [new(meter, decimal.Parse(price, CultureInfo.InvariantCulture), per)], "list");

        Assert.Equal(reason is null ? [] : [reason], PriceBookRules.Check(rate, "USD").Select(found => found.Reason));
    }

    [Theory]
    [InlineData("0.000001", "2500000000", true)] // Each of its parts is rounded to millionths.
    [InlineData("0.01", "2500000000", false)]
    [InlineData("0.000001", "250", false)]
    [InlineData("0", "250", true)]
    public void An_explanation_adds_up_to_the_decimals_that_its_amounts_have(string off, string total, bool addsUp)
    {
        var (half, missed) = (decimal.Parse(total, CultureInfo.InvariantCulture) / 2, decimal.Parse(off, CultureInfo.InvariantCulture));
        var usage = new UsageMove("w", Approach.Hybrid, "own/m", "input-tokens", 1, 1, half - missed, new(0, 0, new Dictionary<string, decimal>()), null);

        var explanation = new Explanation(BillingPeriod.Of(Given.Day), Given.Day, Given.Day, half, 2 * half, [usage], [], [], []) { LackingBefore = LackingTotal.Of([]), LackingAfter = LackingTotal.Of([]) };

        Assert.Equal(addsUp, explanation.AddsUp);
    }

    [Fact]
    public async Task The_largest_charges_the_largest_price_and_the_smallest_of_both_add_up_to_the_last_digit()
    {
        await using var database = await TestDatabase.CreateAsync();
        const decimal Largest = MostAmount - 0.000001m, Price = 999_999_999.999999999999m, Rate = 0.0000610001m;
        await database.RecordAsync(
            Charge(Largest), Charge(Largest), Charge(0.000001m), Charge(MostAmount), Charge(-MostAmount),
            new LabourRecorded("w", Approach.Hybrid, "engineer", 0.000001m, LabourActivity.Evaluation, Given.At(Given.Day)),
            new LabourRecorded("w", Approach.Hybrid, "engineer", 99_999.999999m, LabourActivity.Evaluation, Given.At(Given.Day)));
        await database.ChangePricesAsync(new RatePublished("labour/engineer", Given.Day, "USD", [new("labour-hours", Price)], "contract"));
        var before = await TotalAsync(database);
        Assert.Equal(((2 * Largest) + 0.000001m, decimal.Round(100_000 * Price, 6)), (before.Unconverted["IDR"], before.Actual));
        Assert.Equal(100_000 * Price, await database.ScalarAsync<decimal>("select sum(amount) from spend.monthly_cost where component = 'labour'"));

        await database.ChangePricesAsync(new ExchangeRatePublished("IDR", Given.Day, Rate, "bank"));
        Assert.Equal(
            decimal.Round((((2 * Largest) + 0.000001m) * Rate) + (100_000 * Price), 6), (await TotalAsync(database)).Actual);
    }

    private static async Task<MonthlyCost> TotalAsync(TestDatabase database)
    {
        var month = BillingPeriod.Of(Given.Day);
        return Assert.Single(await database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(month, month), [], TestContext.Current.CancellationToken));
    }

    private static ChargeRecorded Charge(decimal amount) => new("w", Approach.Hybrid, Component.Other, amount, "IDR", Given.At(Given.Day));
}
