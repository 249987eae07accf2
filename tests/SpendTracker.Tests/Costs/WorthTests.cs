using SpendTracker.Gaps;

namespace SpendTracker.Tests.Costs;

/// <summary>What a quantity without a price might be worth.</summary>
public sealed class WorthTests
{
    private static readonly Dictionary<string, decimal> Prices = new()
    {
        ["openai/o1"] = 15m, ["openai/o3"] = 2m, ["openai/o3-mini"] = 1m, ["openai/gpt-4o"] = 2.5m, ["openai/free"] = 0m, ["mistral/o9"] = 99m,
    };

    [Theory]
    [InlineData("openai/o5-preview", 3.0, 45.0, "the prices of 3 SKUs like openai/o…")] // Not openai/omni, not Mistral's.
    [InlineData("openai/gpt-9", 7.5, 7.5, "the price of openai/gpt-4o")]
    [InlineData("openai/sora", 3.0, 45.0, "the prices of 4 SKUs like openai/…")]
    [InlineData("mistral/o9", null, null, null)] // It is the only one itself.
    [InlineData("cohere/command", null, null, null)]
    [InlineData("large", null, null, null)]
    public void It_is_at_the_lowest_and_the_highest_price_of_those_like_it_and_else_of_its_provider(string sku, double? least, double? most, string? basis)
    {
        var worth = Worth.Of(sku, 3, Prices);
        Assert.Equal(((decimal?)least, (decimal?)most, basis), (worth?.AtLeast, worth?.AtMost, worth?.Basis));
    }

    [Fact]
    public void A_quantity_that_was_taken_back_is_worth_less_than_nothing_and_the_lower_end_comes_first() =>
        Assert.Equal((-45m, -3m), (Worth.Of("openai/o5", -3, Prices)!.AtLeast, Worth.Of("openai/o5", -3, Prices)!.AtMost));

    [Fact]
    public void Silent_days_are_worth_what_days_were_before_at_most() => Assert.Equal(new Worth(0, 30, "3 days like those before"), Worth.OfSilence(10, 3));
}
