namespace SpendTracker.Contracts;

/// <summary>
/// Prices of one SKU from a day on. Never edited: a later publication supersedes it, for its meters, from its own day.
/// </summary>
/// <param name="Sku">What is priced, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="EffectiveFrom">The first day, in the reporting time zone, that the prices hold for.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Prices">A price for each meter, each meter once.</param>
/// <param name="Source">Where the prices are from: a price list's address, a contract.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record RatePublished(
    string Sku, DateOnly EffectiveFrom, string Currency, IReadOnlyList<MeterPrice> Prices, string Source, string? Note = null) : IEvent;

/// <summary>The price of a meter.</summary>
/// <param name="Meter">What is counted, e.g. <c>input-tokens</c>, <c>batch-output-tokens</c>, <c>hosting-hours</c>.</param>
/// <param name="Price">For so many units. 0 or above: free is a price, no rate is not.</param>
/// <param name="Per">How many units the price is for: 1, 1,000 or 1,000,000.</param>
public sealed record MeterPrice(string Meter, decimal Price, decimal Per = 1);
