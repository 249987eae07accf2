namespace SpendTracker.Contracts;

/// <summary>The answer to a publication in the price book, or to a withdrawal.</summary>
/// <param name="Id">The publication's id: it is withdrawn by it, and the lists name it.</param>
/// <param name="Value">What is in the log.</param>
/// <param name="Rounded">What was rounded: the noise that a double leaves at a number's end; none if nothing was.</param>
public sealed record Published<T>(Guid Id, T Value, IReadOnlyList<FieldReason>? Rounded = null)
    where T : class;

/// <summary>A publication in the price book: one of rate, discount, alias and exchange rate.</summary>
/// <param name="Id">Names it, to withdraw it.</param>
/// <param name="PublishedAt">When, UTC.</param>
/// <param name="PublishedBy">Who published it.</param>
/// <param name="Rate">If it is one.</param>
/// <param name="Discount">If it is one.</param>
/// <param name="Alias">If it is one.</param>
/// <param name="ExchangeRate">If it is one.</param>
/// <param name="WithdrawnAt">When it was withdrawn; none if it stands.</param>
/// <param name="WithdrawnBy">Who withdrew it.</param>
/// <param name="WithdrawnBecause">Why.</param>
public sealed record PublicationResponse(
    Guid Id, DateTimeOffset PublishedAt, string PublishedBy, RatePublished? Rate = null, DiscountPublished? Discount = null, AliasPublished? Alias = null,
    ExchangeRatePublished? ExchangeRate = null, DateTimeOffset? WithdrawnAt = null, string? WithdrawnBy = null, string? WithdrawnBecause = null);
