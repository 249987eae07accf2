using SpendTracker.Web.Pages;

namespace SpendTracker.Tests.Web;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(1, "output-tokens", "1 output-token")]
    [InlineData(1, "requests-without-tokens", "1 request-without-tokens")]
    [InlineData(2, "requests-without-tokens", "2 requests-without-tokens")]
    [InlineData(1, "hosting-hours", "1 hosting-hour")]
    public void What_is_counted_is_singular_where_it_is_one(int quantity, string meter, string text) => Assert.Equal(text, Quantity.OfMeter(quantity, meter, "own/m"));
}
