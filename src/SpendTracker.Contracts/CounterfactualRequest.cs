namespace SpendTracker.Contracts;

/// <summary>What a month's tokens had cost elsewhere. At least one of sku, asApproach, serviceTier, cachedShare and tokenFactor says what had been different.</summary>
/// <param name="Month">The month of use, <c>yyyy-MM</c>.</param>
/// <param name="Workload">Only its usage; that of all workloads if not given.</param>
/// <param name="Approach">Only usage that served it.</param>
/// <param name="Model">Only usage priced as this SKU, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Sku">The model that had served it; that of each call if not given.</param>
/// <param name="AsApproach">
/// The approach that had served these requests. It needs workload and approach, and not sku: each request takes the models and tokens that a request of
/// the workload took on the other approach, in the twelve months up to this one.
/// </param>
/// <param name="ServiceTier">The tier that it had been served in; that of each call if not given.</param>
/// <param name="CachedShare">The share of the input tokens that had been read from the cache, 0 to 1; as it was if not given. Nothing is written to the cache then.</param>
/// <param name="TokenFactor">
/// By what input and output tokens are multiplied, above 0 to 100. If not given: what was measured where the workload has used both models in the
/// twelve months up to this one, otherwise 1. With asApproach, the range is that of the other approach's months around its tokens a request.
/// </param>
public sealed record CounterfactualRequest(
    string Month, string? Workload = null, Approach? Approach = null, string? Model = null, string? Sku = null, ServiceTier? ServiceTier = null,
    Assumption? CachedShare = null, Assumption? TokenFactor = null, Approach? AsApproach = null);
