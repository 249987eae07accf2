namespace SpendTracker.Contracts;

/// <summary>A price in the book.</summary>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Meter">What is measured, e.g. <c>input-tokens</c>.</param>
/// <param name="AboveTokens">The price holds for requests with more input tokens than this; 0 for all.</param>
/// <param name="Kind">Of a list, or negotiated.</param>
/// <param name="EffectiveFrom">The first day that it holds.</param>
/// <param name="EffectiveTo">The last day; null where it has no end.</param>
/// <param name="Price">Of <c>per</c> units, in the currency.</param>
/// <param name="Per">The price is of so many units.</param>
/// <param name="UnitPrice">Of one unit.</param>
/// <param name="Currency">Of the price: an ISO 4217 code.</param>
/// <param name="Source">Whose list or contract it is.</param>
/// <param name="Superseded">Whether a later publication for the same day took its place.</param>
/// <param name="Publication">When it was published, by whom, and whether it still stands.</param>
/// <param name="NotCarried">What its source asks other prices for that are not in the publication: such usage is priced incompletely.</param>
public sealed record Rate(
    string Sku, string Meter, int AboveTokens, RateKind Kind, DateOnly EffectiveFrom, DateOnly? EffectiveTo, decimal Price, decimal Per, decimal UnitPrice, string Currency,
    string Source, bool Superseded, Publication Publication, IReadOnlyList<NotCarriedPrice> NotCarried)
{
    /// <summary>Whose word it is that it costs nothing; null for any other price.</summary>
    public string? Free { get; init; }
}

/// <summary>Per cent that come off list prices.</summary>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Percent">Per cent.</param>
/// <param name="EffectiveFrom">The first day that it holds.</param>
/// <param name="EffectiveTo">The last day; null where it has no end.</param>
/// <param name="Source">Whose list or contract it is.</param>
/// <param name="Publication">When it was published, by whom, and whether it still stands.</param>
public sealed record Discount(string Sku, decimal Percent, DateOnly EffectiveFrom, DateOnly? EffectiveTo, string Source, Publication Publication);

/// <summary>A provider's name, and the SKU that it is priced as.</summary>
/// <param name="Order">Its place among the rules, from 1: the first that fits holds. 0 where it was withdrawn.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Publication">When it was published, by whom, and whether it still stands.</param>
public sealed record Alias(int Order, string Model, string Sku, Publication Publication);

/// <summary>An exchange rate in the book.</summary>
/// <param name="Currency">The currency that is exchanged: an ISO 4217 code.</param>
/// <param name="EffectiveFrom">The first day that it holds.</param>
/// <param name="Rate">Units of the reporting currency for one.</param>
/// <param name="Source">Whose list or contract it is.</param>
/// <param name="Superseded">Whether a later publication for the same day took its place.</param>
/// <param name="Publication">When it was published, by whom, and whether it still stands.</param>
public sealed record ExchangeRate(string Currency, DateOnly EffectiveFrom, decimal Rate, string Source, bool Superseded, Publication Publication);

/// <summary>When something was published, by whom, and whether it still stands.</summary>
/// <param name="Id">Names it, to withdraw it.</param>
/// <param name="PublishedAt">When it was published, UTC.</param>
/// <param name="PublishedBy">Who published it.</param>
/// <param name="Note">Anything a reader should know.</param>
/// <param name="WithdrawnAt">Null where nobody has.</param>
/// <param name="WithdrawnBy">Who withdrew it.</param>
/// <param name="WithdrawnBecause">Why it was withdrawn.</param>
public sealed record Publication(
    Guid Id, DateTimeOffset PublishedAt, string PublishedBy, string? Note, DateTimeOffset? WithdrawnAt, string? WithdrawnBy, string? WithdrawnBecause)
{
    /// <summary>Whether it was withdrawn.</summary>
    public bool IsWithdrawn => WithdrawnAt is not null;
}
