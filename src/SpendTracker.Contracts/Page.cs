namespace SpendTracker.Contracts;

/// <summary>A page of a list. Every list of the API has these two members; some have more beside them.</summary>
/// <param name="Items">In the order of the list.</param>
/// <param name="Next">The <c>cursor</c> of the next page; none on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next = null);
