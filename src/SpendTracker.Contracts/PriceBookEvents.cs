namespace SpendTracker.Contracts;

/// <summary>
/// A percentage off list prices. Of several for one SKU, the one for the longest name holds; of those, the one effective
/// last; of those, the one published last.
/// </summary>
/// <param name="Sku">A SKU, or the beginning of SKUs and a star: <c>openai/*</c>; <c>*</c> for all but <c>labour/…</c> and <c>dataset/…</c>, which are own work.</param>
/// <param name="Percent">Above 0, at most 100; at most 4 decimals.</param>
/// <param name="EffectiveFrom">The first day, in the reporting time zone.</param>
/// <param name="Source">Where it was agreed: a contract.</param>
/// <param name="EffectiveTo">The last day, included; none where it has no end.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record DiscountPublished(
    string Sku, decimal Percent, DateOnly EffectiveFrom, string Source, DateOnly? EffectiveTo = null, string? Note = null) : IEvent;

/// <summary>
/// What a provider reports under one name is priced as a SKU: a dated version, a deployment's name, a region's id. It
/// reaches all usage, past and to come. Exact names go before patterns, longer patterns before shorter, later before earlier; a
/// rate of the reported name itself goes before patterns. Aliases do not chain.
/// </summary>
/// <param name="Model">As reported, <c>provider/model</c>; a star stands for any characters, and never reaches a name that looks like a fine-tuned model's.</param>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record AliasPublished(string Model, string Sku, string? Note = null) : IEvent;

/// <summary>What a currency is worth from a day on.</summary>
/// <param name="Currency">ISO 4217 code; not the reporting currency, which is worth itself.</param>
/// <param name="EffectiveFrom">The first day, in the reporting time zone.</param>
/// <param name="Rate">Units of the reporting currency for one unit. Above 0, at most 10,000,000; at most 10 decimals.</param>
/// <param name="Source">Where it is from, e.g. a central bank.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record ExchangeRatePublished(
    string Currency, DateOnly EffectiveFrom, decimal Rate, string Source, string? Note = null) : IEvent;

/// <summary>
/// A rate, discount, alias or exchange rate holds no longer, from its first day on, as if it had not been published. What was
/// known before stays known: a report as of an earlier date still has it.
/// </summary>
/// <param name="Publication">The id of the event that published it.</param>
/// <param name="Reason">Why.</param>
public sealed record PublicationWithdrawn(Guid Publication, string Reason) : IEvent;
