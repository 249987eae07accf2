namespace SpendTracker.Contracts;

/// <summary>A month as it was, and as it had been.</summary>
/// <param name="Asked">What was asked, as it was read.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="Figures">What it comes to.</param>
public sealed record CounterfactualResponse(CounterfactualRequest Asked, string Currency, CounterfactualFigures Figures);

/// <summary>A month's tokens as they were, and as they had been. Amounts are in the reporting currency, at the prices of each day.</summary>
/// <param name="Requests">How many requests.</param>
/// <param name="Actual">Of tokens and requests; hosting, training and people are in neither amount.</param>
/// <param name="Counterfactual">What it would have cost.</param>
/// <param name="Saves">Actual less counterfactual: below 0, it had cost more. Null if one of the two is not known in full.</param>
/// <param name="TokenFactor">What was used.</param>
/// <param name="FactorFrom"><c>given</c>, <c>measured</c>, or <c>assumed</c>: 1, the same tokens.</param>
/// <param name="Measured">What was measured where both were used.</param>
/// <param name="Lines">Its parts, by SKU and meter.</param>
/// <param name="Unpriced">As it was: quantities without a price, by unit, in no amount.</param>
/// <param name="Incomplete">As it was: quantities priced incompletely.</param>
/// <param name="CounterfactualUnpriced">As it had been.</param>
/// <param name="CounterfactualIncomplete">As it had been.</param>
public sealed record CounterfactualFigures(
    decimal Requests, decimal Actual, AmountRange Counterfactual, AmountRange? Saves, Assumption TokenFactor, string FactorFrom, MeasuredFactor? Measured,
    IReadOnlyList<CounterfactualLine> Lines, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Incomplete,
    IReadOnlyDictionary<string, decimal> CounterfactualUnpriced, IReadOnlyDictionary<string, decimal> CounterfactualIncomplete);

/// <summary>A meter as it had been.</summary>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Meter">What is measured, e.g. <c>input-tokens</c>.</param>
/// <param name="Quantity">Of the meter.</param>
/// <param name="Amount">As expected; null if it has no price.</param>
public sealed record CounterfactualLine(string Sku, string Meter, decimal Quantity, decimal? Amount);

/// <summary>What recorded tokens say about the factor.</summary>
/// <param name="Factor">
/// Tokens a request on the other model ÷ on those that were used: over all months, and the least and the most of a month. On another approach: the
/// least and the most of a month ÷ those of all its months.
/// </param>
/// <param name="Months">In how many months both models, or the other approach, were used.</param>
public sealed record MeasuredFactor(AmountRange Factor, int Months);

/// <summary>An amount between its least and its most.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="Expected">The value that is expected.</param>
/// <param name="High">The upper end.</param>
public sealed record AmountRange(decimal Low, decimal Expected, decimal High);
