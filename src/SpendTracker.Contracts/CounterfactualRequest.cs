namespace SpendTracker.Contracts;

/// <summary>What a month's tokens had cost elsewhere. At least one of sku, serviceTier, cachedShare and tokenFactor says what had been different.</summary>
/// <param name="Month">The month of use, <c>yyyy-MM</c>.</param>
/// <param name="Workload">Only its usage; that of all workloads if not given.</param>
/// <param name="Approach">Only usage that served it.</param>
/// <param name="Model">Only usage priced as this SKU, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Sku">The model that had served it; that of each call if not given.</param>
/// <param name="ServiceTier">The tier that it had been served in; that of each call if not given.</param>
/// <param name="CachedShare">The share of the input tokens that had been read from the cache, 0 to 1; as it was if not given. Nothing is written to the cache then.</param>
/// <param name="TokenFactor">
/// By what input and output tokens are multiplied, above 0 to 100. If not given: what was measured where the workload has used both models in the
/// twelve months up to this one, otherwise 1.
/// </param>
public sealed record CounterfactualRequest(
    string Month, string? Workload = null, Approach? Approach = null, string? Model = null, string? Sku = null, ServiceTier? ServiceTier = null,
    Assumption? CachedShare = null, Assumption? TokenFactor = null);
