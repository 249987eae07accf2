using SpendTracker.Anomalies;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Anomalies;

public sealed class CauseArithmeticTests
{
    private static readonly MeterDay[] Before = [new("a/one", "requests", 100, 0), new("a/one", "input-tokens", 1_000, 10), new("a/one", "output-tokens", 200, 6)];

    [Fact]
    public void Twice_the_requests_are_volume() =>
        Assert.Equal(new AnomalyCauses(16, 16, 0, 0, 0), CauseArithmetic.Of([.. Before.Select(part => part with { Quantity = part.Quantity * 2, Amount = part.Amount * 2 })], Before));

    [Fact]
    public void Twice_the_tokens_of_a_request_are_its_size() => Assert.Equal(
        new AnomalyCauses(16, 0, 16, 0, 0),
        CauseArithmetic.Of([Before[0], .. Before[1..].Select(part => part with { Quantity = part.Quantity * 2, Amount = part.Amount * 2 })], Before));

    [Fact]
    public void More_requests_for_one_that_succeeds_are_retries()
    {
        MeterDay[] day = [.. Before.Select(part => part with { Quantity = part.Quantity * 3, Amount = part.Amount * 3 })];

        // Twice as many succeed, 200 instead of 100, and each takes 1.5 requests instead of 1: 16 more for these, and 16 for the retries.
        Assert.Equal(new AnomalyCauses(16, 16, 0, 0, 0, 16), CauseArithmetic.Of(day, Before, (new(200, 100), new(100, 0))));
        Assert.Equal(new AnomalyCauses(16, 32, 0, 0, 0), CauseArithmetic.Of(day, Before, (new(200, 60), new(100, 0)))); // Too few outcomes are known.
        Assert.Equal(new AnomalyCauses(16, 32, 0, 0, 0), CauseArithmetic.Of(day, Before, (new(0, 300), new(100, 0))));
    }

    [Fact]
    public void Twice_the_price_is_price() =>
        Assert.Equal(new AnomalyCauses(16, 0, 0, 16, 0), CauseArithmetic.Of([.. Before.Select(part => part with { Amount = part.Amount * 2 })], Before));

    [Fact]
    public void A_dearer_model_for_the_same_work_is_mix() =>
        Assert.Equal(new AnomalyCauses(16, 0, 0, 0, 32), CauseArithmetic.Of([.. Before.Select(part => part with { Sku = "a/two", Amount = part.Amount * 3 })], Before));

    [Fact]
    public void Parts_of_other_meters_are_not_counted_twice()
    {
        MeterDay[] before = [.. Before, new("a/one", "audio-input-tokens", 500, 0)];

        Assert.Equal(new AnomalyCauses(16, 0, 0, 0, 0), CauseArithmetic.Of(Before, before));
    }

    [Fact]
    public void Before_there_was_nothing_all_is_mix() => Assert.Equal(new AnomalyCauses(0, 0, 0, 0, 16), CauseArithmetic.Of(Before, []));

    [Fact]
    public void The_parts_add_up_to_the_difference()
    {
        var random = new Random(5);
        for (var round = 0; round < 500; round++)
        {
            var (day, before) = (Meters(random), Meters(random));

            var causes = CauseArithmetic.Of(day, before);

            Assert.Equal(Math.Round(before.Sum(part => part.Amount), 6), causes.Mean);
            Assert.Equal(Math.Round(day.Sum(part => part.Amount), 6), causes.Mean + causes.Volume + causes.RequestSize + causes.Price + causes.Mix);
        }
    }

    [Fact]
    public void What_moved_most_comes_first_and_what_did_not_move_is_left_out()
    {
        MeterDay[] day = [Before[0], Before[1] with { Amount = 11 }, Before[2] with { Amount = 1 }, new("b", "output-tokens", 1, 3)];

        Assert.Equal(
            [new("a/one", "output-tokens", 1, 6), new("b", "output-tokens", 3, 0), new("a/one", "input-tokens", 11, 10)],
            CauseArithmetic.Parts(day, Before));
    }

    private static MeterDay[] Meters(Random random) =>
    [
        .. from sku in (string[])["a", "b", "c"]
           from meter in (string[])["requests", "input-tokens", "output-tokens", "batch-output-tokens"]
           where random.Next(3) > 0
           select new MeterDay(sku, meter, random.Next(1_000), meter == "requests" ? 0 : random.Next(1_000_000) / 997m),
    ];
}
