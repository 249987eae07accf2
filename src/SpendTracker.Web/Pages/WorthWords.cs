using SpendTracker.Gaps;

namespace SpendTracker.Web.Pages;

/// <summary>How a page says what something that is in no total might be worth.</summary>
internal static class WorthWords
{
    /// <summary>Like <c>$2.00 to $9.00, by the prices of 3 SKUs like openai/o…</c></summary>
    public static string Of(Worth? worth, string currency) => worth is null ? "not known" : $"{Amounts(worth.AtLeast, worth.AtMost, currency)}, by {worth.Basis}";

    public static string Amounts(decimal atLeast, decimal atMost, string currency) =>
        Money.Text(atLeast, currency) == Money.Text(atMost, currency) ? $"about {Money.Text(atMost, currency)}"
        : atLeast == 0 ? $"up to {Money.Text(atMost, currency)}"
        : $"{Money.Text(atLeast, currency)} to {Money.Text(atMost, currency)}";

    /// <summary>What all of it might be worth together, in a sentence; null where nothing is known of any.</summary>
    public static string? Sum(TotalGaps gaps, string currency) => gaps.Worth is not { } worth ? null
        : $"What has no price or exchange rate might be worth {Amounts(worth.AtLeast, worth.AtMost, currency)}{(gaps.HasUnknown ? ", without that of which nothing is known" : "")}. No total has it.";
}
