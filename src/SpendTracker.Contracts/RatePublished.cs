using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>
/// Prices of one SKU from a day on. Never edited: a later publication supersedes it, for its meters, from its own day; or it
/// is withdrawn, and what held before holds again. After its last day, if it has one, nothing older comes back, since that
/// was superseded: a negotiated rate gives way to the list price of the day, and a list price to none, so that usage is
/// unpriced. To end a rate that has no end, publish it again from the same day with a last day.
/// </summary>
/// <param name="Sku">What is priced, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="EffectiveFrom">The first day, in the reporting time zone, that the prices hold for.</param>
/// <param name="Currency">ISO 4217 code; converted by the exchange rate of the day of use.</param>
/// <param name="Prices">A price for each meter, and for each context length from which another holds.</param>
/// <param name="Source">Where the prices are from: a price list's address, a contract.</param>
/// <param name="Note">Anything a reader should know.</param>
/// <param name="Kind">What the provider asks of everybody, or what it agreed with us.</param>
/// <param name="EffectiveTo">The last day, included; none where it has no end.</param>
/// <param name="NotCarried">What the source asks other prices for that are not here. Such usage is charged at the prices here, and marked as incomplete.</param>
public sealed record RatePublished(
    string Sku, DateOnly EffectiveFrom, string Currency, IReadOnlyList<MeterPrice> Prices, string Source, string? Note = null,
    RateKind Kind = RateKind.List, DateOnly? EffectiveTo = null, IReadOnlyList<NotCarriedPrice>? NotCarried = null) : IEvent;

/// <summary>The price of a meter.</summary>
/// <param name="Meter">What is counted, e.g. <c>input-tokens</c>, <c>batch-output-tokens</c>, <c>hosting-hours</c>.</param>
/// <param name="Price">For so many units. 0 or above: free is a price, no rate is not. Of one token at most 1,000,000, of one of anything else 1,000,000,000; at most 12 decimals.</param>
/// <param name="Per">How many units the price is for: 1, 1,000 or 1,000,000.</param>
/// <param name="AboveTokens">
/// Holds for requests with more input tokens than this, up to the next step: 0, 128,000, 200,000, 256,000 or 272,000. A price
/// with a step stands beside the same meter's price from 0 on.
/// </param>
public sealed record MeterPrice(string Meter, decimal Price, decimal Per = 1, int AboveTokens = 0);

/// <summary>What a publication has no price of its own for, although its source has.</summary>
/// <param name="Meter">
/// A meter that has a price in the publication, of which the source asks others too; or a part of one: <c>audio-input-tokens</c>,
/// <c>audio-output-tokens</c>, <c>cache-write-1h-tokens</c>, or one of these in a tier.
/// </param>
/// <param name="AboveTokens">Only of requests with more input tokens than this; one of the steps of prices.</param>
public sealed record NotCarriedPrice(string Meter, int AboveTokens = 0);

/// <summary>Whose price it is.</summary>
[JsonConverter(typeof(NamedEnumConverter<RateKind>))]
public enum RateKind
{
    /// <summary>What the provider asks of everybody; discounts come off it.</summary>
    [JsonStringEnumMemberName("list")] List,

    /// <summary>What the provider agreed with us: until its last day it holds instead of the list price, and no discount comes off it.</summary>
    [JsonStringEnumMemberName("negotiated")] Negotiated,
}
